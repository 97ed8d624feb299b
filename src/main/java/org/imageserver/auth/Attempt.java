package org.imageserver.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What of a request says who asks.
 *
 * @param method as the client wrote it, such as {@code GET}
 * @param target path and query as the client wrote them, because it may have signed them
 * @param headers the value of a header by its lower-case name; several of one name joined by ", "
 * @param address where it came from, for the log and against guessing
 */
public record Attempt(String method, String target, Function<String, Optional<String>> headers, String address) {
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    /** A request whose path began with {@code /v/TOKEN}: a token as good as one in a header. */
    public static Attempt ofPathToken(String token, String address) {
        Optional<String> authorization = Optional.of("Bearer " + token);
        return new Attempt(
                "GET", "/", name -> name.equals("authorization") ? authorization : Optional.empty(), address);
    }

    /** What somebody typed into a form: as good as HTTP Basic. */
    static Attempt ofForm(String name, String token, String address) {
        byte[] pair = (name + ":" + token).getBytes(StandardCharsets.UTF_8);
        Optional<String> authorization =
                Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
        return new Attempt(
                "POST", "/", header -> header.equals("authorization") ? authorization : Optional.empty(), address);
    }

    Optional<String> header(String name) {
        return headers.apply(name).map(String::strip);
    }

    /** Who the client says it is, if it says so; not yet proved. */
    public Optional<String> claimedName() {
        return Credential.parse(header("authorization")).claimedName();
    }

    boolean isRead() {
        return READS.contains(method.toUpperCase(Locale.ROOT));
    }
}
