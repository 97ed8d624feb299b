/**
 * Publishing as people do it: an image in one request ({@code POST /publish}), or in as many as a bad connection needs
 * (tus, {@code /uploads}). Both are a query and bytes for {@link org.imageserver.catalogue.Publisher}; nothing is
 * decided here about images.
 */
@NullMarked
package org.imageserver.http.publishing;

import org.jspecify.annotations.NullMarked;
