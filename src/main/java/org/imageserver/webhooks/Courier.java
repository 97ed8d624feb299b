package org.imageserver.webhooks;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.imageserver.config.Settings.Webhook;

/** Brings one event to one receiver, signed with the secret that both know. Thread-safe. */
final class Courier {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Webhook hook;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    Courier(Webhook hook) {
        this.hook = hook;
    }

    /**
     * Tries once.
     *
     * @return why it was in vain; empty when the receiver has it
     */
    Optional<String> bring(byte[] event) throws InterruptedException {
        long now = Instant.now().getEpochSecond();
        HttpRequest request = HttpRequest.newBuilder(hook.url())
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .header("User-Agent", "image-server")
                .header("X-Image-Server-Timestamp", Long.toString(now))
                .header("X-Image-Server-Signature", "sha256=" + signature(now, event))
                .POST(BodyPublishers.ofByteArray(event))
                .build();
        try {
            int status = client.send(request, BodyHandlers.discarding()).statusCode();
            return status / 100 == 2 ? Optional.empty() : Optional.of("it answered " + status);
        } catch (IOException e) {
            return Optional.of(e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage()));
        }
    }

    /** HMAC-SHA-256 of the time, a dot and the body: an old request cannot be sent again later as a new one. */
    private String signature(long second, byte[] event) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(hook.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((second + ".").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(event));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    /** Ends the connections. */
    void close() {
        client.shutdownNow();
    }
}
