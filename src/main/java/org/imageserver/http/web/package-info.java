/**
 * What a browser sees: the front page and the API's document, from the same catalogue and the same route table as the
 * APIs. Everything that comes from a manifest is escaped: a manifest is hostile input.
 */
@NullMarked
package org.imageserver.http.web;

import org.jspecify.annotations.NullMarked;
