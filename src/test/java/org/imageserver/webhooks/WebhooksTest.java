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
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.imageserver.config.Settings;
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

    /** The status says that it was taken; what comes after it nobody wants, and it may have no end. */
    @Test
    void anAnswerWithoutEndHoldsUpNoOtherEvent() throws Exception {
        try (Listener endless = Listener.start().answering(heard -> 200).withoutEnd();
                TestServer server = server(endless.configured(""))) {
            TestAccount admin = server.account("boss", Role.ADMIN);
            publish(server, admin, "one");
            publish(server, admin, "two");
            awaitWords(endless, "published", "published");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(kept("waiting")).isEmpty());
        }
    }

    /** By hand, or by a restored copy: whoever keeps a list of the images has it right again. */
    @Test
    void tellsAtTheStartWhatBecameOfImagesMeanwhile() throws Exception {
        try (Listener listener = Listener.start()) {
            String updated;
            String deleted;
            String disabled;
            try (TestServer server = server(listener.configured(""))) {
                updated = server.images().add(1);
                deleted = server.images().add(2, manifest -> manifest.put("name", "gone"));
                disabled = server.images().add(3);
                server.images().add(4);
                server.rescan();
                await().atMost(PATIENCE).until(() -> listener.heard().size() == 4);
                // Through a request and its journal, too, not only as it was at the start.
                TestAccount admin = server.account("boss", Role.ADMIN);
                act(server, admin, "POST", "/images/" + updated + "?action=update", "{\"description\": \"one\"}");
                await().atMost(PATIENCE).until(() -> listener.heard().size() == 5);
            }
            TestImages images = new TestImages(directory.resolve("images"));
            images.add(1, manifest -> manifest.put("description", "two"));
            images.add(3, manifest -> manifest.put("state", "disabled").put("disabled", true));
            String added = images.add(5);
            Files.delete(directory.resolve("images/" + deleted + "/manifest.json"));
            listener.heard().clear();
            try (TestServer server = server(listener.configured(""))) {
                await().atMost(PATIENCE).until(() -> listener.heard().size() == 4);
                assertThat(listener.heard())
                        .extracting(heard -> heard.word() + " " + heard.uuid())
                        .containsExactlyInAnyOrder(
                                "updated " + updated,
                                "disabled " + disabled,
                                "published " + added,
                                "deleted " + deleted);
                assertThat(listener.heard())
                        .filteredOn(heard -> heard.word().equals("deleted"))
                        .singleElement()
                        .satisfies(heard -> assertThat(
                                        heard.event().at("/image/name").asText())
                                .isEqualTo("gone"));
                assertThat(server.get("/images").statusCode()).isEqualTo(200);
            }
            listener.heard().clear();
            try (TestServer server = server(listener.configured(""))) {
                String last = server.images().add(6);
                server.rescan();
                await().atMost(PATIENCE).until(() -> !listener.heard().isEmpty());
                assertThat(listener.heard())
                        .as("nothing twice")
                        .extracting(Heard::uuid)
                        .containsExactly(last);
            }
        }
    }

    @Test
    void tellsNobodyOfWhatWasThereBeforeHeWasConfigured() throws Exception {
        try (Listener listener = Listener.start()) {
            try (TestServer server = server()) {
                server.images().add(1);
                server.rescan();
            }
            try (TestServer server = server(listener.configured(""))) {
                String added = server.images().add(2);
                server.rescan();
                await().atMost(PATIENCE).until(() -> !listener.heard().isEmpty());
                assertThat(listener.heard()).extracting(Heard::uuid).containsExactly(added);
            }
        }
    }

    private void configure(TestServer server, String... hooks) throws Exception {
        Path config = directory.resolve("config.json");
        String before = Files.readString(config);
        int at = before.indexOf("\"webhooks\": [");
        Files.writeString(config, before.substring(0, at) + "\"webhooks\": [" + String.join(", ", hooks) + "]\n}");
        assertThat(server.server().reload(Settings.read(config, Settings.Overrides.NONE)))
                .isEmpty();
    }

    @Test
    void takesUpOtherWebhooksWhileItRuns() throws Exception {
        try (Listener first = Listener.start();
                Listener second = Listener.start();
                TestServer server = server(first.configured(""))) {
            TestAccount admin = server.account("boss", Role.ADMIN);
            publish(server, admin, "one");
            await().atMost(PATIENCE).until(() -> first.heard().size() == 1);

            configure(server, first.configured(""), second.configured(", \"events\": [\"deleted\"]"));
            String two = publish(server, admin, "two");
            act(server, admin, "DELETE", "/images/" + two, "");
            awaitWords(first, "published", "published", "deleted");
            awaitWords(second, "deleted");

            configure(server, second.configured(""));
            publish(server, admin, "three");
            awaitWords(second, "deleted", "published");
            assertThat(first.heard()).hasSize(3);

            configure(server);
            publish(server, admin, "four");
            configure(server, second.configured(""));
            String five = publish(server, admin, "five");
            await().atMost(PATIENCE).until(() -> second.heard().size() == 3);
            assertThat(second.heard().getLast().uuid()).isEqualTo(five);
        }
    }

    /** Another secret, another number of attempts: what waited is told by what is said now. */
    @Test
    void whatWaitsIsToldAsIsConfiguredNow() throws Exception {
        try (Listener listener = Listener.start().answering(heard -> heard.isGenuine() ? 503 : 204);
                TestServer server = server(listener.configured(""))) {
            String uuid = publish(server, server.account("boss", Role.ADMIN), "base");
            await().atMost(PATIENCE).until(() -> !listener.heard().isEmpty());
            configure(
                    server,
                    "{\"url\": \"http://127.0.0.1:%d/hook\", \"secret\": \"another secret of theirs\"}"
                            .formatted(listener.port()));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(kept("waiting")).isEmpty());
            assertThat(listener.heard().getLast().uuid()).isEqualTo(uuid);
            assertThat(listener.heard().getLast().isGenuine()).isFalse();
        }
    }
}
