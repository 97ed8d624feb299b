package org.imageserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** While somebody changes the directory in every clumsy way, each reader sees a whole list of whole images. */
class ReloadStormTest {
    private static final int STEADY = 50;
    private static final int CHANGES = 120;

    @TempDir
    private Path directory;

    @Test
    void readersAlwaysSeeAWholeList() throws Exception {
        try (TestServer server = TestServer.start(directory, "\"rescan_seconds\": 0.1")) {
            for (int number = 1; number <= STEADY; number++) {
                server.images().add(number, manifest -> manifest.put("name", "steady"));
            }
            server.rescan();
            try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
                Future<?> writer = threads.submit(() -> {
                    change(server);
                    return null;
                });
                List<Future<Integer>> readers = new ArrayList<>();
                for (int reader = 0; reader < 3; reader++) {
                    readers.add(threads.submit(() -> read(server, writer)));
                }
                writer.get();
                for (Future<Integer> reader : readers) {
                    assertThat(reader.get()).as("lists read").isPositive();
                }
            }
        }
    }

    private static void change(TestServer server) throws IOException {
        TestImages images = server.images();
        Random random = new Random(1);
        for (int change = 0; change < CHANGES; change++) {
            int number = STEADY + 1 + random.nextInt(20);
            String uuid = TestImages.uuid(number);
            byte[] bytes = ("change " + change).getBytes(UTF_8);
            ObjectNode manifest = TestImages.manifest(uuid, bytes)
                    .put("name", "change-" + change)
                    .put("version", "change-" + change);
            switch (change % 6) {
                case 0 -> {
                    replace(images, uuid, "file", bytes);
                    images.put(
                            uuid,
                            "manifest.json",
                            TestImages.manifest(uuid, bytes).toString());
                }
                case 1 -> images.put(uuid, "manifest.json", manifest.toString());
                case 2 ->
                    replace(images, uuid, "manifest.json", manifest.toString().getBytes(UTF_8));
                case 3 -> Files.deleteIfExists(images.directory().resolve(uuid).resolve("manifest.json"));
                case 4 -> images.put(uuid, "manifest.json", manifest.toString().substring(0, 100));
                default -> replace(images, uuid, "file", bytes);
            }
            if (change % 10 == 0) {
                server.rescan();
            }
        }
    }

    /** A file that is overwritten in place under a download ends it, which is another test's business. */
    private static void replace(TestImages images, String uuid, String name, byte[] bytes) throws IOException {
        Path aside = images.put(uuid, ".aside", bytes);
        Files.move(aside, aside.resolveSibling(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static int read(TestServer server, Future<?> writer) {
        int lists = 0;
        do {
            JsonNode list = TestServer.json(server.get("/images"));
            String last = "";
            int steady = 0;
            for (JsonNode image : list) {
                String name = image.path("name").asText();
                String uuid = image.path("uuid").asText();
                assertThat(uuid).isGreaterThan(last);
                last = uuid;
                if (name.equals("steady")) {
                    steady++;
                } else if (name.startsWith("change-")) {
                    assertThat(image.path("version").asText()).isEqualTo(name);
                }
            }
            assertThat(steady).isEqualTo(STEADY);
            assertThat(TestServer.json(server.get("/datasets"))).hasSizeGreaterThanOrEqualTo(STEADY);
            assertThat(TestServer.json(server.get("/images?name=steady"))).hasSize(STEADY);
            String uuid = TestImages.uuid(1 + lists % STEADY);
            assertThat(server.get("/images/" + uuid + "/file").body()).isEqualTo("bytes of " + uuid);
            HttpResponse<String> changing = server.get("/images/" + last + "/file");
            assertThat(changing.statusCode()).isIn(200, 404, 503);
            assertThat(changing.body()).matches("bytes of .*|change [0-9]+|\\{\"code\".*");
            lists++;
        } while (!writer.isDone());
        return lists;
    }
}
