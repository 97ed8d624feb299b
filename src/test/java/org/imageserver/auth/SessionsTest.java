package org.imageserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.imageserver.auth.Outcome.Later;
import org.imageserver.auth.Outcome.Refused;
import org.imageserver.auth.SignIn.Result.Begun;
import org.imageserver.auth.SignIn.Result.Failed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What depends on the time; the rest is asked of a running server. */
class SessionsTest {
    @TempDir
    private Path directory;

    private Logins logins;
    private Sessions sessions;
    private SignIn signIn;

    @BeforeEach
    void start() throws Exception {
        logins = new Logins(directory);
        sessions = sessions();
        signIn = new SignIn(logins.authenticator, logins.users, logins.authorizedKeys, sessions, logins.clock);
    }

    private Sessions sessions() {
        return new Sessions(logins.file, logins.users, logins.authorizedKeys, logins.clock);
    }

    private String begin(String name, String token) {
        return ((Begun) signIn.byToken(name, token, Logins.ADDRESS)).cookie();
    }

    @Test
    void aSessionLastsAWeek() throws Exception {
        String cookie = begin("alice", logins.add("alice", Role.PUBLISHER));
        logins.clock.pass(Duration.ofDays(7).minusSeconds(1));
        assertThat(sessions.find(cookie))
                .hasValueSatisfying(
                        session -> assertThat(session.account().name()).isEqualTo("alice"));
        logins.clock.pass(Duration.ofSeconds(1));
        assertThat(sessions.find(cookie)).isEmpty();
    }

    @Test
    void aSessionEndsWithItsAccount() throws Exception {
        String token =
                logins.add("alice", Role.PUBLISHER, logins.clock.instant().plus(Duration.ofDays(1)));
        String cookie = begin("alice", token);
        assertThat(sessions.find(cookie)).isPresent();
        logins.clock.pass(Duration.ofDays(1));
        assertThat(sessions.find(cookie)).isEmpty();
        assertThat(signIn.byToken("alice", token, Logins.ADDRESS)).isInstanceOf(Failed.class);
    }

    @Test
    void eachSessionHasAProofOfItsOwn() throws Exception {
        String token = logins.add("alice", Role.PUBLISHER);
        Session one = sessions.find(begin("alice", token)).orElseThrow();
        logins.clock.pass(Duration.ofSeconds(1));
        Session other = sessions.find(begin("alice", token)).orElseThrow();
        assertThat(one.isProvedBy(one.csrf())).isTrue();
        assertThat(one.isProvedBy(other.csrf())).isFalse();
        assertThat(one).asString().doesNotContain(one.csrf());
    }

    @Test
    void anotherServerOnTheSameAccountsKnowsTheSession() throws Exception {
        Sessions other = sessions();
        SignIn otherSignIn = new SignIn(logins.authenticator, logins.users, logins.authorizedKeys, other, logins.clock);
        String token = logins.add("alice", Role.PUBLISHER);
        String cookie = begin("alice", token);
        assertThat(otherSignIn.byToken("alice", token, Logins.ADDRESS)).isInstanceOf(Begun.class);
        assertThat(other.find(cookie)).isPresent();
    }

    @Test
    void aServerOnTheSameAccountsAtWhichNobodyHasSignedInKnowsItTooASecondLater() throws Exception {
        Sessions other = sessions();
        String cookie = begin("alice", logins.add("alice", Role.PUBLISHER));
        logins.letTheServerLook();
        assertThat(other.find(cookie)).isPresent();
    }

    @Test
    void anotherServerOnTheSameAccountsHearsOfAnEndWithinASecond() throws Exception {
        Sessions other = sessions();
        String cookie = begin("alice", logins.add("alice", Role.PUBLISHER));
        logins.letTheServerLook();
        sessions.end(other.find(cookie).orElseThrow());
        assertThat(sessions.find(cookie)).isEmpty();
        logins.letTheServerLook();
        assertThat(other.find(cookie)).isEmpty();
    }

