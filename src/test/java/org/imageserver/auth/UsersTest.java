package org.imageserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.imageserver.auth.UsersEditor.Grant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class UsersTest {
    private static final Grant UNCHANGED = new Grant(Optional.empty(), Optional.empty(), Optional.empty());

    @TempDir
    private Path directory;

    private Logins logins;

    @BeforeEach
    void start() throws Exception {
        logins = new Logins(directory);
    }

    @Test
    void knowsATokenWithAndWithoutItsName() throws Exception {
        String token = logins.add("alice", Role.PUBLISHER);
        assertThat(logins.users.authenticate(Optional.of("alice"), token))
                .hasValueSatisfying(account -> assertThat(account.role()).isEqualTo(Role.PUBLISHER));
        assertThat(logins.users.authenticate(Optional.empty(), token)).isPresent();
    }

    @Test
    void refusesTheTokenOfSomebodyElse() throws Exception {
        String alice = logins.add("alice", Role.READER);
        logins.add("bob", Role.ADMIN);
        assertThat(logins.users.authenticate(Optional.of("bob"), alice)).isEmpty();
        assertThat(logins.users.authenticate(Optional.of("alice"), alice)).isPresent();
        assertThat(logins.users.remembered(Optional.of("bob"), alice)).isEmpty();
    }

    @Test
    void aRunningServerSeesANewAccountWithinASecondAndNotOnEveryRequest() throws Exception {
        assertThat(logins.users.find("alice")).isEmpty();
        logins.editor.add("alice", UNCHANGED);
        assertThat(logins.users.find("alice")).as("within the same second").isEmpty();
        logins.letTheServerLook();
        assertThat(logins.users.find("alice")).isPresent();
    }

    @Test
    void aRunningServerSeesARevocationAndForgetsTheVerifiedToken() throws Exception {
        String token = logins.add("alice", Role.ADMIN);
        assertThat(logins.users.authenticate(Optional.empty(), token)).isPresent();
        assertThat(logins.users.remembered(Optional.empty(), token)).isPresent();
        logins.editor.revoke("alice");
        logins.letTheServerLook();
        assertThat(logins.users.remembered(Optional.empty(), token)).isEmpty();
        assertThat(logins.users.authenticate(Optional.of("alice"), token)).isEmpty();
        assertThat(logins.users.find("alice")).isEmpty();
    }

    @Test
    void rotatingRefusesTheOldToken() throws Exception {
        String old = logins.add("alice", Role.ADMIN);
        logins.users.authenticate(Optional.empty(), old);
        String fresh = logins.editor.rotate("alice", UNCHANGED).token();
        logins.letTheServerLook();
        assertThat(logins.users.remembered(Optional.empty(), old)).isEmpty();
        assertThat(logins.users.authenticate(Optional.of("alice"), old)).isEmpty();
        assertThat(logins.users.authenticate(Optional.of("alice"), fresh)).isPresent();
    }

    @Test
    void anAccountEndsWhenItExpiresEvenIfItsTokenIsRemembered() throws Exception {
        String token = logins.add("alice", Role.ADMIN, logins.clock.instant().plus(Duration.ofHours(12)));
        assertThat(logins.users.authenticate(Optional.empty(), token)).isPresent();
        logins.clock.pass(Duration.ofHours(12));
        assertThat(logins.users.remembered(Optional.empty(), token)).isEmpty();
        assertThat(logins.users.authenticate(Optional.empty(), token)).isEmpty();
        assertThat(logins.users.find("alice")).isEmpty();
    }

    @Test
    void aVerifiedTokenIsNotHashedAgainUntilTheFileChanges() throws Exception {
        String token = logins.add("alice", Role.ADMIN);
        logins.users.authenticate(Optional.empty(), token);
        logins.hasher.computed();
        assertThat(logins.users.remembered(Optional.empty(), token)).isPresent();
        assertThat(logins.users.remembered(Optional.of("alice"), token)).isPresent();
        assertThat(logins.hasher.computed()).isZero();
        logins.add("bob", Role.READER);
        assertThat(logins.users.remembered(Optional.empty(), token)).isEmpty();
    }

    @Test
    void oneByteOfARememberedTokenMakesAnother() throws Exception {
        String token = logins.add("alice", Role.ADMIN);
        logins.users.authenticate(Optional.empty(), token);
        String other = token.substring(0, token.length() - 2) + (token.charAt(token.length() - 2) == 'x' ? "yy" : "xx");
        assertThat(logins.users.remembered(Optional.empty(), other)).isEmpty();
    }

    @Test
    void everyRefusalCostsOneHash() throws Exception {
        String token = logins.add("alice", Role.ADMIN);
        logins.add("gone", Role.ADMIN);
        logins.editor.revoke("gone");
        logins.letTheServerLook();
        String unknown = Token.random().text();
        assertCostsOneHash(Optional.of("alice"), unknown);
        assertCostsOneHash(Optional.of("alice"), "hunter2");
        assertCostsOneHash(Optional.of("alice"), "");
        assertCostsOneHash(Optional.of("alice"), "x".repeat(10_000));
        assertCostsOneHash(Optional.of("nobody"), token);
        assertCostsOneHash(Optional.of("nobody"), "hunter2");
        assertCostsOneHash(Optional.of("gone"), token);
        assertCostsOneHash(Optional.empty(), unknown);
        assertCostsOneHash(Optional.empty(), "hunter2");
    }

    private void assertCostsOneHash(Optional<String> name, String token) {
        logins.hasher.computed();
        assertThat(logins.users.authenticate(name, token)).isEmpty();
        assertThat(logins.hasher.computed()).as(name + " " + token).isEqualTo(1);
    }

    @Test
    void theDecoyOfTheRealHasherCostsAsMuchAsARealHash() {
        TokenHasher hasher = TokenHasher.bcrypt();
        Token token = Token.random();
        String real = hasher.hash(token);
        assertThat(hasher.decoy()).hasSameSizeAs(real).startsWith(real.substring(0, 7));
        assertThat(hasher.matches(token, real)).isTrue();
        assertThat(hasher.matches(token, hasher.decoy())).isFalse();
    }

    @Test
    void aBrokenFileLeavesTheAccountsAndIsLoggedOnce() throws Exception {
        String token = logins.add("alice", Role.ADMIN);
        assertThat(logins.users.authenticate(Optional.empty(), token)).isPresent();
        String good = Files.readString(logins.file);
        Logger logger = (Logger) LoggerFactory.getLogger(Users.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            Files.writeString(logins.file, "{ half a file");
            for (int i = 0; i < 3; i++) {
                logins.letTheServerLook();
                assertThat(logins.users.find("alice")).isPresent();
            }
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .contains(logins.file.toString())
                        .contains("not valid JSON"));
        Files.writeString(logins.file, good.replace("\"alice\"", "\"carol\""));
        logins.letTheServerLook();
        assertThat(logins.users.find("carol")).isPresent();
        assertThat(logins.users.find("alice")).isEmpty();
    }

    @Test
    void noFileIsNoAccounts() throws Exception {
        logins.add("alice", Role.ADMIN);
        assertThat(logins.users.find("alice")).isPresent();
        Files.delete(logins.file);
        logins.letTheServerLook();
        assertThat(logins.users.find("alice")).isEmpty();
    }
}
