/** What other programs are told, by a server that they listen to. */
@NullMarked
package org.imageserver.webhooks;

import org.jspecify.annotations.NullMarked;
