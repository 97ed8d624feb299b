/** What earlier versions left on disks and in buckets, which every later one must open. */
@NullMarked
package org.imageserver.upgrade;

import org.jspecify.annotations.NullMarked;
