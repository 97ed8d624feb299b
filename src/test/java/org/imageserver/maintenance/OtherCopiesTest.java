package org.imageserver.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Random;
import org.imageserver.Policies;
import org.imageserver.TestServer;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Scrub;
import org.imageserver.config.Settings;
import org.imageserver.storage.LocalStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged file is mended by the file of another image that should be the same. */
class OtherCopiesTest {
    private static final String SETTINGS = "\"verify_streams\": \"off\", \"anonymous_writes\": true";
    private static final byte[] BYTES = bytes();

    @TempDir
    private Path directory;

    private static byte[] bytes() {
        byte[] bytes = new byte[300_000];
        new Random(1).nextBytes(bytes);
        bytes[0] = 'x';
        return bytes;
    }

    private static String publish(TestServer server) {
        HttpResponse<String> answer = server.send(
                "POST", "/publish?name=same&version=1&type=other&os=other", BodyPublishers.ofByteArray(BYTES));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestServer.json(answer).path("uuid").asText();
    }

    private static Path path(TestServer server, String uuid) {
        Image image = server.server().catalogue().snapshot().own(uuid).orElseThrow();
        return server.images()
                .directory()
                .resolve(image.file().orElseThrow().blob().key().value());
    }

    private static HttpResponse<byte[]> file(TestServer server, String uuid) {
        return server.getBytes("/images/" + uuid + "/file");
    }

    @Test
    void takesTheSameBytesFromAnotherImage() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            String one = publish(server);
            String other = publish(server);
            String manifest = server.get("/images/" + one).body();
            Damage.flipSomewhere(path(server, one), new Random(1));
            server.server().scrub().pass();
            assertThat(server.server().scrub().progress().damaged()).isOne();
            assertThat(file(server, one).body()).isEqualTo(BYTES);
            assertThat(server.get("/images/" + one).body()).isEqualTo(manifest);
            assertThat(file(server, other).body()).isEqualTo(BYTES);
            assertThat(server.server().catalogue().quarantine().uuids()).isEmpty();
        }
    }

    /** As the command {@code scrub} does, which only looks. */
    @Test
    void mendsWhatAnotherProcessHasFound() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS + ", \"rescan_seconds\": 0.1")) {
            String one = publish(server);
            publish(server);
            Damage.flipSomewhere(path(server, one), new Random(1));
            server.server().scrub().recheckSoon();
            Settings settings = Settings.read(directory.resolve("config.json"), Settings.Overrides.NONE);
            try (LocalStorage storage = new LocalStorage(server.images().directory());
                    Catalogue catalogue = new Catalogue(storage, Policies.ofImages(settings))) {
                catalogue.rescan();
                Image image = catalogue.snapshot().own(one).orElseThrow();
                Scrub scrub = catalogue.scrub(Scrub.Settings.AT_ONCE, Scrub.Healer.NONE);
                assertThat(scrub.check(image, read -> {})).hasSize(1);
            }
            await().untilAsserted(() -> assertThat(file(server, one).body()).isEqualTo(BYTES));
        }
    }

    /** Of the other, too, it is only said that it is right. */
    @Test
    void takesNothingFromOneThatIsDamagedItself() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            String one = publish(server);
            String other = publish(server);
            Damage.flipSomewhere(path(server, one), new Random(1));
            Damage.flipSomewhere(path(server, other), new Random(2));
            server.server().scrub().pass();
            server.server().scrub().recheck();
            assertThat(server.server().catalogue().quarantine().uuids()).containsExactlyInAnyOrder(one, other);
            assertThat(file(server, one).statusCode()).isEqualTo(503);
            assertThat(file(server, other).statusCode()).isEqualTo(503);
            assertThat(server.log().warnings()).anyMatch(line -> line.contains("cannot be mended by the bytes of"));
        }
    }

    /** He may have had a reason. */
    @Test
    void leavesAloneWhatAnOperatorPutThere() throws Exception {
        try (TestServer server = TestServer.start(directory, SETTINGS)) {
            String byHand = server.images().add(1, BYTES);
            server.rescan();
            publish(server);
            new Damage(server.images().directory()).flip(byHand);
            server.server().scrub().pass();
            assertThat(server.server().catalogue().quarantine().uuids()).containsExactly(byHand);
            assertThat(server.images().directory().resolve(byHand).resolve("file"))
                    .exists();
        }
    }
}
