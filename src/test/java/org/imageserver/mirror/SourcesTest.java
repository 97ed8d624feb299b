package org.imageserver.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CompletableFuture;
import org.imageserver.TestAccount;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.Test;

/** How it stands with the servers whose images come here, as administrators see it. */
class SourcesTest extends WithUpstream {
    private static final byte[] FILE = new byte[50_000];

    private static JsonNode source(TestServer server, TestAccount admin) {
        return TestServer.json(server.get("/sources", "Authorization", admin.basic()))
                .path(0);
    }

    @Test
    void fetchesSeveralImagesAtTheSameTime() {
        for (int number = 1; number <= 6; number++) {
            upstream.add(number, "base", FILE);
        }
        upstream.holdUntilTogether(3);
        try (TestServer server = serveMirror(", \"parallel\": 3")) {
            await().atMost(SOON).until(() -> server.names("/images").size() == 6);
        }
    }

    @Test
    void fetchesAnOriginFirstHoweverManyAtTheSameTime() {
        String origin = upstream.add(1, "origin", FILE);
        for (int number = 2; number <= 9; number++) {
            upstream.manifest(upstream.add(number, "built", FILE)).put("origin", TestImages.uuid(number - 1));
        }
        try (TestServer server = serveMirror(", \"parallel\": 8")) {
            await().atMost(SOON).until(() -> server.names("/images").size() == 9);
        }
        assertThat(upstream.requests().stream().filter(target -> target.contains("/file")))
                .hasSize(9)
                .first()
                .asString()
                .contains(origin);
    }

    /** The origin is not in the list, so both images lead to it. */
    @Test
    void fetchesAHiddenOriginOnce() {
        String origin = upstream.add(1, "origin", FILE);
        upstream.manifest(origin).put("state", "disabled").put("disabled", true);
        upstream.manifest(upstream.add(2, "one", FILE)).put("origin", origin);
        upstream.manifest(upstream.add(3, "two", FILE)).put("origin", origin);
        upstream.hide(origin);
        try (TestServer server = serveMirror("")) {
            await().atMost(SOON).until(() -> server.names("/images").size() == 2);
        }
        assertThat(upstream.requests().stream().filter(target -> target.contains(origin + "/file")))
                .hasSize(1);
    }

    @Test
    void showsWhatIsUnderWayAndWhatHasCome() {
        upstream.add(1, "base", FILE);
        upstream.holdUntilTogether(2);
        try (TestServer server = serveMirror("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            await().atMost(SOON).until(() -> source(server, admin).has("under_way"));
            JsonNode work = source(server, admin).path("under_way");
            assertThat(work.at("/images/0/name").asText()).isEqualTo("base 1.0.0");
            assertThat(work.path("total_bytes").asLong()).isEqualTo(FILE.length);
            assertThat(server.get("/status", "Authorization", admin.basic(), "Accept", "text/html")
                            .body())
                    .contains("Other servers whose images come here", upstream.url(), "base 1.0.0");
            upstream.letGo();
            await().atMost(SOON)
                    .until(() -> source(server, admin).path("brought").asInt() == 1);
            await().atMost(SOON).until(() -> !source(server, admin).has("under_way"));
            JsonNode after = source(server, admin);
            assertThat(after.path("url").asText()).isEqualTo(upstream.url());
            assertThat(after.path("looked").asText()).endsWith("Z");
            assertThat(after.path("here").asInt()).isEqualTo(1);
            assertThat(after.has("last_error")).isFalse();
        }
    }

    @Test
    void showsTheLastError() {
        upstream.answerWith(503);
        try (TestServer server = serveMirror("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            await().atMost(SOON).until(() -> source(server, admin).has("last_error"));
            assertThat(source(server, admin).at("/last_error/message").asText()).contains("503");
            assertThat(server.get("/status", "Authorization", admin.basic(), "Accept", "text/html")
                            .body())
                    .contains("Last error", "not asked yet");
        }
    }

    @Test
    void showsHowItStandsWithASourceThatIsAskedOnDemand() {
        String uuid = upstream.add(1, "base", FILE);
        upstream.add(2, "other", FILE);
        String seen;
        try (TestServer server = serveOnDemand("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            await().atMost(SOON)
                    .until(() -> source(server, admin).path("offered").asInt() == 2);
            JsonNode before = source(server, admin);
            assertThat(before.path("url").asText()).isEqualTo(upstream.url());
            assertThat(before.path("policy").asText()).isEqualTo("on-demand");
            assertThat(before.path("looked").asText()).endsWith("Z");
            assertThat(before.path("is_down").asBoolean()).isFalse();
            assertThat(before.path("brought").asInt()).isZero();
            assertThat(before.has("wanted")).isFalse();
            seen = before.path("offered_as_of").asText();
            upstream.holdUntilTogether(2);
            CompletableFuture<byte[]> file = CompletableFuture.supplyAsync(
                    () -> server.getBytes(fileOf(uuid)).body());
            await().atMost(SOON).until(() -> source(server, admin).has("under_way"));
            assertThat(source(server, admin).at("/under_way/images/0/name").asText())
                    .isEqualTo("base 1.0.0");
            assertThat(source(server, admin).at("/under_way/total_bytes").asInt())
                    .isEqualTo(FILE.length);
            upstream.letGo();
            assertThat(file.join()).isEqualTo(FILE);
            await().atMost(SOON)
                    .until(() -> source(server, admin).path("brought").asInt() == 1);
            assertThat(source(server, admin).has("under_way")).isFalse();
            assertThat(page(server, admin)).contains(upstream.url(), "2 images offered on demand");
        }
        upstream.close();
        try (TestServer server = serveOnDemand("")) {
            TestAccount admin = server.account("another", Role.ADMIN);
            await().atMost(SOON).until(() -> source(server, admin).has("last_error"));
            JsonNode after = source(server, admin);
            assertThat(after.path("is_down").asBoolean()).isTrue();
            assertThat(after.path("offered").asInt()).isEqualTo(2);
            assertThat(after.path("offered_as_of").asText()).isEqualTo(seen);
            assertThat(after.has("looked")).isFalse();
            assertThat(page(server, admin)).contains("2 images offered on demand, by its list of", "Last error");
        }
    }

    private static String page(TestServer server, TestAccount admin) {
        return server.get("/status", "Authorization", admin.basic(), "Accept", "text/html")
                .body();
    }

    @Test
    void isForAdministrators() {
        try (TestServer server = serveMirror("")) {
            assertThat(server.get("/sources").statusCode()).isEqualTo(401);
            TestAccount reader = server.account("reader", Role.READER);
            assertThat(server.get("/sources", "Authorization", reader.basic()).statusCode())
                    .isEqualTo(403);
            assertThat(server.get("/status").body()).doesNotContain(upstream.url());
        }
    }
}
