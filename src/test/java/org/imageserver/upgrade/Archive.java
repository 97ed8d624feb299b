package org.imageserver.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Directories in tar files, with modes and all. */
final class Archive {
    private Archive() {}

    /** Packs what is below a directory, without its sockets. */
    static void pack(Path directory, Path archive) throws IOException, InterruptedException {
        run(List.of(
                "sh",
                "-c",
                "cd \"$0\" && find . -type f -o -type d -empty | LC_ALL=C sort | tar --no-recursion -cf - -T - | gzip -9n"
                        + " > \"$1\"",
                directory.toString(),
                archive.toAbsolutePath().toString()));
    }

    /** Unpacks it into a directory that it makes. */
    static void unpack(Path archive, Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        run(List.of(
                "sh",
                "-c",
                "gzip -dc \"$0\" | (cd \"$1\" && tar -xf -)",
                archive.toAbsolutePath().toString(),
                directory.toString()));
    }

    /** Removes a directory with all that is in it. */
    static void remove(Path directory) throws IOException, InterruptedException {
        run(List.of("rm", "-r", directory.toString()));
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Path said = Files.createTempFile("tar", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            assertThat(process.waitFor()).as(Files.readString(said)).isZero();
        } finally {
            Files.delete(said);
        }
    }
}
