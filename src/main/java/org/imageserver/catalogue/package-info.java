/**
 * What images there are, as immutable snapshots that readers use without locks or disk, and how a directory becomes
 * one. The only writer of snapshots is here; HTTP, file formats and the bytes' home are elsewhere.
 */
@NullMarked
package org.imageserver.catalogue;

import org.jspecify.annotations.NullMarked;
