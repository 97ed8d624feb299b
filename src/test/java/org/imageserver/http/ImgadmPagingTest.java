package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A catalogue of more images than imgadm reads at once. */
class ImgadmPagingTest {
    private static final int PAGE = 1000;

    @TempDir
    private Path directory;

    /** imgadm goes on from the last image that it saw until fewer than a page come back. */
    @Test
    void imgadmSeesEveryImageOnce() {
        try (TestServer server = TestServer.start(directory)) {
            int present = 0;
            for (int count : new int[] {PAGE - 1, PAGE, PAGE + 1, 2 * PAGE + 1}) {
                add(server, present + 1, count);
                present = count;
                List<String> everything = IntStream.rangeClosed(1, count)
                        .mapToObj(TestImages::uuid)
                        .toList();
                assertThat(uuids(server, "/images")).isEqualTo(everything);
                assertThat(pageThrough(server, "/images")).containsExactlyElementsOf(everything);
                assertThat(pageThrough(server, "/images?limit=" + PAGE)).containsExactlyElementsOf(everything);
                assertThat(pageThrough(server, "/images?channel=x&limit=" + PAGE))
                        .containsExactlyElementsOf(everything);
            }
            assertThat(uuids(server, "/images?limit=0")).hasSize(present);
            assertThat(uuids(server, "/images?limit=1001"))
                    .as("an explicit limit is at most a thousand")
                    .hasSize(PAGE);
        }
    }

    private static void add(TestServer server, int first, int last) {
        byte[] file = {1, 2, 3};
        for (int number = first; number <= last; number++) {
            server.images().add(number, file);
        }
        server.rescan();
    }

    private static Set<String> pageThrough(TestServer server, String first) {
        List<String> page = uuids(server, first);
        Set<String> seen = new LinkedHashSet<>(page);
        while (page.size() >= PAGE) {
            page = uuids(server, "/images?marker=" + page.getLast() + "&limit=" + PAGE);
            assertThat(page).hasSizeLessThanOrEqualTo(PAGE);
            seen.addAll(page);
        }
        return seen;
    }

    private static List<String> uuids(TestServer server, String target) {
        List<String> uuids = new ArrayList<>();
        for (JsonNode image : TestServer.json(server.get(target))) {
            uuids.add(image.path("uuid").asText());
        }
        return uuids;
    }
}
