package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.imageserver.http.FileInEveryWay.BYTES;
import static org.imageserver.http.FileInEveryWay.EMPTY;
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

/** Parts of files. */
class FileRangesTest {
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
            bytes=0-0       | 0  | 0
            bytes=0-4       | 0  | 4
            bytes=10-19     | 10 | 19
            bytes=29-29     | 29 | 29
            bytes=5-        | 5  | 29
            bytes=0-        | 0  | 29
            bytes=-1        | 29 | 29
            bytes=-30       | 0  | 29
            bytes=-31       | 0  | 29
            bytes=25-1000   | 25 | 29
            bytes=0-99999999999999999999999999 | 0 | 29
            bytes=-99999999999999999999999999  | 0 | 29
            bytes=00-01     | 0  | 1
            Bytes=0-0       | 0  | 0
            """)
    void sendsAPart(String range, int first, int last) throws IOException {
        Answer answer = file.get("Range: " + range);
        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.text()).isEqualTo(BYTES.substring(first, last + 1));
        assertThat(answer.headers())
                .containsEntry("content-range", "bytes %d-%d/30".formatted(first, last))
                .containsEntry("content-length", Integer.toString(last - first + 1))
                .containsEntry("etag", '"' + SHA1 + '"')
                .containsEntry("accept-ranges", "bytes")
                .doesNotContainKey("content-md5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=30-", "bytes=30-40", "bytes=-0", "bytes=99999999999999999999999-"})
    void saysHowLongTheFileIsWhenAPartIsBeyondIt(String range) throws IOException {
        Answer answer = file.get("Range: " + range);
        assertThat(answer.status()).isEqualTo(416);
        assertThat(answer.headers())
                .containsEntry("content-range", "bytes */30")
                .containsEntry("content-type", "application/json");
        assertThat(TestImages.json(answer.text()).path("code").asText()).isEqualTo("RequestedRangeNotSatisfiable");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=5-3",
                "bytes=a-b",
                "bytes=",
                "bytes",
                "bytes=-",
                "bytes=--5",
                "bytes=+1-2",
                "lines=0-1",
                "bytes=0-1,3-4",
                "bytes=0-1,",
                "bytes=0x0-0x1",
                "bytes=0-1-2",
                "bytes=1.0-2",
                "none",
                "0-1"
            })
    void sendsTheWholeWhenItDoesNotUnderstandTheRange(String range) throws IOException {
        Answer answer = file.get("Range: " + range);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(BYTES);
        assertThat(answer.headers()).doesNotContainKey("content-range");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "SHA1"                        | 206
            SHA1                          | 206
            W/"SHA1"                      | 200
            "other"                       | 200
            *                             | 200
            Sun, 05 Jan 2020 03:04:05 GMT | 206
            Sun, 05 Jan 2020 03:04:04 GMT | 200
            Sun, 05 Jan 2020 03:04:06 GMT | 200
            yesterday                     | 200
            """)
    void sendsAPartOnlyOfTheFileThatTheClientKnows(String ifRange, int status) throws IOException {
        Answer answer = file.get("Range: bytes=0-0", "If-Range: " + ifRange.replace("SHA1", SHA1));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).isEqualTo(status == 206 ? "0" : BYTES);
    }

    @Test
    void anEmptyFileHasNoParts() throws IOException {
        Answer whole = file.ask(FileInEveryWay.request("GET").replace(UUID, EMPTY));
        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.headers()).containsEntry("content-length", "0");
        Answer part = file.ask(FileInEveryWay.request("GET", "Range: bytes=0-").replace(UUID, EMPTY));
        assertThat(part.status()).isEqualTo(416);
        assertThat(part.headers()).containsEntry("content-range", "bytes */0");
    }
}
