/**
 * The server's own certificate: read, looked at before it is used, and made where there is none. It knows nothing of
 * HTTP, which is given the bytes.
 */
@NullMarked
package org.imageserver.tls;

import org.jspecify.annotations.NullMarked;
