package org.imageserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A list is kept in chunks that outlive changes; nobody must be able to tell. */
class ListHistoryTest {
    private static final int GZIP_HEADER = 10;
    private static final int GZIP_TRAILER = 8;

    /** Enough for some chunks, and for chunks that come and go. */
    private static final int NUMBERS = 300;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theListIsThatOfAServerThatSawNothingBefore(long seed) throws Exception {
        Random random = new Random(seed);
        Set<String> listed = new TreeSet<>();
        HttpResponse<byte[]> before;
        try (TestServer server = TestServer.start(directory)) {
            for (int round = 0; round < 12; round++) {
                int changes = round % 3 == 0 ? 80 : 1 + random.nextInt(3);
                for (int change = 0; change < changes; change++) {
                    change(server.images(), random, listed);
                }
                server.rescan();
                String expected = listed.stream()
                        .map(uuid -> server.get("/images/" + uuid).body())
                        .collect(Collectors.joining(",", "[", "]"));
                assertThat(server.get("/images").body()).isEqualTo(expected);
                assertIsOneGzipMember(gzipped(server, "/images").body(), expected.getBytes(UTF_8));
                assertIsOneGzipMember(
                        gzipped(server, "/datasets").body(),
                        server.getBytes("/datasets").body());
            }
            before = gzipped(server, "/images");
        }
        try (TestServer fresh = TestServer.start(directory)) {
            HttpResponse<byte[]> after = gzipped(fresh, "/images");
            assertThat(after.headers().firstValue("etag"))
                    .isEqualTo(before.headers().firstValue("etag"));
            assertThat(after.body()).isEqualTo(before.body());
        }
    }

    private static void change(TestImages images, Random random, Set<String> listed) throws IOException {
        int number = 1 + random.nextInt(NUMBERS);
        String uuid = TestImages.uuid(number);
        boolean isThere = Files.exists(images.directory().resolve(uuid).resolve("manifest.json"));
        switch (random.nextInt(isThere ? 4 : 1)) {
            case 0 -> {
                images.add(number);
                listed.add(uuid);
            }
            case 1 -> {
                images.add(number, manifest -> manifest.put("description", "größe " + random.nextInt()));
                listed.add(uuid);
            }
            case 2 -> {
                images.add(number, manifest -> manifest.put("public", false));
                listed.remove(uuid);
            }
            default -> {
                Files.delete(images.directory().resolve(uuid).resolve("manifest.json"));
                listed.remove(uuid);
            }
        }
    }

    private static HttpResponse<byte[]> gzipped(TestServer server, String target) {
        return server.getBytes(target, "Accept-Encoding", "gzip");
    }

    /** Old clients read the first member alone. */
    private static void assertIsOneGzipMember(byte[] gzip, byte[] expected) throws IOException, DataFormatException {
        assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes())
                .isEqualTo(expected);
        Inflater inflater = new Inflater(true);
        inflater.setInput(gzip, GZIP_HEADER, gzip.length - GZIP_HEADER);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        while (!inflater.finished()) {
            bytes.write(buffer, 0, inflater.inflate(buffer));
        }
        assertThat(inflater.getRemaining()).isEqualTo(GZIP_TRAILER);
        assertThat(bytes.toByteArray()).isEqualTo(expected);
        inflater.end();
    }

    /** Whoever makes up hosts is served, each with urls of his own. */
    @Test
    void everyHostHasItsOwnDatasets() throws Exception {
        try (TestServer server = TestServer.start(directory, "\"trusted_proxies\": [\"127.0.0.1\"]")) {
            for (int number = 1; number <= 100; number++) {
                server.images().add(number);
            }
            server.rescan();
            Set<String> tags = new TreeSet<>();
            for (int number = 1; number <= 10; number++) {
                String host = "host-" + number + ".example.com";
                HttpResponse<String> plain = server.get("/datasets", "X-Forwarded-Host", host);
                for (JsonNode dataset : TestServer.json(plain)) {
                    assertThat(dataset.at("/files/0/url").asText())
                            .startsWith("http://" + host + "/datasets/"
                                    + dataset.path("uuid").asText() + "/");
                }
                assertThat(TestServer.json(plain)).hasSize(100);
                HttpResponse<byte[]> gzip =
                        server.getBytes("/datasets", "X-Forwarded-Host", host, "Accept-Encoding", "gzip");
                assertIsOneGzipMember(gzip.body(), plain.body().getBytes(UTF_8));
                tags.add(plain.headers().firstValue("etag").orElseThrow());
            }
            assertThat(tags).hasSize(10);
        }
    }
}
