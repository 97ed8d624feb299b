package org.imageserver.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our server takes images from a real peer, as it was recorded. */
@Timeout(120)
class RecordedPeerTest extends WithUpstream {
    private static final int IMAGES = 5;
    private static final String FLOW = "/images/a14fb17b-8b77-46bf-ac43-5e9d02de7957";

    private final RecordedPeer peer = new RecordedPeer();

    @AfterEach
    void stopPeer() {
        peer.close();
    }

    private TestServer serveWith(String policy) {
        return serve("\"sources\": [{\"url\": \"" + peer.url() + "\", \"policy\": \"" + policy + "\"}]");
    }

    private static JsonNode source(TestServer server, TestAccount admin) {
        return TestServer.json(server.get("/sources", "Authorization", admin.basic()))
                .path(0);
    }

    private void assertNothingIsKept(TestServer server) throws IOException {
        server.rescan();
        peer.images()
                .forEach(image ->
                        assertThat(isHere(server, image.path("uuid").asText())).isFalse());
        try (Stream<Path> files = Files.list(directory.resolve("images"))) {
            assertThat(files.map(file -> file.getFileName().toString())).allMatch(name -> name.startsWith("."));
        }
    }

    @Test
    void aTrySaysWhatItHasAndHowBigThatIs() throws Exception {
        try (TestServer server = serve("")) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            JsonNode plan = TestServer.json(server.send(
                    "POST",
                    "/sources/try",
                    BodyPublishers.ofString("{\"url\": \"" + peer.url() + "\"}"),
                    "Authorization",
                    admin.basic()));
            assertThat(plan.path("to_bring").asInt()).isEqualTo(IMAGES);
            assertThat(plan.path("bytes").asInt()).isEqualTo(IMAGES * 37);
            List<String> uuids = new ArrayList<>();
            plan.path("images").forEach(image -> uuids.add(image.path("uuid").asText()));
            List<String> its = new ArrayList<>();
            peer.images().forEach(image -> its.add(image.path("uuid").asText()));
            assertThat(uuids).containsExactlyInAnyOrderElementsOf(its);
            assertThat(plan.at("/images/0/bytes").asInt()).isEqualTo(37);
            assertThat(peer.requests()).containsExactly("/ping", "/images?state=all");
            assertNothingIsKept(server);
        }
    }

    /** The peer has the manifests, but says of each file that there is none. */
    @ParameterizedTest
    @ValueSource(strings = {"mirror", "both"})
    void whatHasNoFileThereIsRefusedAndSaidSo(String policy) throws Exception {
        peer.answersForTheImagesOfItsList();
        for (JsonNode image : peer.images()) {
            peer.answers("/images/" + image.path("uuid").asText() + "/file", "flow", "flow-006");
        }
        try (TestServer server = serveWith(policy)) {
            TestAccount admin = server.account("admin", Role.ADMIN);
            await().atMost(SOON)
                    .until(() -> server.log().warnings().stream()
                                    .filter(line -> line.contains("cannot be brought here") && line.contains("404"))
                                    .count()
                            == IMAGES);
            await().atMost(SOON).until(() -> source(server, admin).has("last_error"));
            assertThat(source(server, admin).path("here").asInt()).isZero();
            assertThat(source(server, admin).path("wanted").asInt()).isEqualTo(IMAGES);
            assertNothingIsKept(server);
        }
    }

    @Test
    void whatItDoesNotShowByItselfIsRefusedToo() throws Exception {
        try (TestServer server = serveWith("mirror")) {
            await().atMost(SOON)
                    .until(() -> server.log().warnings().stream()
                                    .filter(line ->
                                            line.contains("cannot be brought here") && line.contains("has no image"))
                                    .count()
                            == IMAGES);
            assertNothingIsKept(server);
            assertThat(server.names("/images")).isEmpty();
        }
    }

    @Test
    void whatItOffersIsListedWithTheFieldsThatItSaid() throws Exception {
        try (TestServer server = serveWith("on-demand")) {
            await().atMost(SOON).until(() -> server.names("/images").size() == IMAGES);
            JsonNode list = TestServer.json(server.get("/images"));
            for (int number = 0; number < IMAGES; number++) {
                assertSameFields((ObjectNode) list.path(number), (ObjectNode)
                        peer.images().path(number));
            }
            assertThat(server.names("/images?tag.role=db")).containsExactly("alpha", "bravo");
            assertThat(server.get("/images/" + list.path(0).path("uuid").asText() + "/file")
                            .statusCode())
                    .isEqualTo(503);
            server.log().forgive("cannot be fetched");
            assertNothingIsKept(server);
        }
    }

    /** Ours may say more of a field that is left out there. */
    private static void assertSameFields(ObjectNode ours, ObjectNode its) {
        for (Map.Entry<String, JsonNode> field : its.properties()) {
            assertThat(ours.path(field.getKey()))
                    .as(its.path("name") + " " + field.getKey())
                    .isEqualTo(field.getValue());
        }
    }

    /** It is refused before its first byte, or cut before its last one. */
    private static boolean isGiven(TestServer server, String target) {
        try {
            return server.getBytes(target).statusCode() == 200;
        } catch (UncheckedIOException cut) {
            return false;
        }
    }

    /** It sent 67 bytes of that sha1, which were not recorded: others do not pass for them. */
    @Test
    void otherBytesUnderItsHeadAreNotItsFile() throws Exception {
        peer.answers(FLOW, "flow", "flow-095");
        peer.answers(FLOW + "/file", "flow", "flow-031");
        try (TestServer server = serveWith("on-demand")) {
            await().atMost(SOON).until(() -> server.names("/images").size() == IMAGES);
            JsonNode found = TestServer.json(server.get(FLOW));
            assertThat(found.path("name").asText()).isEqualTo("flow");
            assertThat(found.at("/requirements/min_ram").asInt()).isEqualTo(64);
            server.log().forgive("cannot be fetched");
            assertThat(isGiven(server, FLOW + "/file")).isFalse();
            assertThat(peer.requests()).contains(FLOW + "/file");
            assertThat(isHere(server, FLOW.substring("/images/".length()))).isFalse();
            assertNothingIsKept(server);
        }
    }
}
