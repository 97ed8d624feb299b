package org.imageserver.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.imageserver.auth.AuthorizationFuzz;
import org.imageserver.bundle.BundleFuzz;
import org.imageserver.config.ConfigFuzz;
import org.imageserver.http.PathFuzz;
import org.imageserver.http.QueryFuzz;
import org.imageserver.http.RangeFuzz;
import org.imageserver.http.RequestFuzz;
import org.imageserver.manifest.ManifestFuzz;
import org.imageserver.zfs.StreamFuzz;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every input that was kept, those that once were findings among them, and what is left of each when it breaks off. */
class KeptInputsTest {
    private static final Path KEPT = Path.of("src/test/resources/fuzz");

    private static final Map<String, Target> TARGETS = new TreeMap<>(Map.of(
            "Authorization", AuthorizationFuzz::fuzzerTestOneInput,
            "Bundle", BundleFuzz::fuzzerTestOneInput,
            "Config", ConfigFuzz::fuzzerTestOneInput,
            "Manifest", ManifestFuzz::fuzzerTestOneInput,
            "Path", PathFuzz::fuzzerTestOneInput,
            "Query", QueryFuzz::fuzzerTestOneInput,
            "Range", RangeFuzz::fuzzerTestOneInput,
            "Request", RequestFuzz::fuzzerTestOneInput,
            "Stream", StreamFuzz::fuzzerTestOneInput));

    /** What the fuzzer calls. */
    private interface Target {
        void run(byte[] input) throws IOException;
    }

    @TestFactory
    Stream<DynamicTest> holds() {
        return TARGETS.entrySet().stream()
                .flatMap(target -> inputs(target.getKey()).stream()
                        .map(input -> DynamicTest.dynamicTest(
                                target.getKey() + "/" + input.getFileName(), () -> tryOut(target.getValue(), input))));
    }

    private static void tryOut(Target target, Path input) throws IOException {
        byte[] bytes = Files.readAllBytes(input);
        target.run(bytes);
        for (int part = 1; part < 8; part++) {
            target.run(Arrays.copyOf(bytes, bytes.length * part / 8));
        }
    }

    @Test
    void everyTargetHasInputs() throws IOException {
        try (Stream<Path> directories = Files.list(KEPT)) {
            assertThat(directories
                            .filter(Files::isDirectory)
                            .map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(TARGETS.keySet());
        }
        TARGETS.keySet().forEach(name -> assertThat(inputs(name)).as(name).isNotEmpty());
    }

    private static List<Path> inputs(String target) {
        try (Stream<Path> inputs = Files.list(KEPT.resolve(target))) {
            return inputs.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
