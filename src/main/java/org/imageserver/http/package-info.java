/**
 * HTTP itself: routes, conditional requests, ranges, compression, files, errors, the access log. It knows how to
 * answer, not what: the faces ({@code http.imgapi}, {@code http.dsapi}, {@code http.web}) give it a table of routes.
 */
@NullMarked
package org.imageserver.http;

import org.jspecify.annotations.NullMarked;
