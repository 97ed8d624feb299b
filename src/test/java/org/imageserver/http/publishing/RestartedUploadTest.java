package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.PendingBlob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An upload that is unfinished when the server stops is gone on with at the next one, on the same directory. */
class RestartedUploadTest {
    /** More than one chunk of the receiver, which is what a stop brings to the disk. */
    private static final byte[] LARGE = Publishing.stream("valid/v23-huge-Lc.zfs.xz");

    private static final int SENT = 600_000;
    private static final int KEPT = 512 * 1024;

    @TempDir
    private Path directory;

    private Publishing publishing;
    private TusClient alice;
    private String upload;

    @BeforeEach
    void sendsTheFirstBytes() {
        start();
        upload = alice.begin("?name=base&version=1.0.0&sha1=" + TestImages.sha1(LARGE), LARGE.length);
        assertThat(alice.patch(upload, 0, Arrays.copyOf(LARGE, SENT)).statusCode())
                .isEqualTo(204);
    }

    private void start() {
        publishing = new Publishing(directory, "");
        alice = new TusClient(publishing.alice());
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    private Path pending(String suffix) {
        return directory.resolve("images/.image-server/pending/" + upload.replace("/uploads/", "") + suffix);
    }

    private void goOn(int offset) {
        HttpResponse<String> rest = alice.patch(upload, offset, Arrays.copyOfRange(LARGE, offset, LARGE.length));
        assertThat(rest.statusCode()).as(rest.body()).isEqualTo(204);
        assertPublished();
    }

    private void assertPublished() {
        JsonNode shown = alice.show(upload);
        assertThat(shown.path("state").asText()).as(shown.toString()).isEqualTo("published");
        String image = shown.path("image").asText();
        assertThat(publishing.server().getBytes("/images/" + image + "/file").body())
                .isEqualTo(LARGE);
        assertThat(TestServer.json(publishing.admin().get("/images?state=all"))).hasSize(1);
        assertThat(pending("")).doesNotExist();
        assertThat(pending(".mark")).doesNotExist();
    }

    @Test
    void goesOnWhereItsBytesEnd() {
        stop();
        start();
        JsonNode shown = alice.show(upload);
        assertThat(shown.path("state").asText()).isEqualTo("receiving");
        assertThat(shown.path("offset").asInt()).isEqualTo(KEPT);
        assertThat(shown.path("size").asInt()).isEqualTo(LARGE.length);
        assertThat(shown.path("name").asText()).isEqualTo("base");
        assertThat(TestServer.json(publishing.alice().get("/uploads"))).containsExactly(shown);
        assertThat(TestServer.json(publishing.bob().get("/uploads"))).isEmpty();
        assertThat(publishing.bob().get(upload).statusCode()).isEqualTo(404);
        assertThat(TestServer.json(publishing.admin().get("/images?state=all")))
                .as("nothing of it is seen")
                .isEmpty();
        assertThat(Publishing.told(alice.patch(upload, SENT, Arrays.copyOfRange(LARGE, SENT, LARGE.length))))
                .as("what was not on the disk has to come again")
                .startsWith("409 UploadConflict: Upload-Offset is 600000, but the upload has 524288 bytes");
        goOn(KEPT);
    }

    @Test
    void goesOnHoweverOftenItIsRestarted() {
        stop();
        start();
        stop();
        start();
        alice.patch(upload, KEPT, Arrays.copyOfRange(LARGE, KEPT, KEPT + 1000));
        stop();
        start();
        goOn((int) alice.offset(upload));
    }

    /** What the directory is like at that moment, without what a stop does. */
    @Test
    void aCrashBeforeAnythingIsOnTheDiskBeginsAnew() throws IOException {
        byte[] record = Files.readAllBytes(record());
        stop();
        Files.write(record(), record);
        Files.delete(pending(""));
        Files.delete(pending(".mark"));
        start();
        assertThat(alice.offset(upload)).isZero();
        goOn(0);
    }

    private Path record() {
        return directory.resolve("images/.image-server/upload-" + upload.replace("/uploads/", "") + ".json");
    }

    @Test
    void bytesThatChangedOnTheDiskHaveToComeAgain() throws IOException {
        stop();
        try (RandomAccessFile file = new RandomAccessFile(pending("").toFile(), "rw")) {
            file.seek(KEPT / 2);
            int there = file.read();
            file.seek(KEPT / 2);
            file.write(there ^ 1);
        }
        start();
        assertThat(alice.patch(upload, KEPT, Arrays.copyOfRange(LARGE, KEPT, LARGE.length))
                        .statusCode())
                .isEqualTo(409);
        await().until(() -> alice.offset(upload) == 0);
        assertThat(publishing.server().log().warnings())
                .anySatisfy(line -> assertThat(line).contains("has to begin anew"));
        goOn(0);
    }

    @Test
    void aFileThatIsShorterThanItWasHasToComeAgain() throws IOException {
        stop();
        try (RandomAccessFile file = new RandomAccessFile(pending("").toFile(), "rw")) {
            file.setLength(KEPT - 1);
        }
        start();
        assertThat(alice.offset(upload)).isZero();
        goOn(0);
    }

    @Test
    void whatCameAfterTheMarkIsNotBelieved() throws IOException {
        stop();
        Files.write(pending(""), new byte[10_000], StandardOpenOption.APPEND);
        start();
        assertThat(alice.offset(upload)).isEqualTo(KEPT);
        goOn(KEPT);
    }

    @Test
    void aDamagedRecordIsRemovedWithItsBytes() throws IOException {
        stop();
        Files.writeString(record(), "{\"account\":\"alice\"}");
        start();
        assertThat(publishing.alice().get(upload).statusCode()).isEqualTo(404);
        assertThat(publishing.server().log().warnings())
                .anySatisfy(line -> assertThat(line).contains("is damaged and is removed"));
        publishing.assertNothingIsLeft();
    }

    @Test
    void cancellingItLeavesNothing() {
        stop();
        start();
        assertThat(alice.cancel(upload).statusCode()).isEqualTo(204);
        publishing.assertNothingIsLeft();
    }

    /** The server ended after the last byte and before the image. */
    @Test
    void anUploadOfWhichAllIsKeptBecomesAnImageByItself() throws IOException {
        stop();
        BlobKey key = BlobKey.parse(TestImages.uuid(9) + "/image-0123456789ab.zfs.xz");
        try (LocalStorage storage = new LocalStorage(directory.resolve("images"));
                PendingBlob all = storage.partials().orElseThrow().begin(key, upload.replace("/uploads/", ""))) {
            all.write(ByteBuffer.wrap(LARGE));
        }
        start();
        assertThat(alice.offset(upload)).isEqualTo(LARGE.length);
        await().until(() -> !alice.state(upload).equals("verifying"));
        assertPublished();
    }

    /** Its client did not hear of the end. */
    @Test
    void anUploadThatIsAnImageIsNotBegunAgain() throws IOException {
        goOn(SENT);
        String image = alice.show(upload).path("image").asText();
        stop();
        start();
        assertPublished();
        assertThat(alice.show(upload).path("image").asText()).isEqualTo(image);
        assertThat(alice.cancel(upload).statusCode()).isEqualTo(204);
        assertThat(record()).doesNotExist();
    }

    @Test
    void theFileOfAnImageThatIsThereGoesOnToo() {
        // One xz stream is checked at a time.
        alice.cancel(upload);
        String image = publishing.alice().create("");
        String file = alice.begin("?compression=xz&image=" + image, LARGE.length);
        alice.patch(file, 0, Arrays.copyOf(LARGE, SENT));
        stop();
        start();
        assertThat(alice.show(file).path("file_of").asText()).isEqualTo(image);
        HttpResponse<String> rest = alice.patch(file, KEPT, Arrays.copyOfRange(LARGE, KEPT, LARGE.length));
        assertThat(rest.statusCode()).as(rest.body()).isEqualTo(204);
        assertThat(alice.show(file).path("image").asText()).isEqualTo(image);
    }

    @Test
    void aWrongFileIsRefusedAfterARestartToo() {
        stop();
        start();
        byte[] rest = Arrays.copyOfRange(LARGE, KEPT, LARGE.length);
        rest[rest.length - 1] ^= 1;
        assertThat(Publishing.told(alice.patch(upload, KEPT, rest))).startsWith("400 ");
        assertThat(alice.state(upload)).isEqualTo("failed");
        publishing.assertNothingIsLeft();
        stop();
        start();
        assertThat(publishing.alice().get(upload).statusCode()).isEqualTo(404);
    }
}
