/**
 * What a browser sees, from the same catalogue and the same route table as the APIs. A page is a class that makes a
 * record of what is to be shown, and a template in {@code src/main/jte} that shows it; the template becomes a class of
 * this package. Everything that comes from a manifest is escaped: a manifest is hostile input.
 */
@NullMarked
package org.imageserver.http.web;

import org.jspecify.annotations.NullMarked;
