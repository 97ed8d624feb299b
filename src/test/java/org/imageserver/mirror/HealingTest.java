package org.imageserver.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;

/** A damaged file is fetched again from where its image came. */
class HealingTest extends WithUpstream {
    private static final byte[] FILE = new byte[50_000];

    private TestServer mirror() {
        TestServer server = serveMirror("");
        await().atMost(SOON).until(() -> server.names("/images").size() == 1);
        // What the source is asked for next is not where the image is from, which is written down after it came.
        await().atMost(SOON)
                .until(() -> !server.server()
                        .catalogue()
                        .provenance()
                        .from(upstream.url())
                        .isEmpty());
        return server;
    }

    private void flip(String uuid) throws IOException {
        Path file;
        try (Stream<Path> files = Files.list(directory.resolve("images").resolve(uuid))) {
            file = files.filter(path -> !path.endsWith("manifest.json"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        FileTime time = Files.getLastModifiedTime(file);
        bytes[1000] ^= 1;
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, time);
    }

    @Test
    void fetchesTheFileAgain() throws Exception {
        String uuid = upstream.add(1, "base", FILE);
        try (TestServer server = mirror()) {
            flip(uuid);
            server.server().scrub().pass();
            assertThat(server.getBytes("/images/" + uuid + "/file").body()).isEqualTo(FILE);
            assertThat(server.server().scrub().progress().damaged()).isEqualTo(1);
        }
    }

    @Test
    void doesNotTakeOtherBytes() throws Exception {
        String uuid = upstream.add(1, "base", FILE);
        try (TestServer server = mirror()) {
            upstream.replaceFile(uuid, new byte[49_999]);
            flip(uuid);
            server.server().scrub().pass();
            assertThat(server.getBytes("/images/" + uuid + "/file").statusCode())
                    .isEqualTo(503);
            assertThat(server.log().warnings()).anyMatch(line -> line.contains("can be mended by its own file alone"));
            upstream.replaceFile(uuid, FILE);
            server.server().scrub().recheck();
            assertThat(server.getBytes("/images/" + uuid + "/file").body()).isEqualTo(FILE);
        }
    }

    @Test
    void fetchesAFileAgainThatCameOnDemand() throws Exception {
        String uuid = upstream.add(1, "base", FILE);
        try (TestServer server = serveOnDemand("")) {
            awaitKnown(server, uuid);
            assertThat(server.getBytes(fileOf(uuid)).body()).isEqualTo(FILE);
            await().atMost(SOON)
                    .until(() ->
                            server.server().catalogue().provenance().of(uuid).isPresent());
            flip(uuid);
            server.server().scrub().pass();
            assertThat(server.getBytes(fileOf(uuid)).body()).isEqualTo(FILE);
            assertThat(server.server().scrub().progress().damaged()).isEqualTo(1);
            assertThat(upstream.fetches(uuid)).isEqualTo(2);
        }
    }

    /** Published here without the help of the source that has it, too. */
    private String publishHere(String mode) {
        String uuid = upstream.add(1, "base", FILE);
        ObjectNode manifest = upstream.manifest(uuid).deepCopy().put("public", mode.equals("public"));
        manifest.remove(List.of("files", "state"));
        try (TestServer server = serve(mode(mode) + "\"anonymous_writes\": true")) {
            send(server, "POST", "/images/" + uuid + "?action=import", BodyPublishers.ofString(manifest.toString()));
            send(server, "PUT", fileOf(uuid) + "?compression=none", BodyPublishers.ofByteArray(FILE));
            send(server, "POST", "/images/" + uuid + "?action=activate", BodyPublishers.noBody());
        }
        return uuid;
    }

    private static String mode(String mode) {
        return "\"mode\": \"" + mode + "\", ";
    }

    private static void send(TestServer server, String method, String target, BodyPublisher body) {
        HttpResponse<String> answer = server.send(method, target, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void anySourceWillDoForWhatEveryoneMaySee() throws Exception {
        String uuid = publishHere("public");
        try (FaultyUpstream without = new FaultyUpstream();
                TestServer server = serve(mode("public") + "\"sources\": [" + source(without, "on-demand", "") + ", "
                        + source(upstream, "on-demand", "") + "]")) {
            flip(uuid);
            server.server().scrub().pass();
            assertThat(server.getBytes(fileOf(uuid)).body()).isEqualTo(FILE);
            assertThat(server.server().scrub().progress().damaged()).isEqualTo(1);
            assertThat(without.fetches(uuid)).as("it has no such image").isZero();
        }
    }

    @Test
    void nobodyIsAskedForWhatIsPrivate() throws Exception {
        String uuid = publishHere("private");
        try (TestServer server = serve(mode("private") + "\"sources\": [" + source(upstream, "on-demand", "") + "]")) {
            flip(uuid);
            server.server().scrub().pass();
            assertThat(server.server().catalogue().quarantine().uuids()).containsExactly(uuid);
            assertThat(upstream.fetches(uuid)).isZero();
        }
    }
}
