package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.imageserver.auth.SshKey;
import org.imageserver.auth.UsersEditor;
import org.imageserver.auth.UsersException;
import org.imageserver.http.publishing.Publishing.Client;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may change an image, and who may know that it is there. */
class WhoMayTest {
    private static final String ABSENT = "00000000-1111-2222-3333-444444444444";

    @TempDir
    private Path directory;

    private Publishing publishing;
    private String unactivated = "";
    private String secret = "";
    private String open = "";

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "\"mode\": \"private\"");
        Client alice = publishing.alice();
        unactivated = alice.create("");
        secret = alice.publish(
                Publishing.FULL, "&acl=%5B%22" + publishing.bob().account().uuid() + "%22%5D&description=secret");
        // A private server takes none, but one that is dropped in stays what it says.
        open = publishing
                .server()
                .images()
                .add(1, manifest -> manifest.put("owner", alice.account().uuid()));
        publishing.server().rescan();
        alice.put("/images/" + secret + "/icon", new byte[] {1}, "Content-Type", "image/png");
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/images",
        "POST,/publish?name=n&version=1",
        "PUT,/publish?name=n&version=1",
        "POST,/images/%s?action=import",
        "POST,/images/%s?action=activate",
        "POST,/images/%s?action=update",
        "POST,/images/%s?action=disable",
        "POST,/images/%s?action=bogus",
        "PUT,/images/%s/file?compression=gzip",
        "PUT,/images/%s/icon",
        "POST,/images/%s/acl",
        "DELETE,/images/%s/icon",
        "DELETE,/images/%s"
    })
    void withoutACredentialNothingIsChangedOrTold(String method, String target) {
        List<String> answers = List.of(open, secret, unactivated, ABSENT).stream()
                .map(uuid -> publishing.server().send(method, target.formatted(uuid), BodyPublishers.ofString("{}")))
                .map(answer ->
                        answer.statusCode() + answer.body() + answer.headers().allValues("www-authenticate"))
                .distinct()
                .toList();
        assertThat(answers).hasSize(1);
        assertThat(answers.getFirst())
                .startsWith("401{\"code\":\"UnauthorizedError\"")
                .contains("Basic realm=");
        HttpResponse<String> read =
                publishing.reader().send(method, target.formatted(open), BodyPublishers.ofString("{}"));
        assertThat(Publishing.told(read)).isEqualTo("403 OperatorOnly: account reader may only read");
    }

    @Test
    void aReaderIsNoPublisherByNamingItself() {
        Client reader = publishing.reader();
        String account = "?account=" + reader.account().uuid();
        assertThat(reader.post("/images" + account, Publishing.manifest("")).statusCode())
                .isEqualTo(403);
    }

    @Test
    void aPublisherChangesOnlyWhatItOwns() {
        Client bob = publishing.bob();
        String notOwner = "422 NotImageOwner: account " + bob.account().uuid() + " is not the owner of image ";
        String missing = "404 ResourceNotFound: image %s not found";
        assertThat(Publishing.told(bob.delete("/images/" + open))).isEqualTo(notOwner + open);
        assertThat(Publishing.told(bob.delete("/images/" + secret))).isEqualTo(notOwner + secret);
        assertThat(Publishing.told(bob.delete("/images/" + unactivated))).isEqualTo(missing.formatted(unactivated));
        assertThat(Publishing.told(bob.delete("/images/" + ABSENT))).isEqualTo(missing.formatted(ABSENT));
        assertThat(Publishing.told(bob.put("/images/" + unactivated + "/file?compression=gzip", new byte[10])))
                .isEqualTo(missing.formatted(unactivated));
        assertThat(Publishing.told(bob.post("/images/" + open + "?action=update", "{\"description\":\"x\"}")))
                .isEqualTo(notOwner + open);
        String forAlice = Publishing.manifest(
                "\"owner\": \"" + publishing.alice().account().uuid() + "\"");
        assertThat(Publishing.told(bob.post("/images", forAlice))).startsWith("422 NotImageOwner: ");
    }

    @Test
    void anAdminChangesEverything() {
        Client admin = publishing.admin();
        assertThat(admin.post("/images/" + secret + "?action=disable", "").statusCode())
                .isEqualTo(200);
        for (String uuid : List.of(open, secret, unactivated)) {
            assertThat(admin.delete("/images/" + uuid).statusCode()).isEqualTo(204);
        }
        assertThat(TestServer.json(admin.get("/images?state=all"))).isEmpty();
    }

    @Test
    void privateImagesAreSeenByTheirOwnerByMembersAndByAdmins() {
        assertSees(secret, true, publishing.alice(), publishing.bob(), publishing.admin());
        assertSees(secret, false, publishing.reader());
        assertSees(open, true, publishing.alice(), publishing.bob(), publishing.admin(), publishing.reader());
        assertSees(unactivated, true, publishing.alice(), publishing.admin());
        assertSees(unactivated, false, publishing.bob(), publishing.reader());
        TestServer server = publishing.server();
        assertThat(server.get("/images/" + secret).statusCode()).isEqualTo(404);
        assertThat(server.get("/datasets/" + secret).statusCode()).isEqualTo(404);
        assertThat(server.get("/images/" + secret + "/file").statusCode()).isEqualTo(404);
        assertThat(server.get("/images?state=all").body()).contains(open).doesNotContain(secret, unactivated);
        assertThat(server.get("/datasets").body()).contains(open).doesNotContain(secret, unactivated);
    }

    private void assertSees(String uuid, boolean isSeen, Client... clients) {
        boolean isActive = !uuid.equals(unactivated);
        for (Client client : clients) {
            String who = client.account().name();
            assertThat(client.get("/images?state=all").body().contains(uuid))
                    .as(who)
                    .isEqualTo(isSeen);
            assertThat(client.get("/images/" + uuid).statusCode()).as(who).isEqualTo(isSeen ? 200 : 404);
            boolean hasFile = isSeen && isActive;
            assertThat(client.get("/images/" + uuid + "/file").statusCode())
                    .as(who)
                    .isEqualTo(hasFile ? 200 : 404);
            boolean hasIcon = isSeen && uuid.equals(secret);
            assertThat(client.get("/images/" + uuid + "/icon").statusCode())
                    .as(who)
                    .isEqualTo(hasIcon ? 200 : 404);
            assertThat(client.get("/datasets/" + uuid).statusCode()).as(who).isEqualTo(isSeen ? 200 : 404);
        }
    }

    @Test
    void theTokenInTheBasePathOpensEveryFace() {
        TestServer server = publishing.server();
        String base = "/v/" + publishing.bob().account().token();
        assertThat(server.get(base + "/ping").statusCode()).isEqualTo(200);
        assertThat(server.get(base + "/images").body()).contains(secret, open).doesNotContain(unactivated);
        assertThat(server.get(base + "/images/" + secret).statusCode()).isEqualTo(200);
        assertThat(server.get(base + "/images/" + secret + "/file").statusCode())
                .isEqualTo(200);
        assertThat(server.get(base + "/images/" + secret + "/icon").statusCode())
                .isEqualTo(200);
        assertThat(server.get(base + "/datasets/" + secret).statusCode()).isEqualTo(200);
        assertThat(server.get(base + "/").statusCode()).isEqualTo(200);
        assertThat(server.get(base + "/nothing").body()).contains("\"/nothing does not exist");
        assertThat(server.send("DELETE", base + "/images/" + secret).statusCode())
                .isEqualTo(422);
        assertThat(server.get("/v/wrong/images").statusCode()).isEqualTo(401);
    }

    @Test
    void aBearerIsAsGood() {
        assertThat(publishing
                        .server()
                        .get(
                                "/images/" + secret,
                                "Authorization",
                                publishing.alice().account().bearer())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aWrongTokenIsRefusedOnReadsTooAndSlowedDown() {
        TestAccount alice = publishing.alice().account();
        TestAccount wrong = new TestAccount("alice", alice.uuid(), "x" + alice.token());
        List<String> unknown = List.of(wrong.basic(), wrong.bearer(), "Basic !", "Nonsense");
        for (String authorization : unknown) {
            HttpResponse<String> answer = publishing.server().get("/images", "Authorization", authorization);
            assertThat(Publishing.told(answer)).isEqualTo("401 UnauthorizedError: invalid credentials");
            assertThat(answer.headers().firstValue("www-authenticate")).isPresent();
        }
        int tries = 0;
        int status = 401;
        while (status == 401 && tries++ < 20) {
            status = publishing
                    .server()
                    .get("/images", "Authorization", wrong.basic())
                    .statusCode();
        }
        HttpResponse<String> slowed = publishing.server().get("/images", "Authorization", wrong.basic());
        assertThat(slowed.statusCode()).isEqualTo(429);
        assertThat(slowed.headers().firstValue("retry-after")).isPresent();
        assertThat(publishing.alice().get("/images").statusCode())
                .as("who is known already is not locked out")
                .isEqualTo(200);
    }

    @Test
    void aRunningServerSeesNewAndRevokedAccounts() throws IOException, UsersException {
        Client carol = new Client(publishing.server(), publishing.server().account("carol", Role.ADMIN));
        await().untilAsserted(() ->
                assertThat(carol.get("/images/" + secret).statusCode()).isEqualTo(200));
        new UsersEditor(publishing.server().usersFile(), InstantSource.system()).revoke("carol");
        await().untilAsserted(() ->
                assertThat(carol.get("/images/" + secret).statusCode()).isEqualTo(401));
    }

    @Test
    void fieldsForAdministratorsAreForThem() {
        String target = "/images/" + secret + "?inclAdminFields=true";
        assertThat(publishing.server().get(target).statusCode()).isEqualTo(401);
        assertThat(publishing.server().get("/images?inclAdminFields=true").statusCode())
                .isEqualTo(401);
        assertThat(publishing.reader().get(target).statusCode())
                .as("of what one does not see")
                .isEqualTo(404);
        HttpResponse<String> shown = publishing.admin().get(target);
        assertThat(TestServer.json(shown).at("/files/0/stor").asText()).isEqualTo("local");
        HttpResponse<String> plain = publishing.admin().get("/images/" + secret);
        assertThat(plain.body()).doesNotContain("\"stor\"");
        assertThat(plain.headers().firstValue("etag"))
                .isNotEqualTo(shown.headers().firstValue("etag"));
        JsonNode list =
                TestServer.json(publishing.admin().get("/images?inclAdminFields=true&state=all&name=n&limit=5"));
        assertThat(list).contains(TestServer.json(shown));
        assertThat(list)
                .as("without a file there is no place of it")
                .contains(TestServer.json(publishing.admin().get("/images/" + unactivated)));
    }

    @Test
    void administratorsSeeTheSha256AsSoonAsItIsComputed() throws Exception {
        String target = "/images/" + secret + "?inclAdminFields=true";
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Publishing.stream(Publishing.FULL));
        await().untilAsserted(
                        () -> assertThat(TestServer.json(publishing.admin().get(target))
                                        .at("/files/0/sha256")
                                        .asText())
                                .isEqualTo(HexFormat.of().formatHex(digest)));
    }

    @Test
    void anSshKeySignsAWriteOnce(@TempDir Path other) throws Exception {
        SshKey key = SshKey.ed25519();
        Path own = Files.createDirectories(other.resolve("images/.image-server"));
        Files.writeString(Files.createDirectories(own.resolve("keys")).resolve("carol.keys"), key.line() + "\n");
        TestAccount carol = TestAccount.make(own.resolve("users.json"), "carol", Role.PUBLISHER);
        try (TestServer server = TestServer.start(other)) {
            String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
            String signature = key.sign("Ed25519", "(request-target): post /images\ndate: " + date);
            String authorization = "Signature keyId=\"carol\",algorithm=\"ed25519\",headers=\"(request-target) date\","
                    + "signature=\"" + signature + "\"";
            BodyPublisher body = BodyPublishers.ofString(Publishing.manifest(""));
            HttpResponse<String> created =
                    server.send("POST", "/images", body, "Date", date, "Authorization", authorization);
            assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
            assertThat(TestServer.json(created).path("owner").asText()).isEqualTo(carol.uuid());
            HttpResponse<String> again =
                    server.send("POST", "/images", body, "Date", date, "Authorization", authorization);
            assertThat(again.statusCode()).as("the same again").isEqualTo(401);
        }
    }

    @Test
    void anonymousWritesAreWhatTheySay(@TempDir Path other) {
        try (TestServer server = TestServer.start(other, "\"anonymous_writes\": true")) {
            HttpResponse<String> answer = server.send(
                    "PUT", "/publish?name=n&version=1", BodyPublishers.ofByteArray(Publishing.stream(Publishing.FULL)));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }
}
