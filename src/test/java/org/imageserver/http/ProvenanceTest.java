package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From where an image was brought, as people and programs see it. */
class ProvenanceTest {
    @TempDir
    Path directory;

    /** Bytes that no stream check looks at. */
    private static ObjectNode arbitrary(ObjectNode manifest) {
        ((ObjectNode) manifest.at("/files/0")).put("compression", "none");
        return manifest.put("type", "other");
    }

    @Test
    void tellsFromWhereAnImageWasBroughtAndNoSecretInTheAddress() throws Exception {
        try (TestServer other = TestServer.start(Files.createDirectories(directory.resolve("other")))) {
            String uuid = other.images().add(1, ProvenanceTest::arbitrary);
            other.rescan();
            String token = other.account("mirror", Role.READER).token();
            String source = other.uri("").toString();
            try (TestServer server = TestServer.start(
                    Files.createDirectories(directory.resolve("mirror")),
                    "\"sources\": [{\"url\": \"" + source + "/v/" + token + "\"}]")) {
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> server.get("/images/" + uuid).statusCode() == 200);
                TestAccount reader = server.account("reader", Role.READER);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> admin(server, reader, uuid).has("provenance"));
                JsonNode provenance = admin(server, reader, uuid).path("provenance");
                assertThat(provenance.path("source").asText()).isEqualTo(source);
                assertThat(provenance.path("fetched").asText()).startsWith("20").endsWith("Z");
                assertThat(provenance.path("verified").asText()).contains("sha1");
                assertThat(server.get("/i/" + uuid).body())
                        .contains("Brought from", source)
                        .doesNotContain(token);
                assertThat(server.get("/images/" + uuid).body()).doesNotContain("provenance");
            }
        }
    }

    private static JsonNode admin(TestServer server, TestAccount account, String uuid) {
        return TestServer.json(
                server.get("/images/" + uuid + "?inclAdminFields=true", "Authorization", account.basic()));
    }

    @Test
    void forgetsWithTheImage() throws Exception {
        try (TestServer server = TestServer.start(directory)) {
            String uuid = server.images().add(1, ProvenanceTest::arbitrary);
            server.rescan();
            Path remembered = Files.createDirectories(directory.resolve("images/.image-server"))
                    .resolve("provenance-" + uuid + ".json");
            Files.writeString(
                    remembered, "{\"source\":\"<script>\",\"fetched\":\"then\",\"verified\":\"how\",\"more\":1}");
            assertThat(server.get("/i/" + uuid).body())
                    .contains("&lt;script&gt;")
                    .doesNotContain("<script>");
            TestAccount admin = server.account("admin", Role.ADMIN);
            server.send("DELETE", "/images/" + uuid, "Authorization", admin.basic());
            assertThat(remembered).doesNotExist();
        }
    }

    @Test
    void aDamagedNoteIsNoReasonToShowNothing() throws Exception {
        try (TestServer server = TestServer.start(directory)) {
            String uuid = server.images().add(1, ProvenanceTest::arbitrary);
            server.rescan();
            Path folder = Files.createDirectories(directory.resolve("images/.image-server"));
            Files.writeString(folder.resolve("provenance-" + uuid + ".json"), "{\"sou");
            assertThat(server.get("/i/" + uuid).statusCode()).isEqualTo(200);
            assertThat(server.log().warnings()).anyMatch(line -> line.contains("is damaged"));
        }
    }
}
