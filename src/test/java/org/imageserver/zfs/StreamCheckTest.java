package org.imageserver.zfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that arrives in pieces is judged as one that is read, and nothing is left behind. */
class StreamCheckTest {
    @AfterEach
    void leavesNoThreadBehind() {
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("stream-check")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base/fs-full.zfs",
                "containers/pigz.gz",
                "containers/whole.bz2",
                "containers/whole.xz",
                "containers/whole.zst",
                "valid/v23-big-L.zfs.gz",
                "valid/v23-huge-Lc.zfs.xz",
                "incomplete/v23-saved-partial.zfs.gz"
            })
    void judgesAsAReaderOfTheFileDoes(String name) throws IOException {
        byte[] file = Samples.bytes(name);

        assertThat(check(file, 8192)).isEqualTo(SendStream.verify(new ByteArrayInputStream(file)));
    }

    @Property(tries = 60)
    void judgesTheSameInPiecesOfAnySize(@ForAll @IntRange(min = 1, max = 70_000) int piece, @ForAll Kind kind)
            throws IOException {
        byte[] file = Samples.bytes("containers/" + kind.file);

        assertThat(check(file, piece)).isEqualTo(SendStream.verify(new ByteArrayInputStream(file)));
    }

    @Property(tries = 60)
    void judgesTheSameHoweverTheFileIsRead(@ForAll Random random, @ForAll Kind kind) throws IOException {
        byte[] file = Samples.bytes("containers/" + kind.file);

        Verdict verdict = SendStream.verify(new HaltingInput(file, random));

        assertThat(verdict).isEqualTo(SendStream.verify(new ByteArrayInputStream(file)));
    }

    @Test
    void judgesAnUploadOfNoBytes() throws IOException {
        try (StreamCheck check = new StreamCheck()) {
            assertThat(check.finish())
                    .isEqualTo(new Verdict.Damaged(Fault.EMPTY, "The file is empty. Copy or make it again.", 0));
        }
    }

    @Test
    void saysEarlyThatAnUploadIsNoStream() throws IOException {
        byte[] page = Arrays.copyOf("<html><body>404 Not Found</body></html>\n".getBytes(UTF_8), 1 << 20);
        try (StreamCheck check = new StreamCheck()) {
            check.update(ByteBuffer.wrap(page));
            await().until(() -> check.settled().isPresent());

            check.update(ByteBuffer.wrap(page));

            assertThat(check.finish())
                    .isEqualTo(new Verdict.Damaged(
                            Fault.NOT_A_STREAM, "The file is not a ZFS send stream: it starts with an HTML page.", 0));
        }
    }

    @Test
    void takesWhateverFollowsADamagedPart() throws IOException {
        byte[] noise = new byte[10 << 20];
        new Random(1).nextBytes(noise);

        assertThat(check(noise, 512 * 1024)).isInstanceOf(Verdict.Damaged.class);
    }

    @Test
    void isNotSettledBeforeTheEndOfASoundStream() throws IOException {
        byte[] stream = Samples.bytes("base/fs-full.zfs");
        try (StreamCheck check = new StreamCheck()) {
            check.update(ByteBuffer.wrap(stream));

            assertThat(check.settled()).isEmpty();
            assertThat(check.finish()).isInstanceOf(Verdict.Intact.class);
            assertThat(check.finish()).isInstanceOf(Verdict.Intact.class);
        }
    }

    @Test
    void stopsWhenItIsClosedHalfway() throws IOException {
        byte[] half = Arrays.copyOf(Samples.bytes("valid/v23-huge-Lc.zfs.xz"), 300_000);
        StreamCheck check = new StreamCheck();
        check.update(ByteBuffer.wrap(half));

        check.close();

        assertThat(check.settled()).isEmpty();
        assertThatThrownBy(() -> check.update(ByteBuffer.wrap(half))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closesWithoutEverHavingStarted() {
        StreamCheck check = new StreamCheck();

        check.close();

        assertThat(check.settled()).isEmpty();
    }

    @Test
    void freesAnInterruptedCaller() throws IOException {
        try (StreamCheck check = new StreamCheck()) {
            check.update(ByteBuffer.wrap(Samples.bytes("base/fs-full.zfs")));
            Thread.currentThread().interrupt();

            assertThatThrownBy(check::finish).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void doesNotTakeMoreMemoryThanItIsGiven() throws IOException {
        byte[] file = Samples.bytes("containers/9e.xz");
        try (StreamCheck check = new StreamCheck(20 << 20)) {
            check.update(ByteBuffer.wrap(file));

            assertThat(check.finish())
                    .isEqualTo(
                            new Verdict.Unreadable(
                                    "This xz file needs 65 MiB of memory to inflate, more than the 20 MiB"
                                            + " allowed here: compress it again with at most xz -6, or give the server more memory."));
        }
    }

    enum Kind {
        GZIP("pigz.gz"),
        BZIP2("whole.bz2"),
        XZ("blocks.xz"),
        ZSTD("whole.zst"),
        HALF("first-half.zst"),
        TEXT("text.bz2");

        private final String file;

        Kind(String file) {
            this.file = file;
        }
    }

    private static Verdict check(byte[] file, int piece) throws IOException {
        try (StreamCheck check = new StreamCheck()) {
            for (int at = 0; at < file.length; at += piece) {
                ByteBuffer bytes = ByteBuffer.wrap(file, at, Math.min(piece, file.length - at));
                check.update(bytes);
                assertThat(bytes.hasRemaining()).isFalse();
            }
            return check.finish();
        }
    }

    /** Gives as few bytes at a time as a slow network might. */
    private static final class HaltingInput extends ByteArrayInputStream {
        private final Random random;

        HaltingInput(byte[] bytes, Random random) {
            super(bytes);
            this.random = random;
        }

        @Override
        public synchronized int read(byte[] bytes, int offset, int length) {
            return super.read(bytes, offset, Math.min(length, 1 + random.nextInt(5000)));
        }
    }
}
