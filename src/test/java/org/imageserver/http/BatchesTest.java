package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
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
        private final Batches batches = new Batches(3, loop, this::pause, this::resume);
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
                    .isLessThanOrEqualTo(3 * Batches.MOST - 1 + piece);
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

    /** A reader that keeps step with pieces of two batches asks twice before the event loop hears of it once. */
    @Test
    void goesOnOnlyWhileThereIsRoom() throws InterruptedException {
        Queue<Runnable> heard = new ArrayDeque<>();
        AtomicInteger resumed = new AtomicInteger();
        Batches batches = new Batches(1, heard::add, () -> {}, resumed::incrementAndGet);
        for (int round = 0; round < 3; round++) {
            batches.add(Unpooled.wrappedBuffer(new byte[Batches.MOST - (round == 0 ? 0 : 1)]));
            batches.recycle(take(batches));
            batches.add(Unpooled.wrappedBuffer(new byte[1]));
            heard.remove().run();
            assertThat(resumed).as("it is full again").hasValue(round);
            for (int taken = 1; taken < Batches.MOST; taken++) {
                batches.recycle(take(batches));
            }
            heard.remove().run();
            assertThat(resumed).hasValue(round + 1);
        }
    }

    private static ByteBuffer take(Batches batches) throws InterruptedException {
        if (!(batches.next(Duration.ZERO) instanceof Event.Batch batch)) {
            throw new AssertionError("there is no batch");
        }
        return batch.bytes();
    }

    @Test
    void tellsOfAnEndAndOfABreak() throws InterruptedException {
        Batches batches = new Batches(8, Runnable::run, () -> {}, () -> {});
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
