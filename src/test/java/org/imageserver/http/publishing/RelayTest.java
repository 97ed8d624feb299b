package org.imageserver.http.publishing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.imageserver.http.ApiException;
import org.junit.jupiter.api.Test;

/** What the receiver sees of the requests; the rest is asked of a running server. */
class RelayTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private static CompletableFuture<Long> send(Relay relay, long start, String bytes) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                byte[] sent = bytes.getBytes(UTF_8);
                return relay.send(
                        start, Channels.newChannel(new ByteArrayInputStream(sent)), OptionalLong.of(sent.length));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static String read(Relay relay, int most) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(most);
        int count = relay.read(buffer);
        assertThat(buffer.position()).isEqualTo(Math.max(0, count));
        return count < 0 ? "end" : new String(buffer.array(), 0, count, UTF_8);
    }

    @Test
    void manyRequestsAreOneChannel() throws Exception {
        Relay relay = new Relay(7, 0, LONG);
        CompletableFuture<Long> first = send(relay, 0, "abcd");
        assertThat(read(relay, 3)).isEqualTo("abc");
        assertThat(read(relay, 1)).isEqualTo("d");
        assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(4);
        CompletableFuture<Long> second = send(relay, 4, "efgh and more than was announced");
        assertThat(read(relay, 100)).isEqualTo("efg");
        assertThat(read(relay, 100)).isEqualTo("end");
        assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(7);
    }

    @Test
    void theReceiverIsToldWhenNobodySendsAndGetsWhatComesLater() throws Exception {
        Relay relay = new Relay(4, 0, Duration.ofMillis(1));
        assertThat(read(relay, 10)).as("nothing").isEmpty();
        assertThat(read(relay, 10)).as("nothing again").isEmpty();
        CompletableFuture<Long> sent = send(relay, 0, "abcd");
        StringBuilder got = new StringBuilder();
        while (got.length() < 4) {
            got.append(read(relay, 10));
        }
        assertThat(got).hasToString("abcd");
        assertThat(sent.get(20, TimeUnit.SECONDS)).isEqualTo(4);
        assertThat(read(relay, 10)).isEqualTo("end");
    }

    @Test
    void aReceiverThatWantsNoMoreEndsTheRequest() throws Exception {
        Relay relay = new Relay(100, 0, LONG);
        CompletableFuture<Long> sent = send(relay, 0, "abcd");
        assertThat(read(relay, 2)).isEqualTo("ab");
        relay.close();
        assertThat(sent.get(20, TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    void whatIsDiscardedTakesAndGivesNothing() throws Exception {
        Relay relay = new Relay(4, 0, LONG);
        assertThat(relay.discard()).isTrue();
        assertThatThrownBy(() -> read(relay, 10)).isInstanceOf(Relay.DiscardedException.class);
        assertThatThrownBy(() ->
                        relay.send(0, Channels.newChannel(new ByteArrayInputStream(new byte[4])), OptionalLong.of(4)))
                .isInstanceOf(ApiException.class);
        Relay complete = new Relay(4, 0, LONG);
        CompletableFuture<Long> sent = send(complete, 0, "abcd");
        assertThat(read(complete, 10)).isEqualTo("abcd");
        assertThat(sent.get(20, TimeUnit.SECONDS)).isEqualTo(4);
        assertThat(complete.discard()).as("too late").isFalse();
    }
}
