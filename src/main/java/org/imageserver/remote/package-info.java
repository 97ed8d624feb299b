/**
 * Fetches bytes from other servers over HTTP: which addresses may be asked, redirects, timeouts, and the IMGAPI of a
 * peer. What the bytes mean, who may have them fetched and where they are stored is deliberately not known here.
 */
@NullMarked
package org.imageserver.remote;

import org.jspecify.annotations.NullMarked;
