package org.imageserver.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.imageserver.auth.UsersEditor.Grant;
import org.imageserver.auth.UsersEditor.Issued;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsersEditorTest {
    private static final Grant DEFAULTS = new Grant(Optional.empty(), Optional.empty(), Optional.empty());
    private static final String UUID = "352971aa-31ba-496c-9ade-a379feaecd52";

    private final TestClock clock = new TestClock();

    @TempDir
    private Path directory;

    private Path file;
    private UsersEditor editor;

    @BeforeEach
    void open() {
        file = directory.resolve("deep/down/users.json");
        editor = new UsersEditor(file, clock, TokenHasher.bcrypt(4));
    }

    @Test
    void makesAReaderThatNeverExpiresUnlessToldOtherwise() throws Exception {
        Issued issued = editor.add("alice", DEFAULTS);
        assertThat(issued.user().role()).isEqualTo(Role.READER);
        assertThat(issued.user().expires()).isEqualTo(User.NEVER);
        assertThat(issued.user().uuid()).matches(User.UUID);
        assertThat(editor.list()).containsExactly(issued.user());
    }

    @Test
    void keepsWhatItWasTold() throws Exception {
        Instant end = clock.instant().plus(Duration.ofDays(90));
        editor.add("bob", new Grant(Optional.of(Role.ADMIN), Optional.of(end), Optional.of(UUID)));
        User bob = new UsersEditor(file, clock).list().getFirst();
        assertThat(bob.role()).isEqualTo(Role.ADMIN);
        assertThat(bob.expires()).isEqualTo(end);
        assertThat(bob.uuid()).isEqualTo(UUID);
        assertThat(bob.created()).isEqualTo(clock.instant());
    }

    @Test
    void neitherTheFileNorALogHoldsTheToken() throws Exception {
        Issued issued = editor.add("alice", DEFAULTS);
        String secret = issued.token().substring("ims_0123456789abcdef_".length());
        assertThat(issued.token()).matches("ims_[0-9a-f]{16}_[A-Za-z0-9_-]{43}");
        assertThat(Files.readString(file)).contains("\"alice\"").doesNotContain(secret);
        assertThat(Token.parse(issued.token()).orElseThrow().toString()).doesNotContain(secret);
    }

    @Test
    void onlyTheOwnerMayReadTheFile() throws Exception {
        editor.add("alice", DEFAULTS);
        editor.add("bob", DEFAULTS);
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files)
                    .allSatisfy(one -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void refusesANameThatIsTakenAndSaysHowToGetANewToken() throws Exception {
        Issued first = editor.add("alice", DEFAULTS);
        assertThatThrownBy(() -> editor.add("alice", DEFAULTS))
                .isInstanceOf(UsersException.class)
                .hasMessageContaining("there is a user \"alice\"")
                .hasMessageContaining("--rotate")
                .hasMessageContaining(first.user().uuid());
        editor.revoke("alice");
        assertThatThrownBy(() -> editor.add("alice", DEFAULTS)).hasMessageContaining("revoked at 2026-11-20T10:00:00Z");
    }

    @Test
    void rotatingKeepsTheUuidAndTheRest() throws Exception {
        Issued first = editor.add("alice", new Grant(Optional.of(Role.PUBLISHER), Optional.empty(), Optional.empty()));
        editor.revoke("alice");
        Issued second = editor.rotate("alice", DEFAULTS);
        assertThat(second.token()).isNotEqualTo(first.token());
        assertThat(second.user().uuid()).isEqualTo(first.user().uuid());
        assertThat(second.user().role()).isEqualTo(Role.PUBLISHER);
        assertThat(second.user().revoked()).isEmpty();
        Grant toAdmin = new Grant(Optional.of(Role.ADMIN), Optional.empty(), Optional.empty());
        assertThat(editor.rotate("alice", toAdmin).user().role()).isEqualTo(Role.ADMIN);
    }

    @Test
    void aRevokedAccountKeepsItsUuidButNoToken() throws Exception {
        String uuid = editor.add("alice", DEFAULTS).user().uuid();
        assertThat(editor.revoke("alice")).isTrue();
        clock.pass(Duration.ofDays(1));
        assertThat(editor.revoke("alice")).isFalse();
        User alice = editor.list().getFirst();
        assertThat(alice.uuid()).isEqualTo(uuid);
        assertThat(alice.token()).isEmpty();
        assertThat(alice.revoked()).contains(Instant.parse("2026-11-20T10:00:00Z"));
    }

    @Test
    void refusesWhatCannotBe() throws Exception {
        assertThatThrownBy(() -> editor.revoke("ghost")).hasMessage("there is no user \"ghost\"");
        assertThatThrownBy(() -> editor.rotate("ghost", DEFAULTS)).hasMessage("there is no user \"ghost\"");
        Grant past = new Grant(Optional.empty(), Optional.of(clock.instant()), Optional.empty());
        assertThatThrownBy(() -> editor.add("alice", past)).hasMessageContaining("--expires");
        Grant noUuid = new Grant(Optional.empty(), Optional.empty(), Optional.of(UUID.replace("a", "A")));
        assertThatThrownBy(() -> editor.add("alice", noUuid)).hasMessageContaining("no lower-case UUID");
        assertThat(editor.list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "../x", "__proto__", ".hidden", "a/b", "\u00e9", "a\nb"})
    void refusesNamesThatCannotStandInABasicHeaderOrAFileName(String name) {
        assertThatThrownBy(() -> editor.add(name, DEFAULTS))
                .isInstanceOf(UsersException.class)
                .hasMessageContaining("cannot be a name");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{ | line 1: not valid JSON",
                "[] | expected {\"accounts\": [...]}",
                "{\"accounts\": [5]} | account 1: expected an object",
                "{\"accounts\": [{\"name\": \"a b\"}]} | account 1, \"name\": expected a name",
                "{\"accounts\": [{\"name\": \"a\", \"uuid\": 5}]} | account 1, \"uuid\": expected a string",
                "{\"accounts\": [{\"nmae\": \"a\"}]} | account 1, \"nmae\": expected one of the known fields",
                "{\"accounts\": [{\"name\": \"a\", \"uuid\": \"352971aa-31ba-496c-9ade-a379feaecd52\", \"role\": \"root\"}]} | reader, publisher or admin",
                "{\"accounts\": []} x | not valid JSON",
            })
    void saysWhatIsWrongWithABrokenFileAndNeverOverwritesIt(String text, String message) throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThatThrownBy(() -> editor.add("alice", DEFAULTS))
                .isInstanceOf(UsersException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
        assertThat(file).hasContent(text);
    }

    @Test
    void refusesAFileInWhichANameStandsTwice() throws Exception {
        editor.add("alice", DEFAULTS);
        editor.add("bob", DEFAULTS);
        Files.writeString(file, Files.readString(file).replace("\"bob\"", "\"alice\""));
        assertThatThrownBy(editor::list).hasMessageContaining("there are two accounts \"alice\"");
    }

    @Test
    void editorsSideBySideLoseNoAccount() throws Exception {
        int count = 20;
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Issued>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String name = "user" + i;
                all.add(threads.submit(() -> new UsersEditor(file, clock, TokenHasher.bcrypt(4)).add(name, DEFAULTS)));
            }
            for (Future<Issued> one : all) {
                one.get();
            }
        }
        assertThat(editor.list()).hasSize(count);
    }
}
