/**
 * What {@code image-server doctor} looks at: a site's configuration and directory, and a server from where its clients
 * are. Each finding comes with what to do.
 */
@NullMarked
package org.imageserver.cli.doctor;

import org.jspecify.annotations.NullMarked;
