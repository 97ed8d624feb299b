package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The order of ListImages and the ways to read it in pieces. */
class ListPagingTest {
    @TempDir
    private Path directory;

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Images 1 to 5; 4 and 5 of the same date. */
    private void addFive() {
        IntStream.of(5, 3, 1, 4, 2)
                .forEach(number -> server.images()
                        .add(
                                number,
                                manifest -> manifest.put("name", Integer.toString(number))
                                        .put("published_at", "2020-01-0" + Math.min(number, 4) + "T00:00:00.000Z")));
        server.rescan();
    }

    private String numbers(String query) {
        return String.join(" ", server.names("/images?" + query));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            '',                          1 2 3 4 5
            sort=,                       1 2 3 4 5
            sort=published_at,           1 2 3 4 5
            sort=published_at.asc,       1 2 3 4 5
            sort=published_at.ASC,       1 2 3 4 5
            sort=published_at.desc,      4 5 3 2 1
            sort=published_at.DESC,      4 5 3 2 1
            limit=2,                     1 2
            limit=1.5,                   1
            limit=5,                     1 2 3 4 5
            limit=6,                     1 2 3 4 5
            limit=0,                     1 2 3 4 5
            limit=,                      1 2 3 4 5
            limit=-1,                    ''
            limit=99999,                 1 2 3 4 5
            limit=2&sort=published_at.desc, 4 5
            marker=2020-01-03,           3 4 5
            marker=2020-01-03T00:00:00Z, 3 4 5
            marker=2020-01-03T00:00:00.000Z, 3 4 5
            marker=2020-01-03T00:00:00.001Z, 4 5
            marker=2020-01-03T01:00:00%2B01:00, 3 4 5
            marker=2020-01-02T12:00:00Z, 3 4 5
            marker=2020-01-03&sort=published_at.desc, 3 2 1
            marker=2020-01-02T12:00:00Z&sort=published_at.desc, 2 1
            marker=1999-01-01,           1 2 3 4 5
            marker=2099-01-01,           ''
            marker=,                     1 2 3 4 5
            marker=2020-01-02&limit=2,   2 3
            """)
    void sortsAndCuts(String query, String expected) {
        addFive();
        assertThat(numbers(query)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            1, '',                      1 2 3 4 5
            3, '',                      3 4 5
            4, '',                      4 5
            5, '',                      5
            4, &sort=published_at.desc, 4 5 3 2 1
            5, &sort=published_at.desc, 5 3 2 1
            2, &sort=published_at.desc, 2 1
            2, &limit=2,                2 3
            """)
    void beginsWithTheMarkedImage(int marker, String more, String expected) {
        addFive();
        assertThat(numbers("marker=" + TestImages.uuid(marker) + more)).isEqualTo(expected);
    }

    @Test
    void theMarkerNeedNotMatchTheFilter() {
        addFive();
        assertThat(numbers("marker=" + TestImages.uuid(3) + "&name=4")).isEqualTo("4");
    }

    /** An image that was withdrawn while somebody reads page by page is still a place in the list. */
    @Test
    void theMarkerMayBeADisabledImage() {
        addFive();
        server.images()
                .add(3, manifest -> manifest.put("state", "disabled").put("published_at", "2020-01-03T00:00:00.000Z"));
        server.rescan();
        assertThat(numbers("marker=" + TestImages.uuid(3))).isEqualTo("4 5");
    }

    @Test
    void theMarkerMayNotBeAPrivateImage() {
        addFive();
        server.images().add(3, manifest -> manifest.put("public", false));
        server.rescan();
        assertThat(server.get("/images?marker=" + TestImages.uuid(3)).statusCode())
                .isEqualTo(404);
    }
}
