package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.imageserver.RawConnection;
import org.imageserver.RawConnection.Answer;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths by which older servers were killed or gave away what they should not: ours finds nothing there, and lives. */
class HostilePathsTest {
    private static final String UUID = TestImages.uuid(1);
    private static final String SECRET = "not for you";

    @TempDir
    private static Path directory;

    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(directory);
        server.images().add(1);
        server.images().put(UUID, ".hidden", SECRET);
        server.images().put(UUID, "image.zfs.gz", SECRET);
        server.images().put(UUID, "notes.txt", SECRET);
        server.images().put(UUID, "a b", SECRET);
        server.images().put("private", "file", SECRET);
        Files.writeString(directory.resolve("images").resolve("secret"), SECRET);
        Files.writeString(directory.resolve("secret"), SECRET);
        server.rescan();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private Answer get(String target) throws IOException {
        try (RawConnection connection = RawConnection.tcp(server.port())) {
            Answer answer = connection.get(target, "").read();
            assertThat(connection.get("/ping", "").read().status())
                    .as("the server lives")
                    .isEqualTo(200);
            return answer;
        }
    }

    private void assertFindsNothing(String target) throws IOException {
        Answer answer = get(target);
        assertThat(answer.status()).as(target).isEqualTo(404);
        assertThat(answer.text()).doesNotContain(SECRET, "root:");
        assertThat(TestImages.json(answer.text()).path("code").asText()).isEqualTo("ResourceNotFound");
        assertThat(TestImages.json(answer.text()).path("message").asText()).isEqualTo(target + " does not exist");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/datasets/UUID/.",
                "/datasets/UUID/..",
                "/datasets/UUID/",
                "/datasets/UUID/./file",
                "/datasets/UUID/%2e",
                "/datasets/UUID/%2e%2e",
                "/datasets/UUID/%2E%2E%2Fsecret",
                "/datasets/UUID/..%2fsecret",
                "/datasets/UUID/..%2f..%2fsecret",
                "/datasets/UUID/..%5csecret",
                "/datasets/UUID/..%252fsecret",
                "/datasets/UUID/..%c0%afsecret",
                "/datasets/UUID/..%ef%bc%8fsecret",
                "/datasets/UUID/../secret",
                "/datasets/UUID/../../secret",
                "/datasets/../secret",
                "/../secret",
                "/%2e%2e/secret",
                "/..%2fsecret",
                "/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
                "/datasets/..%2fsecret",
                "/datasets/%2e%2e/secret",
                "/datasets/UUID/%2fetc%2fpasswd",
                "/datasets/UUID//etc/passwd",
                "//etc/passwd",
                "/datasets/UUID/file%00",
                "/datasets/UUID/%00",
                "/datasets/UUID/image.zfs.gz%00.txt",
                "/datasets/UUID/image.zfs.gz/",
                "/datasets/UUID/image.zfs.gz/.",
                "/datasets/UUID/image.zfs.gz%2f",
                "/datasets/UUID/IMAGE.ZFS.GZ",
                "/datasets/UUID/image.zfs.gz%20",
                "/datasets/UUID/manifest.json",
                "/datasets/UUID/.hidden",
                "/datasets/UUID/notes.txt",
                "/datasets/UUID/file",
                "/datasets/UUID/a%20b",
                "/datasets/UUID/a+b",
                "/datasets/private/file",
                "/datasets/UUID/%",
                "/datasets/UUID/%zz",
                "/datasets/UUID/%f",
                "/datasets/UUID\\file",
                "/datasets/UUID%2fimage.zfs.gz",
                "/datasets/%55UID",
                "/secret",
                "/private/file",
                "/UUID/file",
                "/images//",
                "/images/",
                "//images",
                "/images//UUID",
                "/images/UUID/",
                "/images/UUID//file",
                "/images/UUID/file/",
                "/images/UUID/file/..",
                "/images/UUID/./file",
                "/images/UUID/../UUID/file",
                "/images/UUID/manifest.json",
                "/images/UUID/.hidden",
                "/images/UUID/icon.png",
                "/images/UUID%00",
                "/images/UUID%20",
                "/images/UUID/file%00",
                "/images/%30UUID",
                "/images/UUID;x=1",
                "/images;x=1",
                "/IMAGES",
                "/Images/UUID",
                "/ping/",
                "/ping//",
                "/ping%00",
                "/ping%2f",
                "/%70ing",
                "/ping.json",
                "/docs/",
                "/static/x/..",
                "/index.html",
                "/index.json",
                "/.image-server/digests.json",
                "/datasets/.image-server/digests.json"
            })
    void findsNothing(String target) throws IOException {
        assertFindsNothing(target.replace("UUID", UUID));
    }

    @Test
    void findsNoUuidThatIsWrittenOtherwise() throws IOException {
        String letters = "abcdef00-0000-4000-8000-00000000000a";
        server.images().put(letters, "file", "x");
        server.images()
                .put(
                        letters,
                        "manifest.json",
                        TestImages.manifest(letters, new byte[] {'x'}).toString());
        server.rescan();
        assertThat(get("/images/" + letters).status()).isEqualTo(200);
        for (String other : new String[] {
            "ABCDEF00-0000-4000-8000-00000000000A",
            "{" + letters + "}",
            "%61" + letters.substring(1),
            letters.replace("-", ""),
            "urn:uuid:" + letters,
            letters.replace('0', '\uff10').substring(0, 5)
        }) {
            assertFindsNothing("/images/" + other);
            assertFindsNothing("/datasets/" + other);
        }
    }

    @Test
    void aVeryDeepPathIsNotFound() throws IOException {
        assertFindsNothing("/images" + "/a".repeat(4000));
        assertFindsNothing("/".repeat(8000));
        assertFindsNothing("/images/" + "..%2f".repeat(1500));
    }

    /** The name that the dataset shows, and no other, leads to the file. */
    @Test
    void aDatasetHasOneFile() throws IOException {
        Answer answer = get("/datasets/" + UUID + "/image.zfs.gz");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("bytes of " + UUID);
        assertThat(get("/datasets/" + UUID + "/image%2Ezfs.gz").text()).isEqualTo("bytes of " + UUID);
    }
}
