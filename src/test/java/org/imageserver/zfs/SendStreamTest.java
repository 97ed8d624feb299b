package org.imageserver.zfs;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.imageserver.zfs.Samples.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real streams of many senders: what each row of facts.tsv says is what is found. */
class SendStreamTest {
    static Stream<Row> validStreams() {
        return Samples.table("facts.tsv").stream()
                .filter(row -> row.get("valid").equals("yes"));
    }

    @ParameterizedTest
    @MethodSource("validStreams")
    void findsWhatAStreamHolds(Row row) throws IOException {
        byte[] file = Samples.bytes("valid/" + row.get("file"));

        Verdict verdict = verify(file);

        assertThat(verdict).isInstanceOf(Verdict.Intact.class);
        StreamFacts facts = ((Verdict.Intact) verdict).facts();
        assertThat(facts.compression().jsonName()).isEqualTo(row.get("compression"));
        assertThat(facts.fileBytes()).isEqualTo(file.length);
        assertThat(facts.byteOrder())
                .isEqualTo(row.get("order").equals("le") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        assertThat(facts.kind())
                .isEqualTo(row.get("kind").equals("sub") ? StreamFacts.Kind.SINGLE : StreamFacts.Kind.PACKAGE);
        assertThat(facts.substreams()).isEqualTo(Integer.parseInt(row.get("substreams")));
        assertThat(counts(facts)).isEqualTo(row.get("records"));
        assertThat(facts.payloadBytes()).isEqualTo(Long.parseLong(row.get("payload_bytes")));
        assertThat(facts.streamBytes()).isEqualTo(Long.parseLong(row.get("stream_bytes")));
        assertThat(facts.features().bits()).isEqualTo(Long.decode(row.get("features_hex")));
        assertThat(
                        facts.features().isEmpty()
                                ? "-"
                                : String.join("+", facts.features().names()))
                .isEqualTo(row.get("features"));
        assertThat(facts.recordsWithoutChecksum()).isEqualTo(Long.parseLong(row.get("zero_record_checksums")));
        assertThat(facts.volumeSize()).isEqualTo(volumeSize(row.get("volsize")));
        assertThat(facts.unreadableBlocks()).isZero();
    }

    @ParameterizedTest
    @MethodSource("validStreams")
    void findsTheSnapshotInAStream(Row row) throws IOException {
        SnapshotFacts snapshot = ((Verdict.Intact) verify(Samples.bytes("valid/" + row.get("file"))))
                .facts()
                .last();

        assertThat(snapshot.toguid().hex()).isEqualTo(row.get("toguid"));
        assertThat(snapshot.fromguid().hex()).isEqualTo(row.get("fromguid"));
        assertThat(snapshot.name()).isEqualTo(row.get("toname"));
        assertThat(snapshot.creation()).isEqualTo(Instant.parse(row.get("creation")));
        assertThat(snapshot.flags()).isEqualTo(Long.decode(row.get("flags")));
        assertThat(snapshot.type())
                .isEqualTo(row.get("objset_type").equals("zvol") ? ObjectSetType.VOLUME : ObjectSetType.FILESYSTEM);
    }

    @Test
    void refusesASavedPartialState() throws IOException {
        Verdict verdict = verify(Samples.bytes("incomplete/v23-saved-partial.zfs.gz"));

        assertThat(verdict)
                .isEqualTo(new Verdict.Damaged(
                        Fault.CUT_SHORT,
                        "The gzip file is whole, but the stream in it is cut short: zfs send broke off. It ends after"
                                + " 82960 bytes, without its END record, like a saved partial state (zfs send -S). Make"
                                + " it again.",
                        82960));
    }

    private static String counts(StreamFacts facts) {
        Stream<RecordType> order = Stream.of(
                RecordType.BEGIN,
                RecordType.OBJECT,
                RecordType.FREEOBJECTS,
                RecordType.WRITE,
                RecordType.FREE,
                RecordType.END,
                RecordType.WRITE_BYREF,
                RecordType.SPILL,
                RecordType.WRITE_EMBEDDED,
                RecordType.OBJECT_RANGE,
                RecordType.REDACT);
        return order.filter(facts.records()::containsKey)
                .map(type -> type + "=" + facts.records().get(type))
                .collect(joining(","));
    }

    private static OptionalLong volumeSize(String cell) {
        return cell.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(cell));
    }

    private static Verdict verify(byte[] file) throws IOException {
        return SendStream.verify(new ByteArrayInputStream(file));
    }
}
