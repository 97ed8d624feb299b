/**
 * What a ZFS send stream is, and whether given bytes are one, complete and intact, in whatever compression they come:
 * one pass, a few megabytes of memory, no native code.
 *
 * <p>Deliberately not here: manifests, files, HTTP, and what the server does with a verdict. The package knows no other
 * package of this server.
 */
@NullMarked
package org.imageserver.zfs;

import org.jspecify.annotations.NullMarked;