    @Test
    void whatHasEndedIsRememberedAsLongAsItWouldHaveLasted() throws Exception {
        Path file = logins.file.resolveSibling("session.ended");
        String token = logins.add("alice", Role.PUBLISHER);
        String first = begin("alice", token);
        sessions.end(sessions.find(first).orElseThrow());
        logins.clock.pass(Sessions.LIFETIME.minusSeconds(1));
        String second = begin("alice", token);
        assertThat(sessions().find(first)).isEmpty();
        sessions.end(sessions.find(second).orElseThrow());
        assertThat(Files.readAllLines(file)).hasSize(2);
        logins.clock.pass(Duration.ofSeconds(1));
        sessions.end(sessions.find(begin("alice", token)).orElseThrow());
        assertThat(Files.readAllLines(file)).as("without the one that is over").hasSize(2);
    }

    @Test
    void whereTheEndCannotBeWrittenItHoldsUntilTheServerEnds() throws Exception {
        Files.createDirectories(logins.file.resolveSibling("session.ended/in-the-way"));
        String token = logins.add("alice", Role.PUBLISHER);
        String cookie = begin("alice", token);
        sessions.end(sessions.find(cookie).orElseThrow());
        assertThat(sessions.find(cookie)).isEmpty();
        logins.letTheServerLook();
        assertThat(sessions.find(cookie)).isEmpty();
    }

    @Test
    void aBrokenKeyIsNotOverwrittenAndPeopleCanSignInAllTheSame() throws Exception {
        Path key = logins.file.resolveSibling("session.key");
        Files.writeString(key, "broken");
        sessions = sessions();
        signIn = new SignIn(logins.authenticator, logins.users, logins.authorizedKeys, sessions, logins.clock);
        String cookie = begin("alice", logins.add("alice", Role.PUBLISHER));
        assertThat(sessions.find(cookie)).isPresent();
        assertThat(key).hasContent("broken");
    }

    @Test
    void aTextToBeSignedIsGoodForTenMinutes() throws Exception {
        SshKey key = SshKey.ed25519();
        logins.add("alice", Role.PUBLISHER);
        logins.addKeys("alice", key.line());
        String first = signIn.challenge();
        String second = signIn.challenge();
        logins.clock.pass(Duration.ofMinutes(10).minusSeconds(1));
        assertThat(byKey("alice", first, key)).isInstanceOf(Begun.class);
        assertThat(byKey("alice", first, key)).as("again").isInstanceOf(Failed.class);
        logins.clock.pass(Duration.ofSeconds(1));
        assertThat(byKey("alice", second, key)).isInstanceOf(Failed.class);
    }

    private SignIn.Result byKey(String name, String challenge, SshKey key) throws Exception {
        return signIn.byKey(name, challenge, key.sshSignature(SignIn.NAMESPACE, challenge), Logins.ADDRESS);
    }

    @Test
    void onlyTheAccountsOwnKeyAndOurOwnTextCount() throws Exception {
        SshKey key = SshKey.ed25519();
        SshKey other = SshKey.ed25519();
        logins.add("alice", Role.PUBLISHER);
        logins.add("bob", Role.PUBLISHER);
        logins.addKeys("alice", key.line());
        logins.addKeys("bob", other.line());
        logins.addKeys("eve", other.line());
        String challenge = signIn.challenge();
        assertThat(byKey("alice", challenge, other)).isInstanceOf(Failed.class);
        assertThat(byKey("eve", challenge, other)).as("no account").isInstanceOf(Failed.class);
        assertThat(byKey("alice", "mine." + challenge, key)).isInstanceOf(Failed.class);
        String forAnother = key.sshSignature("git", challenge);
        assertThat(signIn.byKey("alice", challenge, forAnother, Logins.ADDRESS)).isInstanceOf(Failed.class);
        assertThat(byKey("alice", challenge, key)).isInstanceOf(Begun.class);
    }

    @Test
    void wrongSignaturesSlowTheirAddressDown() {
        String challenge = signIn.challenge();
        for (int i = 0; i < 10; i++) {
            assertThat(((Failed) signIn.byKey("alice", challenge, "nonsense", Logins.ADDRESS)).because())
                    .isInstanceOf(Refused.class);
        }
        assertThat(((Failed) signIn.byKey("alice", challenge, "nonsense", Logins.ADDRESS)).because())
                .isInstanceOf(Later.class);
    }
}
