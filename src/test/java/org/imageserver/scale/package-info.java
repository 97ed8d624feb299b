/** Several servers on one object store, and all that can go wrong between them and it. */
@NullMarked
package org.imageserver.scale;

import org.jspecify.annotations.NullMarked;
