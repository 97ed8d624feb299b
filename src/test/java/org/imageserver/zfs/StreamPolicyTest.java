package org.imageserver.zfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.imageserver.zfs.StreamBytes.Piece;
import org.imageserver.zfs.StreamPolicy.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which intact streams make an image, and what is said of those that do not. */
class StreamPolicyTest {
    private static final StreamPolicy POLICY = StreamPolicy.SMARTOS;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v23-fs-full.zfs.xz",
                "v23-fs-full-Lec.zfs.gz",
                "v23-vol-Lec.zfs",
                "v23-pool10-full.zfs.gz",
                "v23-dnode-large.zfs.xz",
                "fuse-full.zfs.gz",
                "synthbe-vol-full.zfs.gz"
            })
    void findsNothingAgainstACompleteStream(String name) throws IOException {
        assertThat(POLICY.assess(valid(name), Origin.NONE)).isEqualTo(new Assessment(List.of(), List.of()));
    }

    @Test
    void refusesAnIncrementalStreamWithoutAnOrigin() throws IOException {
        Assessment assessment = POLICY.assess(valid("v23-clone-incr.zfs.gz"), Origin.NONE);

        assertThat(assessment.isUsable()).isFalse();
        assertThat(assessment.refusals())
                .containsExactly("The stream is incremental and needs the snapshot of guid 3173051613974009927, but the"
                        + " manifest names no origin. Name it, or send without -i.");
    }

    @Test
    void takesAnIncrementalStreamOnItsOrigin() throws IOException {
        StreamFacts facts = valid("v23-clone-incr.zfs.gz");
        Guid guidOfOrigin = valid("v23-fs-full.zfs.xz").last().toguid();

        assertThat(POLICY.assess(facts, Origin.OF_UNKNOWN_GUID).isUsable()).isTrue();
        assertThat(POLICY.assess(facts, Origin.of(guidOfOrigin)).isUsable()).isTrue();
    }

    @Test
    void refusesAnIncrementalStreamOnAnotherOrigin() throws IOException {
        Assessment assessment = POLICY.assess(valid("v23-clone-incr.zfs.gz"), Origin.of(Guid.parse("42")));

        assertThat(assessment.refusals())
                .containsExactly(
                        "The stream is incremental and needs the snapshot of guid 3173051613974009927, but that"
                                + " of the origin is 42. Send it again, with -i and the origin's snapshot.");
    }

    @Test
    void warnsOfACompleteStreamOnAnOrigin() throws IOException {
        Assessment assessment = POLICY.assess(valid("v23-clone-full.zfs.gz"), Origin.OF_UNKNOWN_GUID);

        assertThat(assessment.isUsable()).isTrue();
        assertThat(assessment.warnings())
                .containsExactly("The manifest names an origin, but the stream is complete without it.");
    }

    @ParameterizedTest
    @CsvSource({
        "v23-resumed.zfs.bz2, only the rest of one that was interrupted",
        "v23-enc-raw.zfs.bz2, is encrypted",
        "v23-redacted.zfs.gz, is redacted",
        "v23-fs-repl.zfs.bz2, holds 5 snapshots",
        "fuse-repl.zfs.xz, holds 4 snapshots"
    })
    void refusesWhatNobodyCanUse(String name, String reason) throws IOException {
        assertThat(POLICY.assess(valid(name), Origin.NONE).refusals())
                .singleElement()
                .asString()
                .contains(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "fuse-dedup.zfs.zst, 'DEDUP, DEDUPPROPS'",
        "v23-comp-zstd-3.zfs.gz, ZSTD",
        "v23-longname.zfs.zst, LONGNAME",
        "v23-microzap-large.zfs.gz, LARGE_MICROZAP"
    })
    void warnsOfFeaturesThatOnlySomePlatformsTake(String name, String features) throws IOException {
        Assessment assessment = POLICY.assess(valid(name), Origin.NONE);

        assertThat(assessment.refusals()).isEmpty();
        assertThat(assessment.warnings())
                .containsExactly("The stream has features that not every SmartOS platform takes (" + features
                        + "): there, zfs receive says \"stream has unsupported feature\".");
    }

    @Test
    void acceptsTheFeaturesThatItIsToldTo() throws IOException {
        StreamPolicy policy = new StreamPolicy(POLICY.accepted().and(Features.of(Feature.LONGNAME)));

        assertThat(policy.assess(valid("v23-longname.zfs.zst"), Origin.NONE).warnings())
                .isEmpty();
    }

    @Test
    void refusesFeaturesThatNobodyKnows() throws IOException {
        List<Piece> pieces = StreamBytes.split(Samples.bytes("base/fs-full.zfs"));
        pieces.getFirst().header().putLong(16, pieces.getFirst().header().getLong(16) | 1L << (37 + 2));

        assertThat(POLICY.assess(facts(StreamBytes.seal(pieces)), Origin.NONE).refusals())
                .containsExactly("The stream has features that no known zfs receive takes: bit 37.");
    }

    @Test
    void warnsOfAPackageOfOneSnapshot() throws IOException {
        Assessment assessment = POLICY.assess(valid("v23-vol-props.zfs.gz"), Origin.NONE);

        assertThat(assessment.refusals()).isEmpty();
        assertThat(assessment.warnings()).singleElement().asString().contains("brings properties with it");
    }

    @Test
    void refusesAPackageOfNothing() throws IOException {
        byte[] sound = Samples.bytes("base/fs-props.zfs");
        byte[] header = Arrays.copyOf(sound, 1100);
        byte[] end = Arrays.copyOfRange(sound, sound.length - 312, sound.length);

        assertThat(POLICY.assess(facts(Mutants.concat(header, end)), Origin.NONE)
                        .refusals())
                .containsExactly("The stream holds 0 snapshots, but an image is one. Send it with: zfs send"
                        + " pool/dataset@snapshot");
    }

    @Test
    void warnsOfBlocksThatTheSenderCouldNotRead() throws IOException {
        List<Piece> pieces = StreamBytes.split(Samples.bytes("base/vol-full.zfs"));
        Piece block = pieces.stream()
                .filter(piece ->
                        piece.type() == StreamBytes.WRITE && piece.payload().capacity() == 8192)
                .findFirst()
                .orElseThrow();
        for (int i = 0; i < block.payload().capacity(); i += Long.BYTES) {
            block.payload().putLong(i, 0x2f5baddb10cL);
        }

        StreamFacts facts = facts(StreamBytes.seal(pieces));

        assertThat(facts.unreadableBlocks()).isEqualTo(1);
        assertThat(POLICY.assess(facts, Origin.NONE).warnings())
                .singleElement()
                .asString()
                .startsWith("1 blocks hold the pattern");
    }

    @Test
    void refusesADatasetThatIsNeitherFileSystemNorVolume() throws IOException {
        List<Piece> pieces = StreamBytes.split(Samples.bytes("base/fs-full.zfs"));
        pieces.getFirst().header().putInt(32, 4);

        assertThat(POLICY.assess(facts(StreamBytes.seal(pieces)), Origin.NONE).refusals())
                .containsExactly("The stream is neither of a file system nor of a volume.");
    }

    private static StreamFacts valid(String name) throws IOException {
        return facts(Samples.bytes("valid/" + name));
    }

    private static StreamFacts facts(byte[] file) throws IOException {
        return ((Verdict.Intact) SendStream.verify(new ByteArrayInputStream(file))).facts();
    }
}
