package org.imageserver.tls;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What an authority is shown while it looks whether a host name leads here: texts by HTTP (RFC 8555, 8.3), certificates
 * by TLS (RFC 8737). Thread-safe.
 */
public final class Challenges {
    /** By which an authority's connection is known, in place of HTTP. */
    public static final String PROTOCOL = "acme-tls/1";

    private final Map<String, String> texts = new ConcurrentHashMap<>();
    private final Map<String, Keytool.Pair> certificates = new ConcurrentHashMap<>();

    /** Shows a text under a token, until it is withdrawn. */
    public void show(String token, String text) {
        texts.put(token, text);
    }

    /** Shows a certificate for a host name, until it is withdrawn. */
    public void show(String host, Keytool.Pair certificate) {
        certificates.put(host.toLowerCase(Locale.ROOT), certificate);
    }

    /** Shows neither any more. */
    public void withdraw(String token, String host) {
        texts.remove(token);
        certificates.remove(host.toLowerCase(Locale.ROOT));
    }

    /** The text under a token. */
    public Optional<String> text(String token) {
        return Optional.ofNullable(texts.get(token));
    }

    /** The certificate for a host name. */
    public Optional<Keytool.Pair> certificate(String host) {
        return Optional.ofNullable(certificates.get(host.toLowerCase(Locale.ROOT)));
    }
}
