package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.imageserver.Browser;
import org.imageserver.RawConnection;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file in several requests (tus 1.0.0) becomes the same image as in one, or leaves nothing. */
class ResumableUploadTest {
    private static final String FIELDS = "?name=base&version=1.0.0";

    /** More than one chunk of the receiver. */
    private static final byte[] LARGE = Publishing.stream("valid/v23-huge-Lc.zfs.xz");

    @TempDir
    private Path directory;

    private Publishing publishing;
    private TusClient alice;

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "\"max_file_bytes\": 20000000");
        alice = new TusClient(publishing.alice());
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    private void assertPublished(String upload, byte[] bytes) {
        JsonNode shown = alice.show(upload);
        assertThat(shown.path("state").asText()).as(shown.toString()).isEqualTo("published");
        assertThat(shown.path("offset").asLong()).isEqualTo(bytes.length);
        String image = shown.path("image").asText();
        assertThat(publishing.server().getBytes("/images/" + image + "/file").body())
                .isEqualTo(bytes);
    }

    @Test
    void tellsWhatItSpeaks() {
        HttpResponse<String> answer = publishing.server().send("OPTIONS", "/uploads");
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("tus-version")).contains("1.0.0");
        assertThat(answer.headers().firstValue("tus-resumable")).contains("1.0.0");
        assertThat(answer.headers().firstValue("tus-extension")).contains("creation,termination");
        assertThat(answer.headers().firstValue("tus-max-size")).contains("20000000");
    }

    @Test
    void whatComesInPiecesIsTheSameImageAsInOne() {
        byte[] bytes = Publishing.stream(Publishing.FULL);
        String query = FIELDS + "&description=a%20b&tags=%7B%22role%22%3A%22db%22%7D&sha1=" + TestImages.sha1(bytes);
        ObjectNode whole = TestImages.json(
                publishing.alice().put("/publish" + query, bytes).body());
        String upload = alice.begin(query, bytes.length);
        assertThat(alice.offset(upload)).isZero();
        int third = bytes.length / 3;
        HttpResponse<String> first = alice.patch(upload, 0, Arrays.copyOf(bytes, third));
        assertThat(first.statusCode()).as(first.body()).isEqualTo(204);
        assertThat(first.headers().firstValue("upload-offset")).contains(Integer.toString(third));
        assertThat(alice.offset(upload)).isEqualTo(third);
        JsonNode receiving = alice.show(upload);
        assertThat(receiving.path("state").asText()).isEqualTo("receiving");
        assertThat(receiving.path("size").asLong()).isEqualTo(bytes.length);
        assertThat(receiving.path("name").asText()).isEqualTo("base");
        assertThat(receiving.path("rate").asLong()).as("bytes a second").isBetween(1L, (long) third);
        assertThat(TestServer.json(publishing.admin().get("/images?state=all")))
                .as("nothing of it is seen yet")
                .hasSize(1);
        assertThat(alice.patch(upload, third, new byte[0]).statusCode())
                .as("no bytes at all")
                .isEqualTo(204);
        HttpResponse<String> last = alice.patch(upload, third, Arrays.copyOfRange(bytes, third, bytes.length));
        assertThat(last.statusCode()).as(last.body()).isEqualTo(204);
        assertPublished(upload, bytes);
        ObjectNode pieces = TestImages.json(publishing
                .alice()
                .get("/images/" + alice.show(upload).path("image").asText())
                .body());
        List<String> own = List.of("uuid", "published_at");
        assertThat(pieces.remove(own)).isEqualTo(whole.remove(own));
    }

    @Test
    void aBrokenRequestLosesNothingOfWhatCame() throws IOException {
        String upload = alice.begin(FIELDS, LARGE.length);
        try (RawConnection connection = alice.open(upload, 0, LARGE.length)) {
            connection.send(Arrays.copyOf(LARGE, 300_000));
            await().until(() -> alice.offset(upload) >= 256 * 1024);
        }
        await().untilAsserted(() -> assertThat(alice.offset(upload)).isEqualTo(300_000));
        assertThat(alice.patch(upload, 300_000, Arrays.copyOfRange(LARGE, 300_000, LARGE.length))
                        .statusCode())
                .isEqualTo(204);
        assertPublished(upload, LARGE);
    }

    /** Breaks off anywhere, mostly before the server has read all that was sent, and goes on as any client does. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void howeverOftenItBreaksTheFileIsWhatWasSent(long seed) throws IOException {
        Random random = new Random(seed);
        String upload = alice.begin(FIELDS, LARGE.length);
        for (int broken = 0; broken < 20; broken++) {
            int offset = (int) alice.offset(upload);
            int count = random.nextInt((LARGE.length - offset) / 3);
            try (RawConnection connection = alice.open(upload, offset, LARGE.length - offset)) {
                connection.send(Arrays.copyOfRange(LARGE, offset, offset + count));
            }
        }
        HttpResponse<String> answer;
        do {
            int offset = (int) alice.offset(upload);
            answer = alice.patch(upload, offset, Arrays.copyOfRange(LARGE, offset, LARGE.length));
        } while (answer.statusCode() == 409);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
        assertPublished(upload, LARGE);
    }

    @Test
    void whoComesAgainNeedNotWaitForTheConnectionThatIsDead() throws IOException {
        String upload = alice.begin(FIELDS, LARGE.length);
        try (RawConnection dead = alice.open(upload, 0, LARGE.length)) {
            dead.send(Arrays.copyOf(LARGE, 300_000));
            // What does not fill a batch is with the server, but on its way.
            await().until(() -> alice.offset(upload) >= 256 * 1024);
            long offset = alice.offset(upload);
            HttpResponse<String> rest =
                    alice.patch(upload, offset, Arrays.copyOfRange(LARGE, (int) offset, LARGE.length));
            assertThat(rest.statusCode()).as(rest.body()).isEqualTo(204);
            RawConnection.Answer given = dead.read();
            assertThat(given.status()).isEqualTo(409);
            assertThat(given.text()).contains("a newer request goes on with this upload");
        }
        assertPublished(upload, LARGE);
    }

    @Test
    void anotherOffsetIsAConflict() {
        String upload = alice.begin(FIELDS, LARGE.length);
        alice.patch(upload, 0, Arrays.copyOf(LARGE, 1000));
        for (long offset : new long[] {0, 999, 1001}) {
            assertThat(Publishing.told(alice.patch(upload, offset, new byte[10])))
                    .isEqualTo("409 UploadConflict: Upload-Offset is " + offset
                            + ", but the upload has 1000 bytes; ask for its offset with HEAD and go on from there");
        }
        assertThat(alice.offset(upload)).isEqualTo(1000);
    }

    @Test
    void moreThanWasAnnouncedIsRefused() {
        byte[] bytes = Publishing.stream(Publishing.FULL);
        String upload = alice.begin(FIELDS, bytes.length);
        HttpResponse<String> answer = alice.patch(upload, 1, new byte[bytes.length]);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
        HttpResponse<String> chunked = publishing
                .alice()
                .send(
                        "PATCH",
                        upload,
                        Publishing.chunked(Arrays.copyOf(bytes, bytes.length + 5)),
                        "Tus-Resumable",
                        "1.0.0",
                        "Upload-Offset",
                        "0",
                        "Content-Type",
                        TusClient.TYPE);
        assertThat(chunked.headers().firstValue("upload-offset"))
                .as("of what is not announced, no more is read")
                .contains(Integer.toString(bytes.length));
        assertPublished(upload, bytes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Upload-Length: 5 | 412 PreconditionFailed: Tus-Resumable is none; this server speaks version 1.0.0",
                "Tus-Resumable: 0.2.2 | 412 PreconditionFailed: Tus-Resumable is 0.2.2; this server speaks version 1.0.0",
                "Tus-Resumable: 1.0.0 | 400 InvalidHeader: the header Upload-Length is missing: a number of bytes",
                "Upload-Length: -1 | 400 InvalidHeader: Upload-Length is \"-1\", which is no number of bytes",
                "Upload-Length: x | 400 InvalidHeader: Upload-Length is \"x\", which is no number of bytes",
                "Upload-Length: 0 | 400 Upload: image file size is 0 bytes, empty files are not allowed (Upload-Length)",
                "Upload-Length: 20000001 | 413 RequestEntityTooLarge: Upload-Length 20000001 exceeds the maximum allowed size, 20000000 bytes"
            })
    void anUploadThatCannotBeIsNotBegun(String header, String told) {
        String[] given = header.split(": ", 2);
        String[] headers = given[0].equals("Tus-Resumable") || told.startsWith("412")
                ? given
                : new String[] {given[0], given[1], "Tus-Resumable", "1.0.0"};
        HttpResponse<String> answer =
                publishing.alice().send("POST", "/uploads" + FIELDS, BodyPublishers.noBody(), headers);
        assertThat(Publishing.told(answer)).isEqualTo(told);
        assertThat(answer.headers().firstValue("tus-resumable")).contains("1.0.0");
        assertThat(answer.headers().firstValue("tus-version").isPresent()).isEqualTo(answer.statusCode() == 412);
        assertThat(TestServer.json(publishing.alice().get("/uploads"))).isEmpty();
    }

    @Test
    void whatIsWrongWithTheFieldsIsSaidBeforeAByteIsSent() {
        HttpResponse<String> wrong = alice.ask("?name=base&version=1&os=amiga&public=maybe", 5);
        HttpResponse<String> asInOne =
                publishing.alice().put("/publish?name=base&version=1&os=amiga&public=maybe", new byte[5]);
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.body()).contains("\"field\":\"os\"").isEqualTo(asInOne.body());
        assertThat(alice.ask("?name=base", 5).body()).contains("\"field\":\"version\"");
        assertThat(Publishing.told(alice.ask(FIELDS + "&origin=" + TestImages.uuid(7), 5)))
                .startsWith("422 OriginDoesNotExist: ");
        assertThat(Publishing.told(alice.ask(FIELDS + "&compression=zip", 5)))
                .startsWith("422 InvalidParameter: invalid compression");
    }

    @Test
    void fieldsMayBeJson() {
        byte[] bytes = Publishing.stream(Publishing.FULL);
        HttpResponse<String> answer = publishing
                .alice()
                .send(
                        "POST",
                        "/uploads",
                        BodyPublishers.ofString("{\"name\":\"n\",\"version\":\"2\",\"tags\":{\"a\":\"b\"}}"),
                        "Content-Type",
                        "application/json",
                        "Tus-Resumable",
                        "1.0.0",
                        "Upload-Length",
                        Integer.toString(bytes.length));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        String upload = answer.headers().firstValue("location").orElseThrow();
        assertThat(alice.patch(upload, 0, bytes).statusCode()).isEqualTo(204);
        JsonNode image = TestServer.json(publishing
                .server()
                .get("/images/" + alice.show(upload).path("image").asText()));
        assertThat(image.path("version").asText()).isEqualTo("2");
        assertThat(image.at("/tags/a").asText()).isEqualTo("b");
    }

    @Test
    void anotherTypeIsRefused() {
        String upload = alice.begin(FIELDS, 5);
        HttpResponse<String> answer = publishing
                .alice()
                .send(
                        "PATCH",
                        upload,
                        BodyPublishers.ofByteArray(new byte[5]),
                        "Tus-Resumable",
                        "1.0.0",
                        "Upload-Offset",
                        "0");
        assertThat(Publishing.told(answer)).startsWith("415 UnsupportedMediaType: ");
        assertThat(answer.headers().firstValue("tus-resumable")).contains("1.0.0");
    }

    @Test
    void cancellingLeavesNothing() throws IOException {
        String idle = alice.begin(FIELDS, LARGE.length);
        assertThat(alice.cancel(idle).statusCode()).as("not a byte yet").isEqualTo(204);
        String resting = alice.begin(FIELDS, LARGE.length);
        alice.patch(resting, 0, Arrays.copyOf(LARGE, LARGE.length - 1));
        assertThat(publishing.filesOnDisk()).as("its bytes, and what it is").hasSize(2);
        assertThat(alice.cancel(resting).statusCode()).isEqualTo(204);
        publishing.assertNothingIsLeft();
        String running = alice.begin(FIELDS, LARGE.length);
        try (RawConnection connection = alice.open(running, 0, LARGE.length)) {
            connection.send(Arrays.copyOf(LARGE, 300_000));
            await().until(() -> alice.offset(running) > 0);
            assertThat(alice.cancel(running).statusCode()).isEqualTo(204);
            assertThat(connection.read().text()).contains("the upload was cancelled; nothing of it was kept");
        }
        publishing.assertNothingIsLeft();
        for (String gone : List.of(idle, resting, running)) {
            assertThat(publishing.alice().get(gone).statusCode()).isEqualTo(404);
            assertThat(alice.patch(gone, 0, new byte[1]).statusCode()).isEqualTo(404);
            assertThat(alice.cancel(gone).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void anImageStaysWhenItsUploadIsForgotten() {
        byte[] bytes = Publishing.stream(Publishing.FULL);
        String upload = alice.begin(FIELDS, bytes.length);
        alice.patch(upload, 0, bytes);
        String image = alice.show(upload).path("image").asText();
        assertThat(alice.patch(upload, bytes.length, new byte[0]).statusCode())
                .as("who did not hear the answer asks again")
                .isEqualTo(204);
        assertThat(alice.cancel(upload).statusCode()).isEqualTo(204);
        assertThat(publishing.server().get("/images/" + image).statusCode()).isEqualTo(200);
    }

    @Test
    void itIsNobodyElsesBusiness() {
        String upload = alice.begin(FIELDS, 5);
        for (TusClient other : List.of(new TusClient(publishing.bob()), new TusClient(publishing.admin()))) {
            assertThat(other.client().get(upload).statusCode()).isEqualTo(404);
            assertThat(other.patch(upload, 0, new byte[5]).statusCode()).isEqualTo(404);
            assertThat(other.cancel(upload).statusCode()).isEqualTo(404);
            assertThat(TestServer.json(other.client().get("/uploads"))).isEmpty();
        }
        TusClient reader = new TusClient(publishing.reader());
        assertThat(Publishing.told(reader.ask(FIELDS, 5))).isEqualTo("403 OperatorOnly: account reader may only read");
        assertThat(publishing.server().get(upload).statusCode()).isEqualTo(401);
        assertThat(publishing
                        .server()
                        .send("POST", "/uploads" + FIELDS, "Tus-Resumable", "1.0.0", "Upload-Length", "5")
                        .statusCode())
                .isEqualTo(401);
        assertThat(alice.offset(upload)).isZero();
        assertThat(TestServer.json(publishing.alice().get("/uploads"))).hasSize(1);
    }

    @Test
    void thereMayBeFewAtATime() {
        List<String> own = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            own.add(alice.begin(FIELDS, 5));
        }
        assertThat(Publishing.told(alice.ask(FIELDS, 5))).startsWith("429 TooManyRequests: 8 of your uploads");
        TusClient bob = new TusClient(publishing.bob());
        for (int i = 0; i < 8; i++) {
            bob.begin(FIELDS, 5);
        }
        TusClient admin = new TusClient(publishing.admin());
        assertThat(Publishing.told(admin.ask(FIELDS, 5))).startsWith("503 ServiceUnavailableError: 16 uploads");
        alice.cancel(own.getFirst());
        admin.begin(FIELDS, 5);
        alice.patch(own.getLast(), 0, new byte[5]);
        assertThat(alice.state(own.getLast())).isEqualTo("failed");
        alice.begin(FIELDS, 5);
    }

    @Test
    void aBadStreamFailsBeforeItsEnd() {
        String upload = alice.begin(FIELDS, 10_000_000);
        HttpResponse<String> answer = alice.patch(upload, 0, new byte[2_000_000]);
        assertThat(Publishing.told(answer)).startsWith("400 Upload: ");
        assertThat(answer.headers().firstValue("tus-resumable")).contains("1.0.0");
        JsonNode shown = alice.show(upload);
        assertThat(shown.path("state").asText()).isEqualTo("failed");
        assertThat(shown.path("error")).isEqualTo(TestServer.json(answer));
        assertThat(alice.patch(upload, shown.path("offset").asLong(), new byte[10])
                        .body())
                .isEqualTo(answer.body());
        publishing.assertNothingIsLeft();
    }

    @ParameterizedTest
    @CsvSource({
        "&sha1=0000000000000000000000000000000000000000,0,400 Download: ",
        "&compression=xz,0,400 Upload: ",
        "'',1,400 Upload: "
    })
    void theLastAnswerSaysWhyThereIsNoImage(String more, int missing, String told) {
        byte[] bytes = Publishing.stream(Publishing.FULL);
        byte[] sent = Arrays.copyOf(bytes, bytes.length - missing);
        String upload = alice.begin(FIELDS + more, sent.length);
        HttpResponse<String> inOne = publishing.alice().put("/publish" + FIELDS + more, sent);
        HttpResponse<String> answer = alice.patch(upload, 0, sent);
        assertThat(Publishing.told(answer)).startsWith(told).isEqualTo(Publishing.told(inOne));
        assertThat(alice.state(upload)).isEqualTo("failed");
        publishing.assertNothingIsLeft();
    }

    @Test
    void theFileMayBeForAnImageThatIsThere() {
        byte[] bytes = Publishing.stream(Publishing.FULL);
        String image = publishing.alice().create("");
        assertThat(Publishing.told(alice.ask("?image=" + image, bytes.length)))
                .isEqualTo("422 InvalidParameter: missing \"compression\"");
        assertThat(Publishing.told(new TusClient(publishing.bob()).ask("?compression=gzip&image=" + image, 5)))
                .startsWith("404 ResourceNotFound: image ");
        String upload = alice.begin("?compression=gzip&image=" + image, bytes.length);
        assertThat(alice.show(upload).path("file_of").asText()).isEqualTo(image);
        assertThat(alice.patch(upload, 0, bytes).statusCode()).isEqualTo(204);
        assertThat(alice.show(upload).path("image").asText()).isEqualTo(image);
        assertThat(publishing
                        .alice()
                        .post("/images/" + image + "?action=activate", "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(Publishing.told(alice.ask("?compression=gzip&image=" + image, 5)))
                .startsWith("422 ImageFilesImmutable: ");
        assertThat(alice.ask("?compression=gzip&image=x", 5).statusCode()).isEqualTo(422);
    }

    @Test
    void whoCanSendNothingButPostsMayDoSo() {
        byte[] bytes = Publishing.stream(Publishing.FULL);
        String upload = alice.begin(FIELDS, bytes.length);
        HttpResponse<String> answer = publishing
                .alice()
                .send(
                        "POST",
                        upload,
                        BodyPublishers.ofByteArray(bytes),
                        "X-HTTP-Method-Override",
                        "PATCH",
                        "Tus-Resumable",
                        "1.0.0",
                        "Upload-Offset",
                        "0",
                        "Content-Type",
                        TusClient.TYPE);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
        assertPublished(upload, bytes);
        String[] delete = {"X-HTTP-Method-Override", "DELETE", "Tus-Resumable", "1.0.0"};
        assertThat(publishing
                        .alice()
                        .send("POST", upload, BodyPublishers.noBody(), delete)
                        .statusCode())
                .isEqualTo(204);
        assertThat(publishing.alice().get(upload).statusCode()).isEqualTo(404);
    }

    @Test
    void aBrowserMayToo() {
        byte[] bytes = Publishing.stream(Publishing.FULL);
        Browser browser = Browser.of(publishing.server(), publishing.alice().account());
        String[] length = {"Tus-Resumable", "1.0.0", "Upload-Length", Integer.toString(bytes.length)};
        assertThat(browser.send("POST", "/uploads" + FIELDS, BodyPublishers.noBody(), length)
                        .statusCode())
                .isEqualTo(403);
        HttpResponse<String> begun = browser.write("POST", "/uploads" + FIELDS, BodyPublishers.noBody(), length);
        String upload = begun.headers().firstValue("location").orElseThrow();
        String[] headers = {"Tus-Resumable", "1.0.0", "Upload-Offset", "0", "Content-Type", TusClient.TYPE};
        assertThat(browser.send("PATCH", upload, BodyPublishers.ofByteArray(bytes), headers)
                        .statusCode())
                .isEqualTo(403);
        assertThat(browser.write("PATCH", upload, BodyPublishers.ofByteArray(bytes), headers)
                        .statusCode())
                .isEqualTo(204);
        assertPublished(upload, bytes);
    }

    @Test
    void aStopSendsAwayWhoIsSendingAndKeepsTheUpload() throws IOException {
        String running = alice.begin(FIELDS, LARGE.length);
        try (RawConnection connection = alice.open(running, 0, LARGE.length)) {
            connection.send(Arrays.copyOf(LARGE, 300_000));
            await().until(() -> alice.offset(running) > 0);
            publishing.close();
        }
        publishing = new Publishing(directory, "");
        alice = new TusClient(publishing.alice());
        assertThat(alice.state(running)).isEqualTo("receiving");
        assertThat(alice.cancel(running).statusCode()).isEqualTo(204);
        publishing.assertNothingIsLeft();
    }
}
