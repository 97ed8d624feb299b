package org.imageserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.imageserver.auth.Outcome.Known;
import org.imageserver.auth.Outcome.Later;
import org.imageserver.auth.Outcome.Refused;
import org.imageserver.auth.Principal.Account;
import org.imageserver.auth.Principal.Anonymous;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class AuthenticatorTest {
    private static final Attempt NO_CREDENTIAL = Logins.attempt("GET", "/", Logins.ADDRESS, Map.of());

    @TempDir
    private Path directory;

    private Logins logins;

    @BeforeEach
    void start() throws Exception {
        logins = new Logins(directory);
    }

    @Test
    void whoSendsNoCredentialIsAnonymous() {
        assertThat(logins.authenticator.authenticate(NO_CREDENTIAL)).isEqualTo(new Known(new Anonymous()));
        assertThat(logins.authenticator.atOnce(NO_CREDENTIAL)).contains(new Known(new Anonymous()));
    }

    @Test
    void takesATokenByBasicByBearerAndByPath() throws Exception {
        String token = logins.add("alice", Role.PUBLISHER);
        Account alice = logins.users.find("alice").orElseThrow();
        assertThat(logins.basic("alice", token)).isEqualTo(new Known(alice));
        assertThat(logins.authorization("Bearer " + token)).isEqualTo(new Known(alice));
        assertThat(logins.authorization("bearer   " + token + " ")).isEqualTo(new Known(alice));
        assertThat(logins.authorization(Logins.header("alice", token).replace("Basic", "BASIC")))
                .isEqualTo(new Known(alice));
        assertThat(logins.authenticator.authenticate(Attempt.ofPathToken(token, Logins.ADDRESS)))
                .isEqualTo(new Known(alice));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Basic", "Basic %%%", "Basic YWxpY2U=", "Bearer", "Digest x", "Negotiate abc", "x"})
    void refusesAnythingElse(String header) {
        assertThat(logins.authorization(header)).isInstanceOf(Refused.class);
    }

    @Test
    void theFirstUseIsForAThreadThatMayBeBusyAndTheNextIsAnsweredAtOnce() throws Exception {
        Attempt attempt = Attempt.ofPathToken(logins.add("alice", Role.READER), Logins.ADDRESS);
        assertThat(logins.authenticator.atOnce(attempt)).isEmpty();
        assertThat(logins.authenticator.authenticate(attempt)).isInstanceOf(Known.class);
        assertThat(logins.authenticator.atOnce(attempt)).containsInstanceOf(Known.class);
        assertThat(logins.hasher.computed()).isEqualTo(1);
    }

    @Test
    void guessingMakesAnAddressWait() throws Exception {
        String token = logins.add("alice", Role.READER);
        guess(10);
        logins.hasher.computed();
        assertThat(logins.basic("alice", token)).isEqualTo(new Later(Duration.ofSeconds(1)));
        assertThat(logins.hasher.computed()).as("not looked at").isZero();
        logins.clock.pass(Duration.ofSeconds(1));
        assertThat(logins.basic("alice", token)).isInstanceOf(Known.class);
    }

    @Test
    void guessingNeverLocksOutAnotherAddressNorATokenThatIsKnownNorReaders() throws Exception {
        String alice = logins.add("alice", Role.READER);
        String bob = logins.add("bob", Role.READER);
        assertThat(logins.basic("bob", bob)).isInstanceOf(Known.class);
        guess(30);
        assertThat(logins.basicFrom("198.51.100.7", "alice", alice)).isInstanceOf(Known.class);
        assertThat(logins.basic("bob", bob)).isInstanceOf(Known.class);
        assertThat(logins.authenticator.authenticate(NO_CREDENTIAL)).isInstanceOf(Known.class);
    }

    @Test
    void guessedPathsAndSignaturesCountToo() {
        for (int i = 0; i < 5; i++) {
            logins.authenticator.authenticate(Attempt.ofPathToken("guess" + i, Logins.ADDRESS));
            logins.authorization("Signature keyId=\"x\",signature=\"AAAA\"");
        }
        assertThat(logins.authenticator.atOnce(Attempt.ofPathToken("guess", Logins.ADDRESS)))
                .containsInstanceOf(Later.class);
    }

    @Test
    void logsWhoFailedFromWhereButNeverTheToken() throws Exception {
        String token = logins.add("alice", Role.READER);
        Logger logger = (Logger) LoggerFactory.getLogger(Authenticator.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            logins.basic("eve\n2026 forged line\u001b[2J" + "x".repeat(200), token);
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list).singleElement().satisfies(event -> {
            String line = event.getFormattedMessage() + event.getKeyValuePairs();
            assertThat(line)
                    .contains(Logins.ADDRESS)
                    .contains("eve\\u000a2026 forged line\\u001b[2J")
                    .doesNotContain("\n")
                    .doesNotContain(token)
                    .hasSizeLessThan(250);
        });
    }

    @Test
    void aPrincipalKnowsWhatItMayDo() {
        assertThat(new Anonymous().mayPublish()).isFalse();
        assertThat(new Anonymous().isAdmin()).isFalse();
        assertThat(new Account("a", "u", Role.READER).mayPublish()).isFalse();
        assertThat(new Account("a", "u", Role.PUBLISHER).mayPublish()).isTrue();
        assertThat(new Account("a", "u", Role.PUBLISHER).isAdmin()).isFalse();
        assertThat(new Account("a", "u", Role.ADMIN).mayPublish()).isTrue();
        assertThat(new Account("a", "u", Role.ADMIN).isAdmin()).isTrue();
    }

    private void guess(int times) {
        for (int i = 0; i < times; i++) {
            while (logins.basic("alice", "guess") instanceof Later later) {
                logins.clock.pass(later.retryAfter());
            }
        }
    }
}
