/**
 * The server's certificate from an authority, by ACME (RFC 8555): when one is wanted, how it is got, and how seldom the
 * authority is asked. What the authority is shown lies in {@code org.imageserver.tls.Challenges}; who shows it is HTTP.
 */
@NullMarked
package org.imageserver.acme;

import org.jspecify.annotations.NullMarked;
