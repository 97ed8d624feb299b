package org.imageserver.zfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damage of any kind, anywhere, in streams of every kind, is seen. */
class DamagePropertiesTest {
    private static final int HEADER = 312;
    private static final Map<Base, byte[]> STREAMS = new EnumMap<>(Base.class);

    static {
        for (Base base : Base.values()) {
            STREAMS.put(base, Samples.bytes(base.path));
        }
    }

    enum Base {
        FILESYSTEM("base/fs-full.zfs"),
        VOLUME("base/vol-full.zfs"),
        PACKAGE("base/fs-props.zfs"),
        RAW("base/enc-raw.zfs"),
        WITHOUT_RECORD_CHECKSUMS("base/fuse-clone.zfs"),
        GZIP("containers/pigz.gz"),
        BZIP2("containers/whole.bz2"),
        XZ("containers/whole.xz"),
        ZSTD("containers/whole.zst");

        private final String path;

        Base(String path) {
            this.path = path;
        }

        boolean isCompressed() {
            return path.startsWith("containers");
        }
    }

    @Provide
    Arbitrary<Base> plain() {
        return Arbitraries.of(Base.class).filter(base -> !base.isCompressed());
    }

    @Provide
    Arbitrary<Base> compressed() {
        return Arbitraries.of(Base.class).filter(Base::isCompressed);
    }

    @Property(tries = 2000)
    void refusesAnyFlippedBit(@ForAll("plain") Base base, @ForAll @IntRange(max = 1 << 30) int bit) throws IOException {
        assertThat(verify(flipped(base, bit))).isInstanceOf(Verdict.Damaged.class);
    }

    /** No checksum covers all of the last record in packages and in old streams. */
    @ParameterizedTest
    @EnumSource(
            value = Base.class,
            names = {"FILESYSTEM", "VOLUME", "PACKAGE", "RAW", "WITHOUT_RECORD_CHECKSUMS"})
    void refusesEveryFlippedBitInTheLastRecords(Base base) throws IOException {
        int bits = stream(base).length * Byte.SIZE;
        for (int bit = bits - 2 * HEADER * Byte.SIZE; bit < bits; bit++) {
            assertThat(verify(flipped(base, bit))).as("bit %d", bit).isInstanceOf(Verdict.Damaged.class);
        }
    }

    /** In a container a flipped bit may be a file name's: then the stream must still be the same. */
    @Property(tries = 500)
    void neverMistakesAFlippedBitInACompressedFile(
            @ForAll("compressed") Base base, @ForAll @IntRange(max = 1 << 30) int bit) throws IOException {
        Verdict sound = verify(stream(base));

        Verdict verdict = verify(flipped(base, bit));

        if (verdict instanceof Verdict.Intact) {
            assertThat(verdict).isEqualTo(sound);
        }
    }

    @Property(tries = 1000)
    void refusesAnyPartOfAFile(@ForAll Base base, @ForAll @IntRange(max = 1 << 30) int length) throws IOException {
        byte[] stream = stream(base);

        Verdict verdict = verify(Arrays.copyOf(stream, length % stream.length));

        assertThat(verdict).isInstanceOf(Verdict.Damaged.class);
    }

    @Property(tries = 500)
    void refusesAnyBytesBehindAFile(@ForAll Base base, @ForAll byte[] more) throws IOException {
        byte[] stream = stream(base);

        Verdict verdict = verify(Mutants.concat(stream, more));

        assertThat(verdict).isInstanceOf(more.length == 0 ? Verdict.Intact.class : Verdict.Damaged.class);
    }

    @Property(tries = 1000)
    void refusesAMissingPiece(
            @ForAll Base base,
            @ForAll @IntRange(max = 1 << 30) int from,
            @ForAll @IntRange(min = 1, max = 5000) int length)
            throws IOException {
        byte[] stream = stream(base);
        int start = from % (stream.length - 1);
        int end = Math.min(start + length, stream.length);

        byte[] rest = Mutants.concat(Arrays.copyOf(stream, start), Arrays.copyOfRange(stream, end, stream.length));

        assertThat(verify(rest)).isNotInstanceOf(Verdict.Intact.class);
    }

    private static byte[] flipped(Base base, int bit) {
        byte[] flipped = stream(base).clone();
        flipped[bit / Byte.SIZE % flipped.length] ^= (byte) (1 << bit % Byte.SIZE);
        return flipped;
    }

    private static byte[] stream(Base base) {
        return Objects.requireNonNull(STREAMS.get(base));
    }

    private static Verdict verify(byte[] file) throws IOException {
        return SendStream.verify(new ByteArrayInputStream(file));
    }
}
