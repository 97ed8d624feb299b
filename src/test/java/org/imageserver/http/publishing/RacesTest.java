package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.imageserver.RawConnection;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many at once: exactly one wins, and what the winner was told is what is there. */
class RacesTest {
    @TempDir
    private Path directory;

    private Publishing publishing;

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "");
        publishing.alice().get("/ping");
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    /** Lets all of them begin at one moment. */
    private static List<HttpResponse<String>> atOnce(int count, IntFunction<HttpResponse<String>> request)
            throws InterruptedException, ExecutionException {
        CountDownLatch start = new CountDownLatch(1);
        List<HttpResponse<String>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            List<Future<HttpResponse<String>>> sent = new ArrayList<>();
            for (int number = 0; number < count; number++) {
                int mine = number;
                sent.add(threads.submit(() -> {
                    start.await();
                    return request.apply(mine);
                }));
            }
            start.countDown();
            for (Future<HttpResponse<String>> answer : sent) {
                answers.add(answer.get());
            }
        }
        return answers;
    }

    private static List<String> told(List<HttpResponse<String>> answers) {
        return answers.stream().map(Publishing::told).sorted().toList();
    }

    @Test
    void oneOfFiftyImportsOfAUuidWins() throws Exception {
        String uuid = TestImages.uuid(1);
        List<HttpResponse<String>> answers = atOnce(
                50,
                number -> publishing.alice().post("/images/" + uuid + "?action=import", """
                        {"v": 2, "uuid": "%s", "name": "n%d", "version": "1", "type": "zone-dataset", "os": "smartos"}
                        """.formatted(uuid, number)));
        List<String> expected = new ArrayList<>(List.of("200"));
        expected.addAll(
                Collections.nCopies(49, "409 ImageUuidAlreadyExists: image uuid \"" + uuid + "\" already exists"));
        assertThat(told(answers)).isEqualTo(expected);
        HttpResponse<String> winner = answers.stream()
                .filter(answer -> answer.statusCode() == 200)
                .findFirst()
                .orElseThrow();
        assertThat(publishing.alice().get("/images/" + uuid).body()).isEqualTo(winner.body());
        publishing.server().rescan();
        assertThat(publishing.alice().get("/images/" + uuid).body()).isEqualTo(winner.body());
    }

    @Test
    void oneOfTwentyUpdatesOfTheSameVersionWins() throws Exception {
        String uuid = publishing.alice().create("");
        String tag = publishing
                .alice()
                .get("/images/" + uuid)
                .headers()
                .firstValue("etag")
                .orElseThrow();
        List<HttpResponse<String>> answers = atOnce(
                20,
                number -> publishing
                        .alice()
                        .post(
                                "/images/" + uuid + "?action=update",
                                "{\"description\": \"by " + number + "\"}",
                                "If-Match",
                                tag));
        assertThat(answers.stream().map(HttpResponse::statusCode).sorted().toList())
                .isEqualTo(statuses(1, 200, 19, 412));
        int winner = answers.stream().map(HttpResponse::statusCode).toList().indexOf(200);
        assertThat(TestServer.json(publishing.alice().get("/images/" + uuid))
                        .path("description")
                        .asText())
                .isEqualTo("by " + winner);
    }

    private static List<Integer> statuses(int count, int status, int others, int other) {
        List<Integer> all = new ArrayList<>(Collections.nCopies(count, status));
        all.addAll(Collections.nCopies(others, other));
        return all;
    }

    @Test
    void filesUploadedAtOnceLeaveOneThatItsManifestNames() throws Exception {
        String uuid = publishing.alice().create("");
        List<byte[]> files = List.of(
                Publishing.stream(Publishing.FULL),
                Publishing.stream("valid/synthbe-fs-full.zfs.gz"),
                Publishing.stream("containers/pigz.gz"));
        String target = "/images/" + uuid + "/file?compression=gzip";
        List<HttpResponse<String>> answers =
                atOnce(12, number -> publishing.alice().put(target, files.get(number % files.size())));
        assertThat(told(answers)).isEqualTo(Collections.nCopies(12, "200"));
        JsonNode active = TestServer.json(publishing.alice().post("/images/" + uuid + "?action=activate", "{}"));
        byte[] served =
                publishing.server().getBytes("/images/" + uuid + "/file").body();
        assertThat(TestImages.sha1(served)).isEqualTo(active.at("/files/0/sha1").asText());
        assertThat(publishing.filesOnDisk()).as("a manifest and one file").hasSize(2);
    }

    @Test
    void oneOfTenActivationsWins() throws Exception {
        String uuid = publishing.alice().create("");
        publishing.alice().put("/images/" + uuid + "/file?compression=gzip", Publishing.stream(Publishing.FULL));
        List<HttpResponse<String>> answers =
                atOnce(10, number -> publishing.alice().post("/images/" + uuid + "?action=activate", "{}"));
        assertThat(answers.stream().map(HttpResponse::statusCode).sorted().toList())
                .isEqualTo(statuses(1, 200, 9, 422));
    }

    @Test
    void aDownloadThatRunsIsFinishedThoughTheImageIsDeleted() throws IOException {
        String uuid = publishing.alice().publish("valid/v23-huge-Lc.zfs.xz", "");
        byte[] file = Publishing.stream("valid/v23-huge-Lc.zfs.xz");
        try (RawConnection connection = RawConnection.tcp(publishing.server().port())) {
            connection.get("/images/" + uuid + "/file", "").readHead();
            assertThat(publishing.alice().delete("/images/" + uuid).statusCode())
                    .isEqualTo(204);
            assertThat(connection.sha1(file.length)).isEqualTo(TestImages.sha1(file));
        }
        publishing.assertNothingIsLeft();
    }

    /** The bytes come after the image is gone: they must go, too. */
    @Test
    void anUploadToAnImageThatIsDeletedMeanwhileLeavesNothing() throws IOException {
        String uuid = publishing.alice().create("");
        byte[] file = Publishing.stream(Publishing.FULL);
        try (RawConnection connection = RawConnection.tcp(publishing.server().port())) {
            connection.send("PUT /images/" + uuid + "/file?compression=gzip HTTP/1.1\r\nHost: x\r\n"
                    + "Expect: 100-continue\r\nContent-Length: " + file.length + "\r\nAuthorization: "
                    + publishing.alice().account().basic() + "\r\n\r\n");
            assertThat(connection.readHead().status()).isEqualTo(100);
            assertThat(publishing.alice().delete("/images/" + uuid).statusCode())
                    .isEqualTo(204);
            connection.send(file);
            assertThat(connection.read().status()).isEqualTo(404);
        }
        publishing.assertNothingIsLeft();
    }
}
