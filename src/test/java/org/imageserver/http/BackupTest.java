package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A copy of the directory, made while the server works, is a server. */
class BackupTest {
    private static final int IMAGES = 60;
    private static final int COPIES = 5;

    @TempDir
    private Path directory;

    /** Publishes, changes and deletes until it is told to stop; what it leaves alone stays in the map. */
    private static final class Storm implements Runnable {
        private final TestServer server;
        private final Map<String, String> kept;
        private final AtomicBoolean isOver;

        Storm(TestServer server, Map<String, String> kept, AtomicBoolean isOver) {
            this.server = server;
            this.kept = kept;
            this.isOver = isOver;
        }

        @Override
        public void run() {
            Random random = new Random(1);
            for (int number = 0; !isOver.get(); number++) {
                byte[] bytes = new byte[random.nextInt(1, 100_000)];
                random.nextBytes(bytes);
                String uuid = Publishing.publish(server, "storm-" + number, bytes, "");
                if (number % 2 == 0) {
                    assertThat(server.send("DELETE", "/images/" + uuid).statusCode())
                            .isEqualTo(204);
                } else {
                    Publishing.post(server, "/images/" + uuid + "?action=update", "{\"description\": \"changed\"}");
                    kept.put(uuid, TestImages.sha1(bytes));
                }
            }
        }
    }

    private void copy(String command, Path to) throws IOException, InterruptedException {
        Files.createDirectories(to);
        Process copy = new ProcessBuilder("sh", "-c", command.replace("COPY", to.toString()))
                .directory(directory.resolve("site/images").toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("copy.log").toFile())
                .start();
        // 1 and 24: a file vanished or changed meanwhile, which is what is tested.
        assertThat(copy.waitFor())
                .as(Files.readString(directory.resolve("copy.log")))
                .isIn(0, 1, 24);
    }

    private static boolean isInstalled(String program) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", "command -v " + program).start().waitFor() == 0;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cp -a . COPY",
                "tar -cf - . | tar -C COPY -xf -",
                "rsync -a --delete ./ COPY && rsync -a --delete ./ COPY"
            })
    void isWholeWhateverHappensMeanwhile(String command) throws Exception {
        if (command.startsWith("rsync") && !isInstalled("rsync")) {
            assertThat(System.getenv("IMAGE_SERVER_TEST_ALL"))
                    .as("rsync is installed")
                    .isNull();
            Assumptions.abort("rsync is not installed");
        }
        Map<String, String> kept = new ConcurrentHashMap<>();
        Map<Path, Map<String, String>> before = new HashMap<>();
        try (TestServer server = TestServer.start(Files.createDirectories(directory.resolve("site")), Publishing.OPEN);
                ExecutorService storm = Executors.newFixedThreadPool(2)) {
            for (int number = 0; number < IMAGES; number++) {
                byte[] bytes = ("image " + number).getBytes(StandardCharsets.UTF_8);
                kept.put(Publishing.publish(server, "quiet-" + number, bytes, ""), TestImages.sha1(bytes));
            }
            AtomicBoolean isOver = new AtomicBoolean();
            Future<?> first = storm.submit(new Storm(server, kept, isOver));
            int published = kept.size();
            try {
                for (int number = 0; number < COPIES; number++) {
                    Path site = directory.resolve("copy-" + number);
                    before.put(site, Map.copyOf(kept));
                    copy(command, site.resolve("images"));
                    int so = published;
                    await().until(() -> kept.size() > so || first.isDone());
                    published = kept.size();
                }
            } finally {
                isOver.set(true);
            }
            first.get();
        }
        for (Map.Entry<Path, Map<String, String>> copy : before.entrySet()) {
            checkWhole(copy.getKey(), copy.getValue());
        }
    }

    private static void checkWhole(Path restored, Map<String, String> acknowledged) {
        try (TestServer server = TestServer.start(restored)) {
            Map<String, String> shown = new HashMap<>();
            for (JsonNode image : TestServer.json(server.get("/images"))) {
                String uuid = image.path("uuid").asText();
                byte[] file = server.getBytes("/images/" + uuid + "/file").body();
                assertThat(TestImages.sha1(file))
                        .as(uuid)
                        .isEqualTo(image.at("/files/0/sha1").asText());
                shown.put(uuid, TestImages.sha1(file));
            }
            assertThat(shown).containsAllEntriesOf(acknowledged);
        }
    }

    @Test
    void restoringIsCopyingBackWithAccountsAndAll() throws Exception {
        Path site = Files.createDirectories(directory.resolve("site"));
        String uuid;
        String authorization;
        try (TestServer server = TestServer.start(site)) {
            authorization = server.account("alice", Role.PUBLISHER).bearer();
            String target = "/publish?name=a&version=1&type=other&os=other";
            uuid = TestServer.json(
                            Publishing.send(server, "POST", target, new byte[100], "Authorization", authorization))
                    .path("uuid")
                    .asText();
            server.getBytes("/images/" + uuid + "/file");
        }
        copy("cp -a . COPY", directory.resolve("restored/images"));
        try (TestServer server = TestServer.start(directory.resolve("restored"))) {
            assertThat(server.send("POST", "/images/" + uuid + "?action=disable", "Authorization", authorization)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(TestServer.json(server.get("/status", "Accept", "application/json"))
                            .at("/days/29/downloads")
                            .asInt())
                    .isEqualTo(1);
        }
    }
}
