package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.imageserver.auth.SshKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Publishing with an ssh key, as imgapi-cli and Triton's tools do: nothing but the date is signed. */
class SignatureTest {
    private static final String REFUSED = "401 UnauthorizedError: invalid credentials";

    private static final Map<String, SshKey> KEYS = Map.of(
            "rsa", SshKey.rsa(),
            "p256", SshKey.ecdsa(256),
            "p384", SshKey.ecdsa(384),
            "ed25519", SshKey.ed25519());

    @TempDir
    private static Path accounts;

    private static TestAccount carol;

    /** A server of its own for each test: one that has refused a few logins slows down the next. */
    private TestServer server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeAccount() throws IOException {
        String lines = KEYS.values().stream().map(SshKey::line).collect(Collectors.joining("\n"));
        Files.writeString(accounts.resolve("carol.keys"), lines + "\n");
        carol = TestAccount.make(accounts.resolve("users.json"), "carol", Role.PUBLISHER);
    }

    @BeforeEach
    void start() {
        server = TestServer.start(
                directory,
                "\"keys_dir\": \"%s\", \"users_file\": \"%s\"".formatted(accounts, accounts.resolve("users.json")));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String date(Duration off) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plus(off));
    }

    private static String signature(String key, String algorithm, String jdkName, String date) throws Exception {
        return "Signature keyId=\"carol\",algorithm=\"" + algorithm + "\",headers=\"date\",signature=\""
                + Objects.requireNonNull(KEYS.get(key)).sign(jdkName, "date: " + date) + "\"";
    }

    private HttpResponse<String> create(String date, String authorization) {
        return server.send(
                "POST",
                "/images",
                BodyPublishers.ofString(Publishing.manifest("")),
                "Date",
                date,
                "Authorization",
                authorization);
    }

    @ParameterizedTest
    @CsvSource({
        "rsa,rsa-sha1,SHA1withRSA",
        "rsa,rsa-sha256,SHA256withRSA",
        "p256,ecdsa-sha256,SHA256withECDSA",
        "p384,ecdsa-sha384,SHA384withECDSA",
        "ed25519,ed25519,Ed25519"
    })
    void aKeyOfEveryKindPublishesOnce(String key, String algorithm, String jdkName) throws Exception {
        String date = date(Duration.ZERO);
        String authorization = signature(key, algorithm, jdkName, date);
        HttpResponse<String> created = create(date, authorization);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        assertThat(TestServer.json(created).path("owner").asText()).isEqualTo(carol.uuid());
        assertThat(Publishing.told(create(date, authorization)))
                .as("the same write again")
                .isEqualTo(REFUSED);
        String uuid = TestServer.json(created).path("uuid").asText();
        assertThat(server.get("/images/" + uuid, "Date", date, "Authorization", authorization)
                        .statusCode())
                .as("a read may be repeated")
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"-310", "310", "-86400"})
    void aDateThatIsTooFarOffIsRefused(int seconds) throws Exception {
        String date = date(Duration.ofSeconds(seconds));
        HttpResponse<String> answer = create(date, signature("ed25519", "ed25519", "Ed25519", date));
        assertThat(Publishing.told(answer)).isEqualTo(REFUSED);
        assertThat(answer.headers().firstValue("www-authenticate")).isPresent();
    }

    @Test
    void aSignatureOverAnotherDateOrOfAnotherKeyIsRefused() throws Exception {
        String date = date(Duration.ofSeconds(-1));
        assertThat(Publishing.told(create(date(Duration.ZERO), signature("rsa", "rsa-sha256", "SHA256withRSA", date))))
                .isEqualTo(REFUSED);
        String strange = "Signature keyId=\"carol\",algorithm=\"ed25519\",headers=\"date\",signature=\""
                + SshKey.ed25519().sign("Ed25519", "date: " + date) + "\"";
        assertThat(Publishing.told(create(date, strange))).isEqualTo(REFUSED);
    }
}
