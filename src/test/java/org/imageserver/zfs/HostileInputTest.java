package org.imageserver.zfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.imageserver.zfs.StreamBytes.Piece;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes are, there is a verdict, and it costs little memory. */
class HostileInputTest {
    private static final long SMALL = 6 << 20;

    @Provide
    Arbitrary<byte[]> beginnings() {
        return Arbitraries.of(
                new byte[0],
                new byte[] {0x1f, (byte) 0x8b, 8},
                "BZh91AY&SY".getBytes(ISO_8859_1),
                Arrays.copyOf(Samples.bytes("containers/whole.xz"), 24),
                Arrays.copyOf(Samples.bytes("containers/whole.zst"), 6),
                Arrays.copyOf(Samples.bytes("base/fs-full.zfs"), 312),
                Arrays.copyOf(Samples.bytes("base/fs-props.zfs"), 1100));
    }

    @Property(tries = 3000)
    void judgesAnyBytes(@ForAll("beginnings") byte[] beginning, @ForAll byte[] rest) throws IOException {
        assertThat(verify(Mutants.concat(beginning, rest))).isNotInstanceOf(Verdict.Intact.class);
    }

    @Test
    void refusesImpossibleLengthsWithoutAllocating() throws IOException {
        expectSmallRefusal(begin -> begin.header().putInt(4, 0xfffffff0), 0);
        expectSmallRefusal(begin -> begin.header().putInt(4, (64 << 20) + 4), 0);
        expectSmallRefusal(begin -> begin.header().putInt(4, 6), 0);
        expectSmallRefusal(object -> object.header().putInt(28, -1), 1);
        expectSmallRefusal(object -> object.header().putInt(36, (16 << 20) + 8), 1);
        expectSmallRefusal(object -> object.header().putInt(36, 12), 1);
    }

    private static void expectSmallRefusal(Consumer<Piece> change, int index) throws IOException {
        List<Piece> pieces = StreamBytes.split(Samples.bytes("base/fs-full.zfs"));
        change.accept(pieces.get(index));
        byte[] file = StreamBytes.seal(pieces);

        long before = allocated();
        Verdict verdict = verify(file);

        assertThat(allocated() - before).isLessThan(SMALL);
        assertThat(verdict).isInstanceOf(Verdict.Damaged.class);
        assertThat(((Verdict.Damaged) verdict).fault()).isEqualTo(Fault.STRUCTURE);
    }

    @Test
    void believesNoSizeInAZstdHeader() throws IOException {
        byte[] blocks = {(byte) 0x01, 0, 0};
        byte[] magic = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
        byte[] window2TiB = Mutants.concat(magic, new byte[] {0, (byte) 0xff}, blocks);
        byte[] contents16EiB = Mutants.concat(magic, new byte[] {(byte) 0xe0, -1, -1, -1, -1, -1, -1, -1, -1}, blocks);

        long before = allocated();
        Verdict window = verify(window2TiB);
        Verdict contents = verify(contents16EiB);

        assertThat(allocated() - before).isLessThan(2 * SMALL);
        assertThat(window).isInstanceOf(Verdict.Damaged.class);
        assertThat(contents).isInstanceOf(Verdict.Damaged.class);
    }

    @Test
    void doesNotAllocateTheDictionaryThatAnXzHeaderAsksFor() throws IOException {
        byte[] file = Samples.bytes("containers/whole.xz");
        int blockHeader = 12;
        int length = (file[blockHeader] + 1) * 4;
        int dictionary = blockHeader + 4;
        file[dictionary] = 40;
        CRC32 crc = new CRC32();
        crc.update(file, blockHeader, length - 4);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(blockHeader + length - 4, (int) crc.getValue());

        long before = allocated();
        Verdict verdict = verify(file);

        assertThat(allocated() - before).isLessThan(SMALL);
        assertThat(verdict).isInstanceOf(Verdict.Unreadable.class);
    }

    @Test
    void passesOverAGzipNameOfAnyLength() throws IOException {
        byte[] header = {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 0};
        InputStream file =
                new SequenceInputStream(new ByteArrayInputStream(header), new Endless((byte) 'a', 100 << 20));

        long before = allocated();
        Verdict verdict = SendStream.verify(file);

        assertThat(allocated() - before).isLessThan(SMALL);
        assertThat(verdict)
                .isEqualTo(new Verdict.Damaged(
                        Fault.CONTAINER,
                        "The gzip file is cut short: it ends after 104857610 bytes in the middle of its data. Copy it"
                                + " again.",
                        0));
    }

    @Test
    void needsNoMoreMemoryForALongStream() throws IOException {
        byte[] begin = Arrays.copyOf(Samples.bytes("base/fs-full.zfs"), 312);
        byte[] write = new byte[312];
        ByteBuffer.wrap(write).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 3).putLong(32, 16 << 20);
        InputStream file = new ByteArrayInputStream(begin);
        for (int i = 0; i < 50; i++) {
            file = new SequenceInputStream(
                    file, new SequenceInputStream(new ByteArrayInputStream(write), new Endless((byte) 7, 16 << 20)));
        }

        long before = allocated();
        Verdict verdict = SendStream.verify(file);

        assertThat(allocated() - before).isLessThan(SMALL);
        assertThat(verdict).isInstanceOf(Verdict.Damaged.class);
        assertThat(((Verdict.Damaged) verdict).offset()).isEqualTo(312 + 50L * (312 + (16 << 20)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pigz.gz", "whole.bz2", "whole.xz", "whole.zst"})
    void keepsToTheRulesForInputs(String name) throws IOException {
        byte[] file = Samples.bytes("containers/" + name);
        try (InputStream inflated =
                new Inflated(new Source(new ByteArrayInputStream(file)), Compression.of(file), 80 << 20)) {
            assertThat(inflated.read(new byte[0])).isZero();
            assertThat(inflated.readAllBytes()).isEqualTo(Samples.bytes("base/fs-full.zfs"));
            assertThat(inflated.read()).isEqualTo(-1);
        }
    }

    @Test
    void passesOnTheErrorOfAFileThatCannotBeRead() {
        for (String name : List.of(
                "base/fs-full.zfs",
                "containers/pigz.gz",
                "containers/whole.bz2",
                "containers/whole.xz",
                "containers/whole.zst")) {
            byte[] half = Arrays.copyOf(Samples.bytes(name), 10_000);

            assertThatThrownBy(() ->
                            SendStream.verify(new SequenceInputStream(new ByteArrayInputStream(half), new Broken())))
                    .as(name)
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("the disk is gone");
        }
    }

    @Test
    void endsWhenItsThreadIsInterrupted() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> SendStream.verify(new Endless((byte) 0, 1 << 20)))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static Verdict verify(byte[] file) throws IOException {
        return SendStream.verify(new ByteArrayInputStream(file));
    }

    /** The same byte again and again. */
    private static final class Endless extends InputStream {
        private final byte value;
        private int left;

        Endless(byte value, int length) {
            this.value = value;
            this.left = length;
        }

        @Override
        public int read() {
            return left-- > 0 ? value : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = Math.min(length, left);
            Arrays.fill(bytes, offset, offset + count, value);
            left -= count;
            return count;
        }
    }

    private static final class Broken extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("the disk is gone");
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
        }
    }
}
