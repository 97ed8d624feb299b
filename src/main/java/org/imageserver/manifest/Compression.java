package org.imageserver.manifest;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The compressions that {@code files[].compression} may name, and the file extension of each. */
enum Compression {
    NONE("none", ""),
    GZIP("gzip", ".gz"),
    BZIP2("bzip2", ".bz2"),
    XZ("xz", ".xz"),
    ZSTD("zstd", ".zst");

    static final String NAMES =
            Arrays.stream(values()).map(Compression::jsonName).collect(Collectors.joining(", "));

    private final String jsonName;
    private final String extension;

    Compression(String jsonName, String extension) {
        this.jsonName = jsonName;
        this.extension = extension;
    }

    String jsonName() {
        return jsonName;
    }

    String extension() {
        return extension;
    }

    static Optional<Compression> named(String jsonName) {
        return Arrays.stream(values())
                .filter(compression -> compression.jsonName.equals(jsonName))
                .findFirst();
    }

    /** What the extension says; NONE for any that is not known. */
    static Compression ofFileName(String fileName) {
        return Arrays.stream(values())
                .filter(compression -> compression != NONE && fileName.endsWith(compression.extension))
                .findFirst()
                .orElse(NONE);
    }
}
