package org.imageserver.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.imageserver.TestServer;
import org.imageserver.storage.objects.TestBuckets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What earlier releases have left is opened, and answered from as before. */
class UpgradeTest {
    /** A directory for each release, named by its version. */
    static final Path ALL = Path.of("src/test/resources/upgrade");

    @TempDir
    private static Path forBuckets;

    private static TestBuckets buckets;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startTheStore() throws IOException {
        buckets = TestBuckets.start(forBuckets);
    }

    @AfterAll
    static void stopTheStore() {
        buckets.close();
    }

    static List<Path> releases() throws IOException {
        try (Stream<Path> all = Files.list(ALL)) {
            return all.filter(Files::isDirectory).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void aDirectoryAndItsConfigurationOpen(Path release) throws Exception {
        new Release(release).open(directory);
    }

    @ParameterizedTest
    @MethodSource("releases")
    void aBucketOpens(Path release) throws Exception {
        new Release(release).openBucket(buckets, directory);
    }

    /** Of the server that this one takes the place of; its images lie beside its configuration and its code. */
    @Test
    void theFolderOfTheOldServerOpens() throws Exception {
        Path kept = Path.of("src/test/resources/smartos-image-server");
        Path folder = directory.resolve("smartos-image-server");
        copy(kept.resolve("site"), folder);
        JsonNode answers = Answers.read(kept.resolve("answers.json"));
        try (TestServer server = TestServer.open(folder, "127.0.0.1:0")) {
            Answers.kept(answers).compare(server, answers);
            assertThat(server.get("/", "Accept", "text/html").body()).contains("<title>Our images</title>");
            assertThat(server.get("/config.json").statusCode()).isEqualTo(404);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** What dist/keep-release will keep, so that it works on the day when it is needed. */
    @Test
    void whatTheNextReleaseLeavesOpens() throws Exception {
        Path kept = directory.resolve("kept");
        Release.make(kept, directory).open(directory.resolve("site"));
        Release.makeBucket(kept, buckets, directory).openBucket(buckets, directory.resolve("bucket"));
        try (Stream<Path> files = Files.list(kept)) {
            assertThat(files.mapToLong(file -> file.toFile().length()).sum())
                    .as("bytes that each release adds to the sources")
                    .isLessThan(150_000);
        }
    }
}
