package org.imageserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.imageserver.auth.Outcome.Known;
import org.imageserver.auth.Outcome.Refused;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSignatureTest {
    private static final SshKey KEY = SshKey.ed25519();
    private static final SshKey RSA = SshKey.rsa();
    private static final String HERE = Logins.ADDRESS;
    private static final String ELSEWHERE = "198.51.100.7";

    @TempDir
    private Path directory;

    private Logins logins;

    @BeforeEach
    void start() throws Exception {
        logins = new Logins(directory);
        logins.add("alice", Role.PUBLISHER);
        logins.addKeys("alice", "# two keys\n" + RSA.line() + "\n" + KEY.line() + "\n");
    }

    static List<String> recordedSignatures() throws Exception {
        return Files.readAllLines(Path.of("src/test/resources/auth/signatures.txt"));
    }

    @ParameterizedTest
    @MethodSource("recordedSignatures")
    void takesWhatOpensslSigned(String recorded) throws Exception {
        logins.addKeys("alice", Files.readString(Path.of("src/test/resources/auth/alice.keys")));
        String algorithm = recorded.split(" ", -1)[0];
        String signature = recorded.split(" ", -1)[1];
        String header = "Signature keyId=\"alice\",algorithm=\"" + algorithm + "\",signature=\"" + signature + "\"";
        Map<String, String> headers = Map.of("authorization", header, "date", "Fri, 20 Nov 2026 10:00:00 GMT");
        assertKnown(send("GET", "/images", HERE, headers));
        Map<String, String> otherDate = Map.of("authorization", header, "date", "Fri, 20 Nov 2026 10:00:01 GMT");
        assertRefused(send("GET", "/images", HERE, otherDate), "no key of the account");
    }

    @ParameterizedTest
    @CsvSource({
        "rsa-sha1, SHA1withRSA",
        "rsa-sha256, SHA256withRSA",
        "RSA-SHA256, SHA256withRSA",
        "rsa-sha512, SHA512withRSA",
        "hs2019, SHA512withRSA",
        "hs2019, SHA256withRSA"
    })
    void takesRsaKeys(String algorithm, String jdkName) throws Exception {
        assertKnown(send("GET", "/", HERE, signed("alice", algorithm, RSA.sign(jdkName, "date: " + date()))));
    }

    @ParameterizedTest
    @CsvSource({
        "256, ecdsa-sha256, SHA256withECDSA",
        "384, ecdsa-sha384, SHA384withECDSA",
        "521, ecdsa-sha512, SHA512withECDSA",
        "256, ecdsa-sha512, SHA512withECDSA",
        "256, hs2019, SHA256withECDSA",
        "384, hs2019, SHA384withECDSA",
        "521, hs2019, SHA512withECDSA",
    })
    void takesEcdsaKeys(int bits, String algorithm, String jdkName) throws Exception {
        SshKey key = SshKey.ecdsa(bits);
        logins.addKeys("alice", key.line());
        assertKnown(send("GET", "/", HERE, signed("alice", algorithm, key.sign(jdkName, "date: " + date()))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ed25519-sha512", "hs2019"})
    void takesEd25519Keys(String algorithm) throws Exception {
        assertKnown(send("GET", "/", HERE, signed("alice", algorithm, KEY.sign("Ed25519", "date: " + date()))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hmac-sha256", "rsa-md5", "none", "rsa-sha256", "ecdsa-sha256", ""})
    void refusesAnAlgorithmThatIsUnknownOrNotTheKeys(String algorithm) throws Exception {
        assertRefused(
                send("GET", "/", HERE, signed("alice", algorithm, KEY.sign("Ed25519", "date: " + date()))),
                "no key of the account");
    }

    @Test
    void readsTheHeaderTolerantly() throws Exception {
        String signature = KEY.sign("Ed25519", "date: " + date());
        for (String header : List.of(
                "signature keyId=\"alice\",signature=\"" + signature + "\"",
                "SIGNATURE   signature=\"" + signature + "\" ,  headers=\"date\",keyId=\"alice\"",
                "Signature keyid = \"alice\" , algorithm=ed25519, signature = \"" + signature + "\",",
                "Signature keyId=\"alice\",opaque=\"x, y=z\",headers=\" Date \",signature=\"" + signature + "\"")) {
            assertKnown(send("GET", "/", HERE, Map.of("authorization", header, "date", date())));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Signature",
                "Signature keyId=\"alice\"",
                "Signature signature=\"AAAA\"",
                "Signature keyId=\"alice\",signature=\"AAAA\",keyId=\"bob\"",
                "Signature keyId=\"alice,signature=\"AAAA\"",
                "Signature keyId=\"alice\" signature=\"AAAA\"",
                "Signature keyId=\"alice\",algorithm=\"rsa-sha256\" AAAA",
                "Signature keyId=\"alice\",headers=\"date date\",signature=\"AAAA\"",
                "Signature keyId=\"alice\",headers=\"a b c d e f g h i j k l m n o p q r s t u\",signature=\"AAAA\"",
            })
    void refusesWhatIsNoSignature(String header) {
        assertRefused(
                send("GET", "/", HERE, Map.of("authorization", header, "date", date())), "not the form of a signature");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AAAA", "%%%", "", "MAYCAQACAQA="})
    void refusesBytesThatAreNoSignature(String signature) {
        for (String algorithm : List.of("rsa-sha256", "ed25519", "ecdsa-sha256", "hs2019")) {
            assertRefused(send("GET", "/", HERE, signed("alice", algorithm, signature)), "no key of the account");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"__proto__", "constructor", "bob", "", "/alice", "/alice/keys/", "../alice", "/bob/keys/x"})
    void aKeyIdThatIsNobodyIsJustUnknown(String keyId) throws Exception {
        assertRefused(
                send("GET", "/", HERE, signed(keyId, "ed25519", KEY.sign("Ed25519", "date: " + date()))),
                "no such account");
    }

    @Test
    void aFingerprintInTheKeyIdChoosesTheKey() throws Exception {
        SshPublicKey known = SshPublicKey.parse("ssh-ed25519", KEY.line().split(" ", -1)[1]);
        String signature = KEY.sign("Ed25519", "date: " + date());
        assertKnown(send("GET", "/", HERE, signed("/alice/keys/" + known.md5(), "ed25519", signature)));
        assertKnown(send("GET", "/", HERE, signed("/alice/keys/SHA256:" + known.sha256(), "ed25519", signature)));
        String other =
                SshPublicKey.parse("ssh-rsa", RSA.line().split(" ", -1)[1]).md5();
        assertRefused(
                send("GET", "/", HERE, signed("/alice/keys/" + other, "ed25519", signature)), "no key of the account");
    }

    /** Base64 has slashes, as paths do. */
    @Test
    void aFingerprintMayHaveASlash() {
        SignatureHeader header = SignatureHeader.parse("keyId=\"/alice/keys/SHA256:a/b+c\",signature=\"AAAA\"")
                .orElseThrow();
        assertThat(header.user()).isEqualTo("alice");
        assertThat(header.fingerprint()).contains("SHA256:a/b+c");
    }

    @Test
    void aRevokedOrExpiredAccountCannotUseItsKeys() throws Exception {
        Map<String, String> headers = signed("alice", "ed25519", KEY.sign("Ed25519", "date: " + date()));
        assertKnown(send("GET", "/", HERE, headers));
        logins.editor.revoke("alice");
        logins.letTheServerLook();
        assertRefused(send("GET", "/", HERE, headers), "no such account");

        logins.add("bob", Role.READER, logins.clock.instant().plusSeconds(10));
        logins.addKeys("bob", KEY.line());
        Map<String, String> bobs = signed("bob", "ed25519", KEY.sign("Ed25519", "date: " + date()));
        assertThat(send("GET", "/", HERE, bobs)).isInstanceOf(Known.class);
        logins.clock.pass(Duration.ofSeconds(10));
        assertRefused(send("GET", "/", HERE, bobs), "no such account");
    }

    @Test
    void signsTheTargetTheLineTheHostAndTheDate() throws Exception {
        String target = "/images/x?action=activate&channel=dev";
        String text = "(request-target): post " + target + "\nPOST " + target
                + " HTTP/1.1\nhost: images.example.org\ndate: " + date();
        Map<String, String> headers =
                signed("alice", "ed25519", KEY.sign("Ed25519", text), "(request-target) request-line host date");
        headers.put("host", "images.example.org");
        assertKnown(send("POST", target, HERE, headers));
        assertRefused(send("POST", target + "x", HERE, headers), "no key of the account");
        assertRefused(send("PUT", target, HERE, headers), "no key of the account");
        headers.put("host", "other.example.org");
        assertRefused(send("POST", target, HERE, headers), "no key of the account");
        headers.remove("host");
        assertRefused(send("POST", target, HERE, headers), "missing");
    }

    @Test
    void xDateWinsOverDate() throws Exception {
        String signature = KEY.sign("Ed25519", "x-date: " + date());
        Map<String, String> headers = signed("alice", "ed25519", signature);
        headers.put("x-date", date());
        headers.put("date", "Thu, 01 Jan 1970 00:00:00 GMT");
        assertKnown(send("GET", "/", HERE, headers));
    }

    @Test
    void aDateThatIsNotSignedCountsForNothing() throws Exception {
        Map<String, String> onlyHost = signed("alice", "ed25519", KEY.sign("Ed25519", "host: h"), "host");
        onlyHost.put("host", "h");
        assertRefused(send("GET", "/", HERE, onlyHost), "the date is not signed");

        String old = rfc1123(logins.clock.instant().minusSeconds(1000));
        Map<String, String> replayed = signed("alice", "ed25519", KEY.sign("Ed25519", "date: " + old), "date");
        replayed.put("date", old);
        replayed.put("x-date", date());
        assertRefused(send("GET", "/", HERE, replayed), "1000 s off");
    }

    @ParameterizedTest
    @CsvSource({"300, true", "-300, true", "301, false", "-301, false"})
    void aClockMayBeFiveMinutesOffEitherWay(int seconds, boolean isTaken) throws Exception {
        String date = rfc1123(logins.clock.instant().plusSeconds(seconds));
        Map<String, String> headers = signed("alice", "ed25519", KEY.sign("Ed25519", "date: " + date));
        headers.put("date", date);
        Outcome outcome = send("GET", "/", HERE, headers);
        assertThat(outcome).isInstanceOf(isTaken ? Known.class : Refused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"yesterday", "", "0", "Fri, 32 Nov 2026 10:00:00 GMT", "2026-11-20"})
    void refusesADateThatIsNone(String date) throws Exception {
        Map<String, String> headers = signed("alice", "ed25519", KEY.sign("Ed25519", "date: " + date));
        headers.put("date", date);
        assertRefused(send("GET", "/", HERE, headers), "is no date");
    }

    @Test
    void refusesAWriteThatWasSentBefore() throws Exception {
        Map<String, String> headers = signed("alice", "ed25519", KEY.sign("Ed25519", "date: " + date()));
        assertKnown(send("DELETE", "/images/x", HERE, headers));
        assertRefused(send("DELETE", "/images/x", HERE, headers), "sent before");
        logins.clock.pass(Duration.ofSeconds(299));
        assertRefused(send("DELETE", "/images/x", HERE, headers), "sent before");
    }

    @Test
    void anotherSignatureOverTheSameIsNoWayRoundThat() throws Exception {
        SshKey key = SshKey.ecdsa(256);
        logins.addKeys("alice", key.line());
        String text = "date: " + date();
        assertKnown(send("POST", "/x", HERE, signed("alice", "ecdsa-sha256", key.sign("SHA256withECDSA", text))));
        assertRefused(
                send("POST", "/x", HERE, signed("alice", "ecdsa-sha256", key.sign("SHA256withECDSA", text))),
                "sent before");
    }

    @Test
    void theStepsOfOnePublicationMayShareADateAsThoseOfImgapiCliDo() throws Exception {
        Map<String, String> headers = signed("alice", "ed25519", KEY.sign("Ed25519", "date: " + date()));
        assertKnown(send("GET", "/images/x", HERE, headers));
        assertKnown(send("POST", "/images/x?action=import", HERE, headers));
        assertKnown(send("PUT", "/images/x/file?compression=gzip", HERE, headers));
        assertKnown(send("POST", "/images/x?action=activate", HERE, headers));
    }

    @Test
    void whatAListenerHeardIsOfNoUseFromAnotherAddress() throws Exception {
        Map<String, String> read = signed("alice", "ed25519", KEY.sign("Ed25519", "date: " + date()));
        assertKnown(send("GET", "/images/x", HERE, read));
        assertRefused(send("DELETE", "/images/x", ELSEWHERE, read), "from " + HERE + " before");
    }

    @Test
    void readsMayBeRepeated() throws Exception {
        Map<String, String> headers = signed("alice", "ed25519", KEY.sign("Ed25519", "date: " + date()));
        for (String method : List.of("GET", "HEAD", "OPTIONS", "GET")) {
            assertKnown(send(method, "/images", HERE, headers));
        }
    }

    @Test
    void eachAccountHasItsOwnMemoryOfADate() throws Exception {
        logins.add("bob", Role.PUBLISHER);
        SshKey key = SshKey.ed25519();
        logins.addKeys("bob", key.line());
        assertKnown(send("POST", "/x", HERE, signed("alice", "ed25519", KEY.sign("Ed25519", "date: " + date()))));
        assertThat(send("POST", "/x", ELSEWHERE, signed("bob", "ed25519", key.sign("Ed25519", "date: " + date()))))
                .isInstanceOf(Known.class);
    }

    @Test
    void aSignatureOfAnUnknownUserIsVerifiedToo() {
        List<String> algorithms = new ArrayList<>();
        for (String algorithm : List.of("rsa-sha256", "ecdsa-sha256", "ed25519")) {
            algorithms.add(SignatureAlgorithms.decoy(algorithm).getAlgorithm());
        }
        assertThat(algorithms).containsExactly("RSA", "EC", "EdDSA");
    }

    private Map<String, String> signed(String keyId, String algorithm, String signature) {
        String header =
                "Signature keyId=\"" + keyId + "\",algorithm=\"" + algorithm + "\",signature=\"" + signature + "\"";
        return new HashMap<>(Map.of("authorization", header, "date", date()));
    }

    private Map<String, String> signed(String keyId, String algorithm, String signature, String names) {
        Map<String, String> headers = signed(keyId, algorithm, signature);
        headers.compute("authorization", (name, value) -> value + ",headers=\"" + names + "\"");
        return headers;
    }

    private Outcome send(String method, String target, String address, Map<String, String> headers) {
        return logins.authenticator.authenticate(Logins.attempt(method, target, address, headers));
    }

    private String date() {
        return rfc1123(logins.clock.instant());
    }

    private static String rfc1123(Instant time) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC));
    }

    private static void assertKnown(Outcome outcome) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Known.class,
                        known -> assertThat(known.principal())
                                .isInstanceOfSatisfying(
                                        Principal.Account.class,
                                        account -> assertThat(account.name()).isEqualTo("alice")));
    }

    private static void assertRefused(Outcome outcome, String reason) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).contains(reason));
    }
}
