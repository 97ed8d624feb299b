package org.imageserver.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** What an Authorization header holds. */
sealed interface Credential {
    /** There is no such header. */
    record None() implements Credential {}

    /** HTTP Basic (NAME:token) or Bearer, which has no name. */
    record TokenOf(Optional<String> name, String token) implements Credential {
        @Override
        public String toString() {
            return "token of " + name;
        }
    }

    /** An HTTP signature. */
    record Signed(SignatureHeader header) implements Credential {}

    /** Something else. */
    record Unreadable(String reason) implements Credential {}

    /** Reads the header; the name of a scheme may be in any case (RFC 9110 section 11.1). */
    static Credential parse(Optional<String> authorization) {
        if (authorization.isEmpty()) {
            return new None();
        }
        String[] parts = authorization.get().strip().split("\\s+", 2);
        String rest = parts.length == 2 ? parts[1] : "";
        return switch (parts[0].toLowerCase(Locale.ROOT)) {
            case "basic" -> basic(rest);
            case "bearer" -> new TokenOf(Optional.empty(), rest);
            case "signature" ->
                SignatureHeader.parse(rest)
                        .<Credential>map(Signed::new)
                        .orElseGet(() -> new Unreadable("not the form of a signature"));
            default -> new Unreadable("unknown scheme");
        };
    }

    private static Credential basic(String rest) {
        try {
            String pair = new String(Base64.getDecoder().decode(rest), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0
                    ? new Unreadable("HTTP Basic without a colon")
                    : new TokenOf(Optional.of(pair.substring(0, colon)), pair.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            return new Unreadable("HTTP Basic that is not base64");
        }
    }

    /** Who the client says it is, for the log. */
    default Optional<String> claimedName() {
        return switch (this) {
            case TokenOf token -> token.name();
            case Signed signed -> Optional.of(signed.header().user());
            case None none -> Optional.empty();
            case Unreadable unreadable -> Optional.empty();
        };
    }
}
