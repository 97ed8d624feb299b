package org.imageserver.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.imageserver.webhooks.Listener.Heard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is told what becomes of images, by a server of their own, that may be slow, down or wrong. */
class WebhooksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private TestServer server(String... hooks) {
        return TestServer.start(
                directory,
                "\"verify_streams\": \"off\", \"rescan_seconds\": 0.1, \"metrics_listen\": [\"127.0.0.1:0\"],"
                        + " \"webhooks\": [" + String.join(", ", hooks) + "]");
    }

    private static void awaitWords(Listener listener, String... words) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(listener.words()).containsExactly(words));
    }

    private static String publish(TestServer server, TestAccount who, String name) {
        return TestServer.json(server.send(
                        "POST",
                        "/publish?version=1&type=other&os=other&public=true&name=" + name,
                        BodyPublishers.ofString("xbytes"),
                        "Authorization",
                        who.basic()))
                .path("uuid")
                .asText();
    }

    private static int act(TestServer server, TestAccount who, String method, String target, String body) {
        return server.send(method, target, BodyPublishers.ofString(body), "Authorization", who.basic())
                .statusCode();
    }

    private List<Path> kept(String state) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("images/.image-server/webhooks"))) {
            return files.filter(file -> file.toString().contains("/" + state + "/") && Files.isRegularFile(file))
                    .toList();
        }
    }

    @Test
    void tellsWhatBecomesOfAnImageInOrderAndSigned() throws Exception {
        try (Listener listener = Listener.start();
                TestServer server = server(listener.configured(""))) {
            TestAccount admin = server.account("boss", Role.ADMIN);
            String uuid = publish(server, admin, "base");
            String image = "/images/" + uuid;
            assertThat(act(server, admin, "POST", image + "?action=update", "{\"description\": \"other\"}"))
                    .isEqualTo(200);
            assertThat(act(server, admin, "POST", image + "?action=disable", ""))
                    .isEqualTo(200);
            assertThat(act(server, admin, "POST", image + "?action=enable", "")).isEqualTo(200);
            assertThat(act(server, admin, "DELETE", image, "")).isEqualTo(204);
            awaitWords(listener, "published", "updated", "disabled", "enabled", "deleted");
            assertThat(listener.heard())
                    .allMatch(Heard::isGenuine)
                    .allMatch(heard -> heard.uuid().equals(uuid));
            assertThat(listener.heard())
                    .extracting(heard -> heard.event().path("id").asText())
                    .doesNotHaveDuplicates();
            Heard first = listener.heard().getFirst();
            assertThat(first.event().at("/image/name").asText()).isEqualTo("base");
            assertThat(Long.parseLong(first.timestamp()))
                    .isBetween(0L, Instant.now().getEpochSecond() + 1);
            await().untilAsserted(() -> assertThat(kept("waiting")).isEmpty());
        }
    }

    @Test
    void tellsOfWhatIsDoneByHandAndOfDamage() throws Exception {
        try (Listener listener = Listener.start();
                TestServer server = server(listener.configured(", \"events\": [\"published\", \"damaged\"]"))) {
            server.images().add(9, manifest -> manifest.put("state", "unactivated"));
            String uuid = server.images().add(1);
            server.rescan();
            awaitWords(listener, "published");
            Path file = directory.resolve("images/" + uuid + "/file");
            byte[] bytes = Files.readAllBytes(file);
            bytes[0] ^= 1;
            var time = Files.getLastModifiedTime(file);
            Files.write(file, bytes);
            Files.setLastModifiedTime(file, time);
            server.server().scrub().pass();
            await().atMost(PATIENCE).until(() -> listener.words().contains("damaged"));
            Heard damaged = listener.heard().getLast();
            assertThat(damaged.uuid()).isEqualTo(uuid);
            assertThat(damaged.event().path("reason").asText()).contains("sha1");
            server.server().scrub().pass();
            assertThat(listener.words()).containsOnlyOnce("damaged");
        }
    }

    @Test
    void triesAgainAndKeepsTheOrderOfAnImage() throws Exception {
        try (Listener listener = Listener.start();
                TestServer server = server(listener.configured(""))) {
            TestAccount admin = server.account("boss", Role.ADMIN);
            listener.answering(heard -> heard.event().at("/image/name").asText().equals("stuck")
                            && listener.heard().size() < 4
                    ? 500
                    : 200);
            String stuck = publish(server, admin, "stuck");
            act(server, admin, "POST", "/images/" + stuck + "?action=disable", "");
            String other = publish(server, admin, "other");
            await().atMost(PATIENCE)
                    .until(() -> listener.words().contains("disabled")
                            && listener.heard().stream()
                                    .anyMatch(heard -> heard.uuid().equals(other)));
            List<String> ofStuck = listener.heard().stream()
                    .filter(heard -> heard.uuid().equals(stuck))
                    .map(Heard::word)
                    .toList();
            assertThat(ofStuck).startsWith("published", "published").endsWith("disabled");
            assertThat(ofStuck.stream().filter("disabled"::equals)).hasSize(1);
        }
    }

    @Test
    void aRestartLosesNothing() throws Exception {
        int port;
        String uuid;
        String configured;
        try (Listener refusing = Listener.start().answering(heard -> 503)) {
            port = refusing.port();
            configured = refusing.configured("");
            try (TestServer server = server(configured)) {
                uuid = publish(server, server.account("boss", Role.ADMIN), "base");
                await().atMost(PATIENCE).until(() -> !refusing.heard().isEmpty());
            }
        }
        try (TestServer server = server(configured)) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    server.get(server.watched("/metrics")).body())
                            .containsPattern("imageserver_webhook_events\\{[^}]*state=\"failed_attempts\"} [1-9]"));
            try (Listener back = Listener.at(port)) {
                awaitWords(back, "published");
                assertThat(back.heard().getFirst().uuid()).isEqualTo(uuid);
                assertThat(back.heard().getFirst().isGenuine()).isTrue();
            }
        }
    }

    @Test
    void givesUpVisibly() throws Exception {
        try (Listener listener = Listener.start().answering(heard -> 410);
                TestServer server = server(listener.configured(", \"attempts\": 2"))) {
            TestAccount admin = server.account("boss", Role.ADMIN);
            String uuid = publish(server, admin, "base");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(kept("given-up"))
                            .singleElement()
                            .asString()
                            .contains(uuid));
            assertThat(kept("waiting")).isEmpty();
            assertThat(listener.heard()).hasSize(2);
            assertThat(listener.heard())
                    .extracting(heard -> heard.event().path("id").asText())
                    .as("the same event")
                    .hasSize(2)
                    .containsOnly(listener.heard().getFirst().event().path("id").asText());
            assertThat(server.get(server.watched("/metrics")).body())
                    .containsPattern("imageserver_webhook_events\\{[^}]*state=\"given_up\"} 1.0");
            assertThat(server.get("/status", "Authorization", admin.basic()).body())
                    .contains("1 given up; last failure: it answered 410");
            assertThat(server.get("/status").body()).doesNotContain("given up");
            assertThat(server.log().warnings()).anyMatch(line -> line.contains("is given up for the webhook"));
        }
    }

    @Test
    void oneThatNeverAnswersHoldsUpNobody() throws Exception {
        try (Listener silent = Listener.start().answering(heard -> 0);
                Listener good = Listener.start();
                TestServer server = server(silent.configured(""), good.configured(""))) {
            TestAccount admin = server.account("boss", Role.ADMIN);
            for (int number = 0; number < 5; number++) {
                publish(server, admin, "base-" + number);
            }
            await().atMost(PATIENCE).until(() -> good.heard().size() == 5);
            assertThat(silent.heard()).hasSizeLessThan(5);
            assertThat(server.get("/images").statusCode()).isEqualTo(200);
        }
    }
}
