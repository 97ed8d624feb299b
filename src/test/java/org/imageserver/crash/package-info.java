/**
 * What is left when the machine, the process or the disk fails: kills, full file systems, faults of the storage. The
 * failures are real (SIGKILL, a small file system) or put between two steps of the storage; what a storage itself
 * promises is tested beside it.
 */
@NullMarked
package org.imageserver.crash;

import org.jspecify.annotations.NullMarked;
