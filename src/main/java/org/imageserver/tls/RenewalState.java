package org.imageserver.tls;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * How it stands with a certificate that is renewed by itself.
 *
 * @param authority from where
 * @param next when it will be asked next, as it looks now
 * @param failures in a row
 * @param lastFailure what went wrong last; empty once it went well
 */
public record RenewalState(URI authority, Instant next, int failures, Optional<String> lastFailure) {}
