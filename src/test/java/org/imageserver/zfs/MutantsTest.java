package org.imageserver.zfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.imageserver.zfs.Samples.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of mutants.tsv is judged as it says. */
class MutantsTest {
    private static Map<String, byte[]> mutants = Map.of();

    @BeforeAll
    static void makeMutants() {
        mutants = Mutants.all();
    }

    static Stream<Row> rows() {
        return Samples.table("mutants.tsv").stream();
    }

    @Test
    void makesAllThatTheTableNames() {
        assertThat(mutants.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        rows().map(row -> row.get("file")).toList());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void judgesEachAsTheTableSays(Row row) throws IOException {
        byte[] file = Objects.requireNonNull(mutants.get(row.get("file")));

        Verdict verdict = SendStream.verify(new ByteArrayInputStream(file));

        switch (row.get("expected")) {
            case "ok" -> assertThat(verdict).isInstanceOf(Verdict.Intact.class);
            // A zstd window of 2 GiB: read like any other, with 8 MiB of history, which this file does not exceed.
            case "POLICY" -> assertThat(verdict).isInstanceOf(Verdict.Intact.class);
            // Line ends changed by a transfer in text mode: lengths and checksums are both wrong then.
            case "ANY" -> assertThat(verdict).isInstanceOf(Verdict.Damaged.class);
            case String expected -> {
                assertThat(verdict).isInstanceOf(Verdict.Damaged.class);
                Verdict.Damaged damaged = (Verdict.Damaged) verdict;
                assertThat(damaged.fault()).isIn(faults(expected));
                assertThat(damaged.offset()).isEqualTo(offset(row, damaged));
            }
        }
    }

    private static List<Fault> faults(String expected) {
        List<Fault> faults = new ArrayList<>();
        Arrays.stream(expected.split("\\|")).map(MutantsTest::fault).forEach(faults::addAll);
        return faults;
    }

    private static List<Fault> fault(String expected) {
        return switch (expected) {
            case "EMPTY" -> List.of(Fault.EMPTY);
            // Sixteen bytes of a good stream are a cut stream rather than none.
            case "NOT_A_STREAM" -> List.of(Fault.NOT_A_STREAM, Fault.CUT_SHORT);
            case "MISSING_END", "MISSING_PACKAGE_END", "TRUNCATED", "TRUNCATED_HEADER", "TRUNCATED_PAYLOAD" ->
                List.of(Fault.CUT_SHORT);
            case "BAD_CHECKSUM", "BAD_END_CHECKSUM" -> List.of(Fault.CHECKSUM);
            case "BAD_RECORD_TYPE", "BAD_TONAME", "BAD_HDRTYPE", "NESTED_BEGIN", "BAD_PAYLOAD_LENGTH" ->
                List.of(Fault.STRUCTURE);
            case "TRAILING_DATA" -> List.of(Fault.TRAILING_DATA);
            case "DECOMPRESS" -> List.of(Fault.CONTAINER);
            // A decoder may give out wrong bytes before it notices.
            case "BAD" -> List.of(Fault.CHECKSUM, Fault.STRUCTURE, Fault.NOT_A_STREAM);
            default -> throw new IllegalArgumentException(expected);
        };
    }

    /** Where the reference verifier saw it; it names the last record of a cut stream instead of the end. */
    private static long offset(Row row, Verdict.Damaged damaged) {
        String reference = row.get("reference_verdict");
        int at = reference.lastIndexOf('@');
        if (at < 0 || damaged.fault() == Fault.CUT_SHORT || damaged.fault() == Fault.CONTAINER) {
            return damaged.offset();
        }
        return Long.parseLong(reference.substring(at + 1));
    }
}
