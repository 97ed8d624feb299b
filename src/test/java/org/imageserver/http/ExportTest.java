package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ExportImage and CloneImage: images taken out with their origins, and copied for another account. */
class ExportTest {
    private static final byte[] BASE = "the bytes of an origin".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BYTES = new byte[3 * 512];
    private static final String ACCOUNT = "86055c40-2547-11e2-8a6b-4bb37edc84ba";
    private static final String UNKNOWN = "a14fb17b-8b77-46bf-ac43-5e9d02de7957";

    @TempDir
    private Path directory;

    @TempDir
    private Path unpacked;

    private static Map<String, byte[]> entries(byte[] tar) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (TarArchiveInputStream stream = new TarArchiveInputStream(new ByteArrayInputStream(tar))) {
            for (TarArchiveEntry entry = stream.getNextEntry(); entry != null; entry = stream.getNextEntry()) {
                entries.put(entry.getName(), stream.readAllBytes());
            }
        }
        return entries;
    }

    @Test
    void sendsAnImageAfterItsOriginAsADirectoryThatCanBeServed() throws IOException {
        try (TestServer server = TestServer.start(directory, Publishing.OPEN)) {
            String origin = Publishing.publish(server, "origin", BASE, "");
            String uuid = Publishing.publish(server, "increment", BYTES, "&origin=" + origin);
            HttpResponse<byte[]> tar = server.getBytes("/images/" + uuid + "/export");
            assertThat(tar.statusCode()).isEqualTo(200);
            assertThat(tar.headers().firstValue("Content-Type")).contains("application/x-tar");
            assertThat(tar.headers().firstValueAsLong("Content-Length")).hasValue(tar.body().length);
            Map<String, byte[]> entries = entries(tar.body());
            assertThat(entries.keySet())
                    .containsExactly(
                            origin + "/manifest.json", origin + "/file", uuid + "/manifest.json", uuid + "/file");
            assertThat(entries.get(origin + "/file")).isEqualTo(BASE);
            assertThat(entries.get(uuid + "/file")).isEqualTo(BYTES);
            try (TestServer other = TestServer.start(unpacked)) {
                entries.forEach((name, bytes) -> {
                    String[] parts = name.split("/", 2);
                    other.images().put(parts[0], parts[1], bytes);
                });
                other.rescan();
                assertThat(TestServer.json(other.get("/images"))).isEqualTo(TestServer.json(server.get("/images")));
            }
            assertThat(server.send("POST", "/images/" + uuid + "?action=export").statusCode())
                    .isEqualTo(200);
            byte[] part = server.getBytes("/images/" + uuid + "/export", "Range", "bytes=500-2100")
                    .body();
            assertThat(part).isEqualTo(Arrays.copyOfRange(tar.body(), 500, 2101));
        }
    }

    @Test
    void exportsOnlyWhatIsSeen() {
        String hidden;
        try (TestServer server = TestServer.start(directory, Publishing.OPEN + ", \"mode\": \"private\"")) {
            hidden = Publishing.publish(server, "hidden", BASE, "");
        }
        try (TestServer server = TestServer.start(directory)) {
            assertThat(server.get("/images/" + hidden + "/export").statusCode()).isEqualTo(404);
            assertThat(server.send("POST", "/images/" + hidden + "?action=export")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(server.get("/images/" + UNKNOWN + "/export").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void copiesAnImageForAnAccount() {
        try (TestServer server = TestServer.start(directory, Publishing.OPEN)) {
            String uuid = Publishing.publish(server, "original", BYTES, "&tags=%7B%22role%22:%22db%22%7D");
            HttpResponse<String> answer = server.send("POST", "/images/" + uuid + "/clone?account=" + ACCOUNT);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonNode copy = TestServer.json(answer);
            JsonNode original = TestServer.json(server.get("/images/" + uuid));
            assertThat(copy.path("uuid")).isNotEqualTo(original.path("uuid"));
            assertThat(copy.path("owner").asText()).isEqualTo(ACCOUNT);
            assertThat(copy.path("state").asText()).isEqualTo("active");
            assertThat(copy.path("tags")).isEqualTo(original.path("tags"));
            assertThat(copy.path("files")).isEqualTo(original.path("files"));
            assertThat(server.send("DELETE", "/images/" + uuid).statusCode()).isEqualTo(204);
            assertThat(server.getBytes("/images/" + copy.path("uuid").asText() + "/file")
                            .body())
                    .isEqualTo(BYTES);
        }
    }

    @Test
    void copiesNothingForWhoeverMayNotPublish() {
        String uuid;
        try (TestServer server = TestServer.start(directory, Publishing.OPEN)) {
            uuid = Publishing.publish(server, "original", BYTES, "");
        }
        try (TestServer server = TestServer.start(directory)) {
            assertThat(server.send("POST", "/images/" + uuid + "/clone").statusCode())
                    .isEqualTo(401);
        }
    }
}
