package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code image-server user}, through the launcher. */
class UserIT {
    private static final String UUID = "352971aa-31ba-496c-9ade-a379feaecd52";
    private static final String TOKEN = "ims_[0-9a-f]{16}_[A-Za-z0-9_-]{43}";

    @TempDir
    private Path directory;

    @Test
    void addsListsAndRevokes() throws Exception {
        String added = run(0, "user", "add", "alice", "--role", "publisher", "--uuid", UUID, "--expires", "90d");
        assertThat(added.lines())
                .hasSize(2)
                .anyMatch(line -> line.matches(TOKEN))
                .anySatisfy(line ->
                        assertThat(line).contains("the token of alice (publisher, owner " + UUID + ", expires at 20"));
        String list = run(0, "user", "list");
        assertThat(list).contains("alice", "publisher", UUID, "active until").doesNotContain("ims_");
        assertThat(run(0, "user", "revoke", "alice")).contains("alice is revoked");
        assertThat(run(0, "user", "revoke", "alice")).contains("alice was revoked before");
        assertThat(run(0, "user", "list")).contains("revoked at");
    }

    @Test
    void theStandardOutputIsTheTokenAlone() throws Exception {
        Path output = directory.resolve("token");
        Process process = new ProcessBuilder(
                        Path.of("image-server").toAbsolutePath().toString(), "user", "add", "alice")
                .directory(directory.toFile())
                .redirectError(directory.resolve("explanation").toFile())
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor()).isZero();
        assertThat(Files.readString(output)).matches(TOKEN + "\n");
        assertThat(directory.resolve("explanation"))
                .content()
                .contains("reader")
                .contains("never expires");
    }

    @Test
    void keepsTheFileInTheServedDirectoryForItsOwnerAlone() throws Exception {
        run(0, "user", "add", "alice", "--serve-dir", "data");
        Path users = directory.resolve("data/.image-server/users.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(users)))
                .isEqualTo("rw-------");
        assertThat(run(0, "user", "list", "--serve-dir", "data")).contains("alice");
    }

    @Test
    void findsTheFileThatTheConfigurationNames() throws Exception {
        Files.writeString(directory.resolve("c.json"), "{\"users_file\": \"secret/users.json\"}");
        run(0, "user", "add", "alice", "--config", "c.json");
        assertThat(directory.resolve("secret/users.json")).exists();
        assertThat(run(2, "user", "list", "--config", "missing.json")).contains("no such file");
    }

    @Test
    void refusesASecondUserOfThatNameAndRotatesWhenTold() throws Exception {
        run(0, "user", "add", "alice", "--uuid", UUID);
        assertThat(run(1, "user", "add", "alice"))
                .contains("there is a user \"alice\"")
                .contains("--rotate");
        assertThat(run(0, "user", "add", "alice", "--rotate")).contains(UUID).containsPattern(TOKEN);
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        assertThat(run(0, "user", "list")).contains("image-server user add NAME");
        assertThat(run(2, "user")).contains("image-server user add alice");
        assertThat(run(2, "user", "add")).contains("NAME");
        assertThat(run(2, "user", "add", "alice", "--role", "root")).contains("READER, PUBLISHER, ADMIN");
        assertThat(run(2, "user", "add", "alice", "--expires", "soon")).contains("90d");
        assertThat(run(2, "user", "add", "alice", "--expires", "2020-12-31")).contains("that day is over");
        assertThat(run(1, "user", "add", "a b")).contains("cannot be a name");
        assertThat(run(1, "user", "revoke", "ghost")).contains("there is no user \"ghost\"");
    }

    @Test
    void processesSideBySideLoseNoAccount() throws Exception {
        List<Launched> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(Launched.start(directory, "user", "add", "user" + i));
        }
        for (Launched one : all) {
            assertThat(one.exitCode()).as(one.output()).isZero();
            one.close();
        }
        assertThat(run(0, "user", "list")).contains("user0", "user1", "user2", "user3");
    }

    private String run(int exitCode, String... arguments) throws IOException, InterruptedException {
        try (Launched run = Launched.start(directory, arguments)) {
            assertThat(run.exitCode()).as(run.output()).isEqualTo(exitCode);
            return run.output();
        }
    }
}
