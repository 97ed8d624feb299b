package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.imageserver.http.Batches.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How an upload comes from its event loop to its thread. */
class BatchesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ExecutorService loop = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() {
        loop.shutdownNow();
    }

    /** Sends numbered bytes from an event loop for as long as it is not held back. */
    private final class Sender {
        private final Batches batches = new Batches(3, this::pause, () -> loop.execute(this::resume));
        private final AtomicInteger mostUnderway = new AtomicInteger();
        private final AtomicInteger taken = new AtomicInteger();
        private final int total;
        private final int piece;
        private boolean isPaused;
        private boolean isEnded;
        private int sent;

        Sender(int total, int piece) {
            this.total = total;
            this.piece = piece;
        }

        private void pause() {
            isPaused = true;
        }

        private void resume() {
            isPaused = false;
            send();
        }

        void send() {
            while (!isPaused && sent < total) {
                ByteBuf bytes = Unpooled.buffer(piece);
                for (int left = Math.min(piece, total - sent); left > 0; left--) {
                    bytes.writeByte(sent++);
                }
                batches.add(bytes);
                mostUnderway.accumulateAndGet(sent - taken.get(), Math::max);
            }
            if (sent == total && !isEnded) {
                isEnded = true;
                batches.end();
            }
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void neitherLosesABytesNorWaitsForEver() throws InterruptedException {
        for (int piece = 1; piece <= 7; piece++) {
            Sender sender = new Sender(100_000, piece);
            loop.execute(sender::send);
            int received = 0;
            while (received < sender.total) {
                if (!(sender.batches.next(PATIENCE) instanceof Event.Batch batch)) {
                    throw new AssertionError("nothing comes after " + received + " bytes");
                }
                received = check(batch.bytes(), received);
                sender.taken.set(received);
                sender.batches.recycle(batch.bytes());
            }
            assertThat(sender.batches.next(PATIENCE)).isEqualTo(new Event.End());
            assertThat(sender.mostUnderway.get())
                    .as("a sender that is faster is held back, pieces of %d", piece)
                    .isLessThan(3 * (Batches.MOST + 3) + 2 * piece);
        }
    }

    private static int check(ByteBuffer bytes, int received) {
        int next = received;
        while (bytes.hasRemaining()) {
            byte expected = (byte) next++;
            if (bytes.get() != expected) {
                throw new AssertionError("byte " + (next - 1) + " is lost");
            }
        }
        return next;
    }

    @Test
    void holdsBackWhileNothingIsTaken() {
        Sender sender = new Sender(1000, 1);
        sender.send();

        assertThat(sender.isPaused).isTrue();
        assertThat(sender.sent).isEqualTo(3 * Batches.MOST);
    }

    @Test
    void tellsOfAnEndAndOfABreak() throws InterruptedException {
        Batches batches = new Batches(8, () -> {}, () -> {});
        batches.add(Unpooled.wrappedBuffer(new byte[] {1, 2}));
        assertThat(batches.next(Duration.ZERO))
                .as("a batch that is not full waits")
                .isNull();
        batches.end();
        batches.broken();

        assertThat(batches.next(PATIENCE)).isEqualTo(new Event.Batch(ByteBuffer.wrap(new byte[] {1, 2})));
        assertThat(batches.next(PATIENCE)).isEqualTo(new Event.End());
        assertThat(batches.next(PATIENCE)).isEqualTo(new Event.Broken());
    }
}
