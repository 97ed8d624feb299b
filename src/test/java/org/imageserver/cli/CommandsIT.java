package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.imageserver.TestImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

/** The other commands, through the launcher. */
class CommandsIT {
    @TempDir
    private Path directory;

    @Test
    void saysItsVersion() throws Exception {
        assertRuns(0, "image-server ", "--version");
    }

    @Test
    void helpsWithEveryCommand() throws Exception {
        assertRuns(0, "check-config", "--help");
        assertRuns(0, "--serve-dir", "help", "serve");
        assertRuns(0, "--hashes", "check", "--help");
    }

    @Test
    void suggestsWhatAnUnknownOptionMayHaveMeant() throws Exception {
        assertRuns(2, "--listen", "serve", "--lisen", "x");
        assertRuns(2, "serve", "serv");
    }

    @Test
    void saysWhatToDoWithoutACommand() throws Exception {
        assertRuns(2, "image-server serve");
    }

    @Test
    void refusesAnAddressThatIsNone() throws Exception {
        assertRuns(2, "expected HOST:PORT", "serve", "--listen", "nonsense");
    }

    @Test
    void checksAConfiguration() throws Exception {
        Files.writeString(directory.resolve("good.json"), "{\"listen_port\": 80}");
        Files.writeString(directory.resolve("bad.json"), "{\"listen_prot\": 80}");
        assertRuns(0, "good.json is fine", "check-config", "good.json");
        assertRuns(
                2,
                "bad.json line 1: unknown key \"listen_prot\"; did you mean \"listen_port\"?",
                "check-config",
                "bad.json");
        assertRuns(2, "no such file", "check-config", "missing.json");
    }

    @Test
    void checksADirectory() throws Exception {
        TestImages images = new TestImages(Files.createDirectory(directory.resolve("images")));
        images.add(1);
        assertRuns(0, "images that can be served: 1, problems: 0", "check", "images");

        images.put(TestImages.uuid(2), "manifest.json", "{ not json");
        images.add(3, manifest -> manifest.put("uuid", TestImages.uuid(4)));
        images.put(images.add(5), "file", "another size");
        Files.delete(images.directory().resolve(images.add(6)).resolve("file"));
        images.put(TestImages.uuid(7), "file", "alone");
        images.add(8, manifest -> manifest.put("origin", TestImages.uuid(99)));
        try (Launched check = Launched.start(directory, "check", "images")) {
            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(check.output())
                    .contains(TestImages.uuid(2) + "/manifest.json: ")
                    .contains("the manifest is of image " + TestImages.uuid(4))
                    .contains("has 12 bytes, but the manifest says")
                    .contains("there is no file \"file\" beside the manifest")
                    .contains(TestImages.uuid(7) + ": holds files but no manifest.json")
                    .contains("is built on image " + TestImages.uuid(99))
                    .contains("images that can be served: 2, problems: 6");
        }
    }

    @Test
    void findsADamagedFileByItsSha1() throws Exception {
        TestImages images = new TestImages(Files.createDirectory(directory.resolve("images")));
        String uuid = images.add(1);
        images.put(uuid, "file", ("bytes of " + uuid).replace('b', 'B'));
        assertRuns(0, "problems: 0", "check", "images");
        assertRuns(1, uuid + "/file: is damaged: its sha1 is ", "check", "--hashes", "images");
    }

    @Test
    void saysThatADirectoryIsMissing() throws Exception {
        assertRuns(2, "nowhere is no directory", "check", "nowhere");
    }

    @Test
    void printsAServiceManifestThatIsXml() throws Exception {
        try (Launched smf =
                Launched.start(directory, "smf", "--home", "/opt/a&b", "--config", "/etc/c.json", "--user", "images")) {
            assertThat(smf.exitCode()).isZero();
            assertThat(smf.output()).contains("exec=\"/opt/a&amp;b/image-server serve --config /etc/c.json\"");
            DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
            // The DTD is on illumos only.
            builder.setEntityResolver((publicId, systemId) -> new InputSource(new ByteArrayInputStream(new byte[0])));
            builder.parse(new ByteArrayInputStream(smf.output().getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void completesInTheShell() throws Exception {
        assertRuns(0, "complete -F", "generate-completion");
    }

    @Test
    void saysInOneLineWhatToInstallWhereNoJdkIsNewEnough() throws Exception {
        // A launcher that wants a JDK of the far future stands for a machine that has none.
        Path launcher = directory.resolve("image-server");
        Files.writeString(launcher, Files.readString(Path.of("image-server")).replace("MINIMUM=21", "MINIMUM=999"));
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        try (Launched run = Launched.start(launcher, directory, Map.of(), "serve")) {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.output().lines())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains("pkgin install")
                            .contains("apt install")
                            .contains("brew install"));
        }
    }

    private void assertRuns(int exitCode, String output, String... arguments) throws IOException, InterruptedException {
        try (Launched run = Launched.start(directory, arguments)) {
            assertThat(run.exitCode()).as(run.output()).isEqualTo(exitCode);
            assertThat(run.output()).contains(output);
        }
    }
}
