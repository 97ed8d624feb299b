/**
 * What an image says of itself: manifests of both versions, how they are read, converted, rendered and judged.
 *
 * <p>Deliberately not here: HTTP and its status codes, files and directories, and what an image's bytes hold. The
 * package knows no other package of this server.
 */
@NullMarked
package org.imageserver.manifest;

import org.jspecify.annotations.NullMarked;
