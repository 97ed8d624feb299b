package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.imageserver.Golden;
import org.imageserver.RawConnection;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.http.publishing.Publishing.Client;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of an image, as the recorded peer tells it and as imgadm lives it. */
class PublishingFlowTest {
    @TempDir
    private Path directory;

    private Publishing publishing;

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "");
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    /** Steps whose Content-Length is a lie need a raw connection; other tests have them. */
    @Test
    void everyStepIsAnsweredAsThePeerDidOrAsTheTableSays() {
        FlowReplay replay = new FlowReplay(publishing);
        List<String> differences = new ArrayList<>();
        for (Golden.Step step : Golden.steps("flow")) {
            if (!step.headers().containsKey("Content-Length")) {
                replay.difference(step).ifPresent(told -> differences.add(step.id() + " | " + told));
            }
        }
        String uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
        assertThat(differences.stream().map(line -> line.replaceAll(uuid, "UUID")))
                .containsExactlyInAnyOrderElementsOf(Golden.resource("/golden/differences-flow.txt")
                        .lines()
                        .filter(line -> line.contains(" | "))
                        .toList());
    }

    /** {@code imgadm publish} and {@code imgadm create -p}: each request on a connection of its own. */
    @Test
    void imgadmPublishes() throws IOException {
        byte[] file = Publishing.stream(Publishing.FULL);
        String uuid = TestImages.uuid(7);
        String target = "/images/" + uuid;
        String manifest = """
                {"v": 2, "uuid": "%s", "name": "created", "version": "1.0.0", "type": "zone-dataset", "os": "smartos",
                 "requirements": {}, "files": [{"size": %d, "compression": "gzip", "sha1": "%s"}]}
                """.formatted(uuid, file.length, TestImages.sha1(file));
        assertThat(imgadm("POST", target + "?action=import", manifest.getBytes(StandardCharsets.UTF_8))
                        .status())
                .isEqualTo(200);
        String upload = target + "/file?compression=gzip&sha1=" + TestImages.sha1(file);
        assertThat(imgadm("PUT", upload, file).status()).isEqualTo(200);
        RawConnection.Answer activated = imgadm("POST", target + "?action=activate", new byte[] {'{', '}'});
        assertThat(activated.status()).isEqualTo(200);
        JsonNode shown = TestServer.json(publishing.server().get(target));
        assertThat(shown.path("state").asText()).isEqualTo("active");
        assertThat(shown.path("public").asBoolean()).isTrue();
        assertThat(shown.path("owner").asText())
                .isEqualTo(publishing.alice().account().uuid());
        assertThat(publishing.server().getBytes(target + "/file").body()).isEqualTo(file);
    }

    @Test
    void imgadmRollsBack() throws IOException {
        String uuid = TestImages.uuid(8);
        String manifest = Publishing.manifest("\"v\": 2, \"uuid\": \"" + uuid + "\", \"state\": \"active\"");
        String target = "/images/" + uuid;
        assertThat(publishing.alice().post(target + "?action=import", manifest).statusCode())
                .isEqualTo(200);
        assertThat(imgadm("PUT", target + "/file?compression=gzip", "no stream".getBytes(StandardCharsets.UTF_8))
                        .status())
                .isEqualTo(400);
        assertThat(imgadm("DELETE", target, new byte[0]).status()).isEqualTo(204);
        publishing.assertNothingIsLeft();
    }

    private RawConnection.Answer imgadm(String method, String target, byte[] body) throws IOException {
        try (RawConnection connection = RawConnection.tcp(publishing.server().port())) {
            connection.send(method + " " + target + " HTTP/1.1\r\nHost: x\r\naccept: application/json\r\n"
                    + "accept-version: *\r\nConnection: close\r\ncontent-type: application/json\r\nAuthorization: "
                    + publishing.alice().account().basic() + "\r\ncontent-length: " + body.length + "\r\n\r\n");
            connection.send(body);
            RawConnection.Answer answer = connection.read();
            assertThat(connection.isAtEnd()).isTrue();
            return answer;
        }
    }

    @Test
    void anUpdateWithTheRightTagTakesPlaceAndSaysSo() {
        Client alice = publishing.alice();
        String uuid = alice.create("");
        String tag = alice.get("/images/" + uuid).headers().firstValue("etag").orElseThrow();
        String target = "/images/" + uuid + "?action=update";
        assertThat(alice.post(target, "{\"description\": \"a\"}", "If-Match", tag)
                        .statusCode())
                .isEqualTo(200);
        assertThat(alice.post(target, "{\"description\": \"b\"}", "If-Match", tag)
                        .statusCode())
                .isEqualTo(412);
        assertThat(TestServer.json(alice.get("/images/" + uuid))
                        .path("description")
                        .asText())
                .isEqualTo("a");
    }

    @Test
    void whatWasAcknowledgedIsThereAfterARestart() {
        String uuid = publishing.alice().publish(Publishing.FULL, "");
        String before = publishing.server().get("/images/" + uuid).body();
        publishing.close();
        publishing = new Publishing(directory, "");
        assertThat(publishing.server().get("/images/" + uuid).body()).isEqualTo(before);
    }
}
