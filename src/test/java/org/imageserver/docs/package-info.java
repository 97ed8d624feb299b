/**
 * Keeps what people read and copy true: the documents, the example configuration, the files in {@code dist}. What the
 * server itself does is tested elsewhere.
 */
@NullMarked
package org.imageserver.docs;

import org.jspecify.annotations.NullMarked;
