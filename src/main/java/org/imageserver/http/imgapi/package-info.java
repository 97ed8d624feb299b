/**
 * The IMGAPI v2 face (sdc-imgapi, docs/index.md): a thin translation between its requests and the catalogue. No rule
 * about images is made here.
 */
@NullMarked
package org.imageserver.http.imgapi;

import org.jspecify.annotations.NullMarked;
