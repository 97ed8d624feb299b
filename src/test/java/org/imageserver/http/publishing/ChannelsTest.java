package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.imageserver.http.publishing.Publishing.manifest;
import static org.imageserver.http.publishing.Publishing.told;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.http.publishing.Publishing.Client;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sets of images, among which clients choose. */
class ChannelsTest {
    private static final String CHANNELS = """
            "channels": [
              {"name": "dev", "description": "all builds", "default": true},
              {"name": "staging", "description": "for tests"},
              {"name": "release", "description": "for everyone", "publishers": ["alice"]}]
            """;
    private static final String UNKNOWN = "422 ValidationFailed: unknown channel: ";
    private static final String[] VERSION_TWO = {"Accept-Version", "~2"};

    @TempDir
    private Path directory;

    private Publishing publishing;
    private TestServer server;
    private Client alice;
    private Client bob;

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, CHANNELS);
        server = publishing.server();
        alice = publishing.alice();
        bob = publishing.bob();
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    private String publish(Client client, String channel) {
        return client.publish(Publishing.FULL, "&channel=" + channel);
    }

    private List<String> listed(String query) {
        return uuids(server.get("/images" + query));
    }

    private static List<String> uuids(HttpResponse<String> list) {
        assertThat(list.statusCode()).as(list.body()).isEqualTo(200);
        List<String> uuids = new ArrayList<>();
        TestServer.json(list).forEach(image -> uuids.add(image.path("uuid").asText()));
        return uuids;
    }

    private HttpResponse<String> promote(Client client, String uuid, String from, String to) {
        return client.post(
                "/images/" + uuid + "?action=channel-add&channel=" + from,
                "{\"channel\": \"" + to + "\"}",
                VERSION_TWO);
    }

    private List<String> channels(String uuid) {
        JsonNode image = TestServer.json(server.get("/images/" + uuid + "?channel=*", VERSION_TWO));
        List<String> names = new ArrayList<>();
        image.path("channels").forEach(name -> names.add(name.asText()));
        return names;
    }

    @Test
    void listsItsChannels() {
        assertThat(server.get("/channels").body())
                .isEqualTo("[{\"name\":\"dev\",\"description\":\"all builds\",\"default\":true},"
                        + "{\"name\":\"staging\",\"description\":\"for tests\"},"
                        + "{\"name\":\"release\",\"description\":\"for everyone\"}]");
    }

    @Test
    void aListIsOfOneChannel() {
        String dev = publish(alice, "dev");
        String release = publish(alice, "release");
        assertThat(listed("")).containsExactly(dev);
        assertThat(listed("?channel=")).containsExactly(dev);
        assertThat(listed("?channel=dev")).containsExactly(dev);
        assertThat(listed("?channel=release")).containsExactly(release);
        assertThat(listed("?channel=staging")).isEmpty();
        assertThat(listed("?channel=*")).containsExactly(dev, release);
        assertThat(listed("?channel=release&name=n")).containsExactly(release);
        assertThat(listed("?channel=dev&marker=" + release + "&limit=1000")).isEmpty();
        assertThat(uuids(server.get("/images", VERSION_TWO))).containsExactly(dev);
        assertThat(uuids(server.get("/images?channel=release", VERSION_TWO))).containsExactly(release);
        assertThat(uuids(publishing.admin().get("/images?channel=release&inclAdminFields=true")))
                .containsExactly(release);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/file", "/icon", "/export"})
    void anImageIsReadInItsChannelsOnly(String part) {
        String uuid = publish(alice, "staging");
        byte[] icon = {1};
        alice.put("/images/" + uuid + "/icon?channel=staging", icon, "Content-Type", "image/png");
        String target = "/images/" + uuid + part;
        assertThat(server.get(target + "?channel=staging").statusCode()).isEqualTo(200);
        assertThat(server.get(target + "?channel=*").statusCode()).isEqualTo(200);
        String notFound = "404 ResourceNotFound: image " + uuid + " not found";
        assertThat(told(server.get(target))).isEqualTo(notFound);
        assertThat(told(server.get(target + "?channel=release"))).isEqualTo(notFound);
        assertThat(told(alice.get(target + "?channel=dev"))).isEqualTo(notFound);
        assertThat(told(server.get(target + "?channel=x"))).isEqualTo(UNKNOWN + "x");
    }

    @Test
    void anUnknownChannelIsRefusedAfterTheCredentialAndBeforeAllElse() {
        String uuid = publish(alice, "dev");
        assertThat(told(server.get("/images?channel=x"))).isEqualTo(UNKNOWN + "x");
        for (String target : List.of(
                "/images?channel=x",
                "/publish?channel=x",
                "/images/" + TestImages.uuid(9) + "?channel=x&action=import",
                "/images/" + uuid + "?channel=x&action=update",
                "/images/" + uuid + "?channel=x&action=bogus",
                "/images/" + uuid + "/acl?channel=x")) {
            assertThat(server.send("POST", target, BodyPublishers.ofString("no JSON"))
                            .statusCode())
                    .as(target)
                    .isEqualTo(401);
            assertThat(told(bob.post(target, "no JSON"))).as(target).isEqualTo(UNKNOWN + "x");
        }
        assertThat(told(bob.delete("/images/" + TestImages.uuid(9) + "?channel=x")))
                .isEqualTo(UNKNOWN + "x");
        assertThat(told(alice.delete("/images/" + uuid + "?channel=*"))).isEqualTo(UNKNOWN + "*");
        assertThat(listed("")).containsExactly(uuid);
    }

    @Test
    void imgadmPublishesIntoAChannelAndTakesItBack() {
        byte[] file = Publishing.stream(Publishing.FULL);
        String uuid = TestImages.uuid(7);
        String target = "/images/" + uuid;
        String whole = manifest("\"v\": 2, \"uuid\": \"" + uuid + "\", \"channels\": [\"dev\"], \"files\": []");
        assertThat(told(alice.post(target + "?channel=staging&action=import", whole)))
                .isEqualTo("200");
        assertThat(told(alice.put(target + "/file?compression=gzip", file))).startsWith("404");
        assertThat(told(alice.put(target + "/file?channel=staging&compression=gzip", file)))
                .isEqualTo("200");
        assertThat(told(alice.post(target + "?action=activate", "{}"))).startsWith("404");
        assertThat(server.get(target + "?channel=staging").statusCode())
                .as("not activated")
                .isEqualTo(404);
        assertThat(uuids(alice.get("/images?channel=staging&state=all"))).containsExactly(uuid);
        assertThat(uuids(alice.get("/images?state=all"))).isEmpty();
        assertThat(told(alice.post(target + "?channel=staging&action=activate", "{}")))
                .isEqualTo("200");
        assertThat(channels(uuid)).containsExactly("staging");
        assertThat(listed("?channel=staging")).containsExactly(uuid);
        assertThat(told(alice.delete(target))).startsWith("404");
        assertThat(told(alice.delete(target + "?channel=staging"))).isEqualTo("204");
        publishing.assertNothingIsLeft();
    }

    @Test
    void anImageIsInTwoChannelsAndGoesWithTheLast() {
        String uuid = publish(alice, "dev");
        HttpResponse<String> promoted = promote(alice, uuid, "dev", "release");
        assertThat(TestServer.json(promoted).path("channels").toString()).isEqualTo("[\"dev\",\"release\"]");
        assertThat(told(promote(alice, uuid, "dev", "release"))).as("again").isEqualTo("200");
        assertThat(listed("")).containsExactly(uuid);
        assertThat(listed("?channel=release")).containsExactly(uuid);
        assertThat(listed("?channel=*")).containsExactly(uuid);
        assertThat(told(alice.delete("/images/" + uuid))).isEqualTo("204");
        assertThat(listed("")).isEmpty();
        assertThat(listed("?channel=release")).containsExactly(uuid);
        assertThat(server.getBytes("/images/" + uuid + "/file?channel=release").body())
                .isEqualTo(Publishing.stream(Publishing.FULL));
        assertThat(told(alice.delete("/images/" + uuid + "?channel=release"))).isEqualTo("204");
        publishing.assertNothingIsLeft();
    }

    @Test
    void whoForcesItDeletesFromAllChannelsAtOnce() {
        String uuid = publish(alice, "dev");
        promote(alice, uuid, "dev", "staging");
        assertThat(told(alice.delete("/images/" + uuid + "?force_all_channels=yes")))
                .startsWith("422 InvalidParameter");
        assertThat(channels(uuid)).containsExactly("dev", "staging");
        assertThat(told(alice.delete("/images/" + uuid + "?force_all_channels=true")))
                .isEqualTo("204");
        publishing.assertNothingIsLeft();
    }

    @Test
    void promotingSaysWhatIsWrong() {
        String uuid = publish(alice, "dev");
        assertThat(told(promote(alice, uuid, "dev", "x"))).isEqualTo(UNKNOWN + "x");
        assertThat(told(promote(alice, uuid, "dev", "*"))).isEqualTo(UNKNOWN + "*");
        assertThat(told(promote(alice, uuid, "staging", "release"))).startsWith("404");
        assertThat(told(alice.post("/images/" + uuid + "?action=channel-add", "{}")))
                .startsWith("422 InvalidParameter: missing \"channel\" in the body");
        assertThat(told(promote(bob, uuid, "dev", "staging"))).startsWith("422 NotImageOwner");
        assertThat(channels(uuid)).containsExactly("dev");
    }

    @Test
    void anOriginMustBeInTheSameChannel() {
        String origin = publish(alice, "dev");
        HttpResponse<String> alone = alice.send(
                "POST",
                "/publish?name=n&version=2&channel=staging&origin=" + origin,
                BodyPublishers.ofByteArray(Publishing.stream(Publishing.INCREMENTAL)));
        String elsewhere = "422 OriginDoesNotExist: origin image \"" + origin
                + "\" is not in channel \"staging\"; add it there first";
        assertThat(told(alone)).isEqualTo(elsewhere);
        assertThat(told(alice.post("/images?channel=staging", manifest("\"origin\": \"" + origin + "\""))))
                .isEqualTo(elsewhere);
        String built = alice.publish(Publishing.INCREMENTAL, "&origin=" + origin);
        assertThat(told(promote(alice, built, "dev", "staging"))).isEqualTo(elsewhere);
        assertThat(told(alice.post("/images/" + built + "?action=update", "{\"channels\": [\"dev\", \"staging\"]}")))
                .isEqualTo(elsewhere);
        promote(alice, origin, "dev", "staging");
        assertThat(told(promote(alice, built, "dev", "staging"))).isEqualTo("200");
        assertThat(channels(built)).containsExactly("dev", "staging");
    }

    @Test
    void anOriginStaysInAChannelAsLongAsItIsNeededThere() {
        String origin = publish(alice, "dev");
        promote(alice, origin, "dev", "staging");
        String built = alice.publish(Publishing.INCREMENTAL, "&origin=" + origin);
        assertThat(told(alice.delete("/images/" + origin)))
                .isEqualTo("422 ImageHasDependentImages: image \"" + origin
                        + "\" has 1 dependent incremental image(s): " + built);
        assertThat(told(alice.post("/images/" + origin + "?action=update", "{\"channels\": [\"staging\"]}")))
                .startsWith("422 ImageHasDependentImages");
        assertThat(told(alice.delete("/images/" + origin + "?channel=staging&force_all_channels=true")))
                .startsWith("422 ImageHasDependentImages");
        assertThat(told(alice.delete("/images/" + origin + "?channel=staging"))).isEqualTo("204");
        assertThat(channels(origin)).containsExactly("dev");
    }

    @Test
    void onlyItsPublishersAndAdminsChangeAChannel() {
        String uuid = publish(bob, "dev");
        String may = "403 OperatorOnly: account bob may not add images to channel \"release\", nor take them out";
        assertThat(told(promote(bob, uuid, "dev", "release"))).isEqualTo(may);
        assertThat(told(bob.post("/images?channel=release", "no JSON"))).isEqualTo(may);
        assertThat(told(bob.post("/publish?channel=release", ""))).isEqualTo(may);
        assertThat(told(bob.post("/images/" + TestImages.uuid(9) + "?action=import&channel=release", "no JSON")))
                .isEqualTo(may);
        assertThat(told(bob.post("/images/" + uuid + "?action=update", "{\"channels\": [\"release\"]}")))
                .isEqualTo(may);
        assertThat(told(promote(publishing.admin(), uuid, "dev", "release"))).isEqualTo("200");
        assertThat(told(bob.delete("/images/" + uuid + "?channel=release"))).isEqualTo(may);
        assertThat(told(bob.delete("/images/" + uuid + "?force_all_channels=true")))
                .isEqualTo(may);
        assertThat(told(bob.post("/images/" + uuid + "?action=update&channel=release", "{\"description\": \"d\"}")))
                .as("what it says of itself is its owner's")
                .isEqualTo("200");
        assertThat(told(bob.delete("/images/" + uuid))).isEqualTo("204");
        assertThat(channels(uuid)).containsExactly("release");
        assertThat(told(publishing.admin().delete("/images/" + uuid + "?channel=release")))
                .isEqualTo("204");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[\"dev\", \"staging\"];200",
                "[\"x\"];422 ValidationFailed: invalid image data: channels",
                "[];422 ValidationFailed: invalid image data: channels",
                "null;422 ValidationFailed: invalid image data: channels"
            })
    void anUpdateTakesConfiguredChannelsOnly(String channels, String answer) {
        String uuid = publish(alice, "dev");
        assertThat(told(alice.post("/images/" + uuid + "?action=update", "{\"channels\": " + channels + "}")))
                .isEqualTo(answer);
        assertThat(channels(uuid)).hasSize(answer.equals("200") ? 2 : 1);
    }

    @Test
    void privateImagesStayPrivateInEveryChannel() {
        String uuid = server.images().add(1, manifest -> {
            manifest.put("public", false).put("owner", alice.account().uuid());
            manifest.putArray("channels").add("staging");
        });
        server.rescan();
        assertThat(listed("?channel=staging")).isEmpty();
        assertThat(listed("?channel=*")).isEmpty();
        assertThat(server.get("/images/" + uuid + "?channel=staging").statusCode())
                .isEqualTo(404);
        assertThat(bob.get("/images/" + uuid + "?channel=staging").statusCode()).isEqualTo(404);
        assertThat(uuids(alice.get("/images?channel=staging"))).containsExactly(uuid);
        assertThat(uuids(alice.get("/images"))).isEmpty();
    }

    @Test
    void imagesThatNameNoChannelOfThisServerAreInTheDefaultOne() {
        String none = server.images().add(1);
        String others =
                server.images().add(2, manifest -> manifest.putArray("channels").add("elsewhere"));
        String both = server.images()
                .add(
                        3,
                        manifest ->
                                manifest.putArray("channels").add("elsewhere").add("release"));
        server.rescan();
        assertThat(listed("")).containsExactly(none, others);
        assertThat(listed("?channel=release")).containsExactly(both);
        assertThat(channels(none)).containsExactly("dev");
        assertThat(channels(both)).containsExactly("release");
    }

    @Test
    void manifestsSayTheirChannelsToVersionTwoOnlyAndLast() {
        String uuid = server.images().add(1, manifest -> manifest.put("x-operator", "own"));
        server.images().add(2);
        server.rescan();
        String target = "/images/" + uuid;
        String told = server.get(target, VERSION_TWO).body();
        assertThat(told).endsWith("\"x-operator\":\"own\",\"channels\":[\"dev\"]}");
        String plain = server.get(target).body();
        assertThat(plain).isEqualTo(told.replace(",\"channels\":[\"dev\"]", ""));
        assertThat(server.get(target, "Accept-Version", "*").body()).isEqualTo(told);
        assertThat(server.get(target, "Accept-Version", "~1").body()).isEqualTo(plain);
        String list = server.get("/images", VERSION_TWO).body();
        assertThat(list).contains(told);
        assertThat(server.get("/images").body())
                .isEqualTo(list.replace(",\"channels\":[\"dev\"]", ""))
                .startsWith("[" + plain + ",");
        assertThat(server.get("/images").headers().firstValue("Vary")).hasValue("Accept-Version, Accept-Encoding");
        assertThat(publishing.admin().get(target + "?inclAdminFields=true").body())
                .doesNotContain("channels");
        assertThat(publishing
                        .admin()
                        .get(target + "?inclAdminFields=true", VERSION_TWO)
                        .body())
                .contains("channels");
    }

    @Test
    void theTagOfEitherFormGuardsAChange() {
        String uuid = publish(alice, "dev");
        String target = "/images/" + uuid;
        String one = server.get(target).headers().firstValue("ETag").orElseThrow();
        String two =
                server.get(target, VERSION_TWO).headers().firstValue("ETag").orElseThrow();
        assertThat(one).isNotEqualTo(two);
        assertThat(server.get("/images").headers().firstValue("ETag"))
                .isNotEqualTo(server.get("/images", VERSION_TWO).headers().firstValue("ETag"));
        String change = "{\"description\": \"d\"}";
        assertThat(alice.post(target + "?action=update", change, "If-Match", "\"x\"")
                        .statusCode())
                .isEqualTo(412);
        assertThat(alice.post(target + "?action=update", change, "If-Match", one)
                        .statusCode())
                .isEqualTo(200);
        assertThat(alice.post(target + "?action=update", change, "If-Match", two)
                        .statusCode())
                .as("changed meanwhile")
                .isEqualTo(412);
        String now =
                server.get(target, VERSION_TWO).headers().firstValue("ETag").orElseThrow();
        assertThat(alice.post(target + "?action=update", change, "If-Match", now)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void dsapiShowsTheDefaultChannel() {
        String dev = publish(alice, "dev");
        String release = publish(alice, "release");
        assertThat(uuids(server.get("/datasets"))).containsExactly(dev);
        assertThat(uuids(alice.get("/datasets"))).containsExactly(dev);
        assertThat(server.get("/datasets/" + dev).body()).doesNotContain("channels");
        assertThat(server.get("/datasets/" + release).statusCode()).isEqualTo(404);
    }
}
