package org.imageserver.webhooks;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
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

    /**
     * A body that is not wanted: the status says all. The connection ends there, since a body may have no end, and time runs
     * for the head alone.
     */
    private static final class Unread implements BodySubscriber<Void> {
        @Override
        public CompletionStage<Void> getBody() {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onSubscribe(Subscription body) {
            body.cancel();
        }

        @Override
        public void onNext(List<ByteBuffer> bytes) {
            // What was on its way already.
        }

        @Override
        public void onError(Throwable failure) {
            // The status was there before it.
        }

        @Override
        public void onComplete() {
            // As good as any other end.
        }
    }

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
            int status = client.send(request, answer -> new Unread()).statusCode();
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
