package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.imageserver.http.FileInEveryWay.BYTES;
import static org.imageserver.http.FileInEveryWay.MODIFIED;
import static org.imageserver.http.FileInEveryWay.SHA1;
import static org.imageserver.http.FileInEveryWay.UUID;

import java.io.IOException;
import java.nio.file.Path;
import org.imageserver.RawConnection.Answer;
import org.imageserver.TestImages;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conditional requests for files, and what else decides how they are sent. */
class FileConditionsTest {
    @TempDir
    private static Path directory;

    private static FileInEveryWay file;

    @BeforeAll
    static void start() throws IOException {
        file = new FileInEveryWay(directory);
    }

    @AfterAll
    static void stop() {
        file.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            If-None-Match: "SHA1"           | 304
            If-None-Match: SHA1             | 304
            If-None-Match: W/"SHA1"         | 304
            If-None-Match: *                | 304
            If-None-Match: "a", "SHA1"      | 304
            If-None-Match: a,SHA1           | 304
            If-None-Match: "a", "b"         | 200
            If-None-Match: ""               | 200
            If-None-Match:                  | 200
            If-Match: "SHA1"                | 200
            If-Match: SHA1                  | 200
            If-Match: *                     | 200
            If-Match: "a", "SHA1"           | 200
            If-Match: "a"                   | 412
            If-Modified-Since: MODIFIED     | 304
            If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT   | 304
            If-Modified-Since: Sun, 05 Jan 2020 03:04:04 GMT   | 200
            If-Modified-Since: 2020-01-05   | 200
            If-Unmodified-Since: MODIFIED   | 200
            If-Unmodified-Since: Sun, 05 Jan 2020 03:04:04 GMT | 412
            If-Unmodified-Since: garbage    | 200
            If-None-Match: "a"^If-Modified-Since: MODIFIED     | 200
            If-None-Match: "SHA1"^If-Modified-Since: Wed, 01 Jan 2014 00:00:00 GMT | 304
            If-Match: "SHA1"^If-Unmodified-Since: Wed, 01 Jan 2014 00:00:00 GMT    | 200
            If-Match: "a"^If-None-Match: "SHA1"                | 412
            If-None-Match: "SHA1"^Range: bytes=0-0             | 304
            If-None-Match: "SHA1"^Range: bytes=99-             | 304
            If-Match: "a"^Range: bytes=0-0                     | 412
            If-Match: "SHA1"^Range: bytes=0-0                  | 206
            """)
    void answersConditions(String headers, int status) throws IOException {
        String[] lines =
                headers.replace("SHA1", SHA1).replace("MODIFIED", MODIFIED).split("\\^");
        Answer answer = file.get(lines);
        assertThat(answer.status()).isEqualTo(status);
        switch (status) {
            case 200 -> assertThat(answer.text()).isEqualTo(BYTES);
            case 206 -> assertThat(answer.text()).isEqualTo("0");
            case 304 -> assertThat(answer.headers()).containsEntry("etag", '"' + SHA1 + '"');
            default ->
                assertThat(TestImages.json(answer.text()).path("code").asText()).isEqualTo("PreconditionFailed");
        }
    }

    @Test
    void headIsAboutTheWholeFileWhateverPartIsAskedFor() throws IOException {
        for (String range : new String[] {"Range: bytes=0-0", "Range: bytes=99-", "X: y"}) {
            Answer answer = file.ask(FileInEveryWay.request("HEAD", range));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers())
                    .containsEntry("content-length", "30")
                    .containsEntry("last-modified", MODIFIED)
                    .containsEntry("etag", '"' + SHA1 + '"')
                    .doesNotContainKey("content-range");
        }
        assertThat(file.ask(FileInEveryWay.request("HEAD", "If-None-Match: *")).status())
                .isEqualTo(304);
        assertThat(file.ask(FileInEveryWay.request("HEAD", "If-Match: x")).status())
                .isEqualTo(412);
    }

    /** The bytes are compressed already, and imgadm counts them. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "*", "br, gzip;q=1.0", "identity;q=0, gzip"})
    void isNeverEncoded(String acceptEncoding) throws IOException {
        Answer answer = file.get("Accept-Encoding: " + acceptEncoding);
        assertThat(answer.text()).isEqualTo(BYTES);
        assertThat(answer.headers())
                .containsEntry("content-length", "30")
                .containsEntry("content-type", "application/octet-stream")
                .doesNotContainKeys("content-encoding", "transfer-encoding");
    }

    @ParameterizedTest
    @CsvSource({"index=0,200", "index=,200", "index=00,200", "index=1,404", "index=-1,404", "index=999999,404"})
    void hasOneFile(String query, int status) {
        assertThat(file.server().get("/images/" + UUID + "/file?" + query).statusCode())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"index=abc", "index=0&index=0", "index=1e3", "index=9999999999", "index=%30x"})
    void refusesAnIndexThatIsNoNumber(String query) {
        assertThat(file.server().get("/images/" + UUID + "/file?" + query).statusCode())
                .isEqualTo(422);
    }
}
