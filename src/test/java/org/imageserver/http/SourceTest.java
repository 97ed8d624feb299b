package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** AdminImportImage and AddImageFile with {@code source=}: one server takes an image from another. */
class SourceTest {
    private static final byte[] BYTES = "the bytes of a file".getBytes(StandardCharsets.UTF_8);
    private static final String UNKNOWN = "a14fb17b-8b77-46bf-ac43-5e9d02de7957";

    @TempDir
    private Path here;

    @TempDir
    private Path there;

    @Test
    void takesManifestAndFileFromAnotherServer() {
        try (TestServer peer = TestServer.start(there, Publishing.OPEN);
                TestServer server = TestServer.start(here, Publishing.OPEN)) {
            String uuid = Publishing.publish(peer, "shared", BYTES, "");
            String source = "source=" + peer.uri("/");
            HttpResponse<String> imported = server.send("POST", "/images/" + uuid + "?action=import&" + source);
            assertThat(imported.statusCode()).as(imported.body()).isEqualTo(200);
            assertThat(TestServer.json(imported).path("state").asText()).isEqualTo("unactivated");
            HttpResponse<String> filled = server.send("PUT", "/images/" + uuid + "/file?" + source);
            assertThat(filled.statusCode()).as(filled.body()).isEqualTo(200);
            HttpResponse<String> active = server.send("POST", "/images/" + uuid + "?action=activate");
            assertThat(TestServer.json(active)).isEqualTo(TestServer.json(peer.get("/images/" + uuid)));
            assertThat(server.getBytes("/images/" + uuid + "/file").body()).isEqualTo(BYTES);
            assertThat(server.send("PUT", "/images/" + uuid + "/file?" + source).body())
                    .contains("ImageFilesImmutable");
            assertThat(server.send("POST", "/images/" + uuid + "?action=import&" + source)
                            .statusCode())
                    .isEqualTo(409);
        }
    }

    @Test
    void saysWhatTheOtherServerSaid() {
        try (TestServer peer = TestServer.start(there, Publishing.OPEN);
                TestServer server = TestServer.start(here, Publishing.OPEN)) {
            String uuid = Publishing.create(server, "elsewhere");
            HttpResponse<String> missing = server.send("PUT", "/images/" + uuid + "/file?source=" + peer.uri(""));
            assertThat(missing.statusCode()).isEqualTo(503);
            assertThat(missing.body())
                    .isEqualTo("{\"code\":\"RemoteSourceError\",\"message\":\"Unable to get manifest for image " + uuid
                            + ". Error from remote: image " + uuid + " not found\"}");
            HttpResponse<String> down =
                    server.send("POST", "/images/" + UNKNOWN + "?action=import&source=http://127.0.0.1:1");
            assertThat(down.statusCode()).isEqualTo(503);
            assertThat(down.body()).contains("Error from remote: 127.0.0.1:1: connection refused");
        }
    }

    @Test
    void believesNoDamagedFile() {
        try (HostileSource peer = new HostileSource();
                TestServer server = TestServer.start(here, Publishing.OPEN)) {
            String uuid = Publishing.create(server, "damaged");
            ObjectNode manifest = TestImages.json(server.get("/images/" + uuid).body());
            manifest.putArray("files")
                    .addObject()
                    .put("size", 5)
                    .put("compression", "none")
                    .put("sha1", "0".repeat(40));
            peer.onBytes("/images/" + uuid, manifest.toString().getBytes(StandardCharsets.UTF_8))
                    .onBytes("/images/" + uuid + "/file", BYTES);
            HttpResponse<String> answer = server.send("PUT", "/images/" + uuid + "/file?source=" + peer.url(""));
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("does not match the uploaded file sha1 hash");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "image/png | 3      | 200 | true",
                "image/png | 131073 | 200 | false",
                "image/png | 0      | 200 | false",
                "text/html | 3      | 200 | false",
                "image/png | 3      | 404 | false"
            })
    void bringsTheIconAndDoesWithoutABadOne(String type, int size, int status, boolean isBrought) {
        try (HostileSource peer = new HostileSource();
                TestServer server = TestServer.start(here, Publishing.OPEN)) {
            ObjectNode manifest = TestImages.manifest(UNKNOWN, BYTES).put("icon", true);
            peer.onBytes("/images/" + UNKNOWN, manifest.toString().getBytes(StandardCharsets.UTF_8))
                    .on("/images/" + UNKNOWN + "/icon", exchange -> {
                        exchange.getResponseHeaders().set("Content-Type", type);
                        exchange.sendResponseHeaders(status, size == 0 ? -1 : size);
                        exchange.getResponseBody().write(new byte[size]);
                    });
            HttpResponse<String> imported =
                    server.send("POST", "/images/" + UNKNOWN + "?action=import&source=" + peer.url(""));
            assertThat(imported.statusCode()).as(imported.body()).isEqualTo(200);
            assertThat(TestServer.json(imported).path("icon").asBoolean()).isEqualTo(isBrought);
            assertThat(server.get("/images/" + UNKNOWN + "/icon").statusCode()).isEqualTo(isBrought ? 200 : 404);
            assertThat(server.log().warnings().stream()
                            .anyMatch(line -> line.contains(UNKNOWN + " is imported without its icon: ")))
                    .isEqualTo(!isBrought);
        }
    }

    @Test
    void asksNobodyForWhoeverMayNotImport() {
        try (TestServer server = TestServer.start(here)) {
            HttpResponse<String> answer =
                    server.send("POST", "/images/" + UNKNOWN + "?action=import&source=http://127.0.0.1:1");
            assertThat(answer.statusCode()).isEqualTo(401);
        }
    }

    @Test
    void refusesASourceThatIsNotAllowed() {
        try (TestServer server = TestServer.start(here, "\"anonymous_writes\": true")) {
            assertThat(server.send("POST", "/images/" + UNKNOWN + "?action=import&source=http://127.0.0.1:1")
                            .body())
                    .contains("InvalidParameter", "\"field\":\"source\"");
            assertThat(server.send("POST", "/images/" + UNKNOWN + "?action=import&source=https://127.0.0.1:1")
                            .body())
                    .contains("RemoteSourceError", "not of the public internet");
        }
    }
}
