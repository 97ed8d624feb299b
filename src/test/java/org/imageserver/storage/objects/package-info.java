/** Tests of the storage on an object store, and the stores that they run on. */
@NullMarked
package org.imageserver.storage.objects;

import org.jspecify.annotations.NullMarked;
