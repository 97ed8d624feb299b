package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A list as an HTTP answer: compression, entity tags, HEAD; the whole list and filtered ones of every size. */
class ListAnswerTest {
    private static final String WHOLE = "/images";
    private static final String SMALL = "/images?limit=10";
    private static final String LARGE = "/images?name=~image";
    private static final String DATASETS = "/datasets";

    @TempDir
    private static Path directory;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(directory);
        for (int number = 1; number <= 300; number++) {
            server.images().add(number, manifest -> manifest.put("description", "x".repeat(200)));
        }
        server.rescan();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String etag(HttpResponse<?> answer) {
        return answer.headers().firstValue("etag").orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {WHOLE, SMALL, LARGE, DATASETS})
    void isGzippedForThoseWhoWantIt(String target) throws IOException {
        HttpResponse<byte[]> plain = server.getBytes(target);
        HttpResponse<byte[]> gzip = server.getBytes(target, "Accept-Encoding", "gzip");
        assertThat(plain.headers().firstValue("content-encoding")).isEmpty();
        assertThat(plain.headers().firstValue("content-type")).contains("application/json");
        assertThat(plain.headers().firstValue("vary")).contains("Accept-Encoding");
        assertThat(gzip.headers().firstValue("content-encoding")).contains("gzip");
        assertThat(gzip.headers().firstValue("content-type")).contains("application/json");
        assertThat(gzip.headers().firstValue("vary")).contains("Accept-Encoding");
        assertThat(gzip.body()).hasSizeLessThan(plain.body().length / 5);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes())
                .isEqualTo(plain.body());
        assertThat(etag(gzip)).as("other bytes, another tag").isNotEqualTo(etag(plain));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gzip                        | true
            GZIP                        | true
            deflate, gzip;q=0.5         | true
            gzip;q=1.000                | true
            gzip ; q=0.001              | true
            gzip;q=0                    | false
            gzip;q=0.000, deflate       | false
            gzip;Q=0                    | false
            deflate                     | false
            identity                    | false
            ''                          | false
            gzipped                     | false
            gzip;q=x                    | false
            """)
    void compressesByQuality(String acceptEncoding, boolean isGzipped) {
        HttpResponse<byte[]> answer = server.getBytes(WHOLE, "Accept-Encoding", acceptEncoding);
        assertThat(answer.headers().firstValue("content-encoding").isPresent()).isEqualTo(isGzipped);
    }

    @ParameterizedTest
    @ValueSource(strings = {WHOLE, SMALL, LARGE, DATASETS})
    void isNotSentAgainWhenItIsUnchanged(String target) {
        for (String encoding : new String[] {"identity", "gzip"}) {
            HttpResponse<byte[]> first = server.getBytes(target, "Accept-Encoding", encoding);
            HttpResponse<byte[]> again =
                    server.getBytes(target, "Accept-Encoding", encoding, "If-None-Match", etag(first));
            assertThat(again.statusCode()).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(etag(again)).isEqualTo(etag(first));
            assertThat(again.headers().firstValue("vary")).contains("Accept-Encoding");
        }
        assertThat(server.get(target, "If-None-Match", "\"other\"").statusCode())
                .isEqualTo(200);
        assertThat(server.get(target, "If-None-Match", "*").statusCode()).isEqualTo(304);
        assertThat(server.get(target, "If-Match", "\"other\"").statusCode()).isEqualTo(412);
    }

    @ParameterizedTest
    @ValueSource(strings = {WHOLE, SMALL, LARGE, DATASETS})
    void headSaysWhatGetWould(String target) {
        for (String encoding : new String[] {"identity", "gzip"}) {
            HttpResponse<String> head = server.send("HEAD", target, "Accept-Encoding", encoding);
            HttpResponse<byte[]> get = server.getBytes(target, "Accept-Encoding", encoding);
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(stable(head.headers())).isEqualTo(stable(get.headers()));
            assertThat(head.headers().firstValueAsLong("content-length")).hasValue(get.body().length);
        }
    }

    private static Map<String, Object> stable(HttpHeaders headers) {
        Map<String, Object> stable = new TreeMap<>(headers.map());
        stable.keySet().removeAll(java.util.Set.of("date", "x-request-id", "x-response-time"));
        return stable;
    }

    @Test
    void theTagChangesWithTheContentAndOnlyThen() {
        String whole = etag(server.get(WHOLE));
        String small = etag(server.get(SMALL));
        server.rescan();
        assertThat(etag(server.get(WHOLE))).isEqualTo(whole);
        server.images().add(300, manifest -> manifest.put("description", "changed"));
        server.rescan();
        assertThat(etag(server.get(WHOLE))).isNotEqualTo(whole);
        assertThat(etag(server.get(SMALL))).isEqualTo(small);
        server.images().add(300, manifest -> manifest.put("description", "x".repeat(200)));
        server.rescan();
        assertThat(etag(server.get(WHOLE))).isEqualTo(whole);
    }

    @Test
    void anEmptyListIsAnEmptyArray(@TempDir Path empty) {
        try (TestServer nothing = TestServer.start(empty)) {
            assertThat(nothing.get(WHOLE).body()).isEqualTo("[]");
            assertThat(nothing.get(DATASETS).body()).isEqualTo("[]");
            assertThat(nothing.get("/images?name=x").body()).isEqualTo("[]");
        }
    }

    @Test
    void manifestsOfAListAreThoseOfGetImage() {
        String one = server.get("/images/" + TestImages.uuid(7)).body();
        assertThat(server.get(WHOLE).body()).contains("," + one + ",");
        assertThat(server.get("/images?name=image-00000007").body()).isEqualTo("[" + one + "]");
    }
}
