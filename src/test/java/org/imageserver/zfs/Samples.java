package org.imageserver.zfs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The streams and tables in the test resources; their README says where they come from. */
final class Samples {
    private Samples() {}

    static byte[] bytes(String path) {
        try (InputStream in = Objects.requireNonNull(Samples.class.getResourceAsStream("/zstream/" + path), path)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rows of a table of tab-separated values. */
    static List<Row> table(String path) {
        List<String> lines =
                new String(bytes(path), StandardCharsets.UTF_8).lines().toList();
        String[] columns = lines.getFirst().split("\t", -1);
        return lines.stream().skip(1).map(line -> row(columns, line)).toList();
    }

    /** One row; its name is its first cell. */
    record Row(Map<String, String> cells) {
        String get(String column) {
            return Objects.requireNonNull(cells.get(column), column);
        }

        @Override
        public String toString() {
            return get("file");
        }
    }

    private static Row row(String[] columns, String line) {
        String[] cells = line.split("\t", -1);
        Map<String, String> row = new HashMap<>();
        for (int i = 0; i < columns.length; i++) {
            row.put(columns[i], i < cells.length ? cells[i] : "");
        }
        return new Row(row);
    }
}
