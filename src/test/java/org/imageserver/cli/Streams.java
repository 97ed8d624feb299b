package org.imageserver.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** Real send streams for the commands; their README says where they come from. */
final class Streams {
    private static final Path ROOT = Path.of("src/test/resources/zstream").toAbsolutePath();

    /** Of a file system, not compressed. */
    static final Path FULL = ROOT.resolve("base/fs-full.zfs");
    /** Of a volume. */
    static final Path VOLUME = ROOT.resolve("base/vol-full.zfs");
    /** Of a file system, gzip, and the increment on it. */
    static final Path ORIGIN = ROOT.resolve("valid/fuse-full.zfs.gz");

    static final Path INCREMENT = ROOT.resolve("valid/fuse-incr.zfs.gz");

    private Streams() {}

    /** A stream as zfs send writes it. */
    static Path gunzipped(Path stream, Path directory) throws IOException {
        Path gunzipped = directory.resolve(stream.getFileName() + ".raw");
        try (InputStream bytes = new GZIPInputStream(Files.newInputStream(stream))) {
            Files.copy(bytes, gunzipped);
        }
        return gunzipped;
    }

    /** All but the last bytes of a stream. */
    static Path cut(Path stream, Path directory) throws IOException {
        byte[] bytes = Files.readAllBytes(stream);
        return Files.write(directory.resolve("cut.zfs"), Arrays.copyOf(bytes, bytes.length - 1000));
    }
}
