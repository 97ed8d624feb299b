package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.function.Consumer;
import org.imageserver.TestAccount;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code image-server key} and {@code image-server bundle}, through the launcher. */
class BundleIT {
    private static final String LAUNCHER =
            Path.of("image-server").toAbsolutePath().toString();

    @TempDir
    private Path directory;

    private TestImages images;

    @BeforeEach
    void makeTheDirectories() throws IOException {
        images = new TestImages(Files.createDirectory(directory.resolve("images")));
        Files.createDirectory(directory.resolve("inside"));
    }

    private String add(TestImages to, int number, Consumer<ObjectNode> change) {
        return to.add(number, manifest -> {
            ((ObjectNode) manifest.at("/files/0")).put("compression", "none");
            change.accept(manifest.put("type", "other"));
        });
    }

    private String run(int exitCode, String... arguments) throws Exception {
        try (Launched run = Launched.start(directory, arguments)) {
            assertThat(run.exitCode()).as(run.output()).isEqualTo(exitCode);
            return run.output();
        }
    }

    private String shell(int exitCode, String command) throws Exception {
        Map<String, String> environment = Map.of("IMS", LAUNCHER);
        try (Launched run = Launched.start(Path.of("/bin/sh"), directory, environment, "-c", command)) {
            assertThat(run.exitCode()).as(run.output()).isEqualTo(exitCode);
            return run.output();
        }
    }

    @Test
    void makesKeysForTheirOwnerAloneAndOverwritesNone() throws Exception {
        String made = run(0, "key", "new", "-o", "my.key");
        String open = Files.readString(directory.resolve("my.key.pub")).strip();
        assertThat(made).contains(open).contains("SHA256:");
        assertThat(open).matches("ssh-ed25519 [A-Za-z0-9+/]{68}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("my.key"))))
                .isEqualTo("rw-------");
        String secret = Files.readString(directory.resolve("my.key"));
        assertThat(run(2, "key", "new", "-o", "my.key")).contains("my.key is there already");
        assertThat(Files.readString(directory.resolve("my.key"))).isEqualTo(secret);
        assertThat(run(0, "key", "show", "my.key")).startsWith(open).contains("SHA256:");
        assertThat(run(2, "bundle", "create", "--all", "--key", "my.key.pub", "-o", "a.tar"))
                .contains("this is the public half");
    }

    @Test
    void carriesWhatIsNewAcrossAGap() throws Exception {
        String origin = add(images, 1, manifest -> manifest.put("name", "base-lts"));
        String built =
                add(images, 2, manifest -> manifest.put("name", "web-lts").put("origin", origin));
        run(0, "key", "new", "-o", "k");
        String bundle = "bundle create --dir images --filter name=~-lts --with-origins --key k";
        shell(0, "$IMS " + bundle + " -o - | $IMS bundle import - --trust k.pub --dir inside");
        assertThat(run(0, "check", "inside")).contains("images that can be served: 2");
        shell(0, "$IMS " + bundle + " -o one.tar");
        assertThat(run(0, "bundle", "import", "one.tar", "--trust", "k.pub", "--dir", "inside"))
                .contains("imported: 0, here already: 2");
        assertThat(shell(0, "$IMS " + bundle + " --since one.tar -o two.tar")).contains("nothing new");
        assertThat(directory.resolve("two.tar")).doesNotExist();

        add(images, 3, manifest -> manifest.put("name", "new-lts").put("origin", built));
        assertThat(shell(0, "$IMS " + bundle + " --since one.tar -o two.tar")).contains("builds on " + built);
        assertThat(run(0, "bundle", "list", "two.tar"))
                .contains(TestImages.uuid(3), "in earlier bundles: 2", "signed with the key SHA256:")
                .doesNotContain(origin);
        assertThat(run(0, "bundle", "import", "two.tar", "--trust", "k.pub", "--dir", "inside"))
                .contains("imported new-lts");
        assertThat(shell(0, "$IMS " + bundle + " --since two.tar -o three.tar")).contains("nothing new");
        Path note = directory.resolve("inside/.image-server/provenance-" + origin + ".json");
        assertThat(note).content().contains("a bundle made 20", "signed with the key SHA256:");
    }

    @Test
    void takesABundleOfNobodyOnlyWhenTold() throws Exception {
        String uuid = add(images, 1, manifest -> manifest.put("name", "one"));
        assertThat(run(0, "bundle", "create", uuid, "--dir", "images", "-o", "b.tar"))
                .contains("not signed");
        assertThat(run(2, "bundle", "import", "b.tar", "--dir", "inside")).contains("--trust KEY", "--allow-unsigned");
        run(0, "key", "new", "-o", "k");
        assertThat(run(1, "bundle", "import", "b.tar", "--dir", "inside", "--trust", "k.pub"))
                .contains("the bundle is not signed");
        assertThat(run(0, "bundle", "import", "b.tar", "--dir", "inside", "--allow-unsigned"))
                .contains("imported: 1");
        assertThat(run(2, "bundle", "create", uuid, "--dir", "images", "-o", "b.tar"))
                .contains("is not overwritten");
        assertThat(run(2, "bundle", "create", TestImages.uuid(9), "--dir", "images", "-o", "c.tar"))
                .contains("there is no image");
        assertThat(run(2, "bundle", "create", "--filter", "colour=red", "--dir", "images", "-o", "c.tar"))
                .contains("\"filter\" must be");
        assertThat(directory).isDirectoryNotContaining("glob:**/{.image-server-*,.*part,c.tar}");
    }

    @Test
    void bundlesWhatAnotherServerHas() throws Exception {
        try (TestServer server = TestServer.start(Files.createDirectory(directory.resolve("server")))) {
            String origin = add(server.images(), 1, manifest -> manifest.put("name", "base"));
            String built = add(
                    server.images(), 2, manifest -> manifest.put("name", "web").put("origin", origin));
            server.rescan();
            String url = server.uri("").toString();
            assertThat(run(0, "bundle", "create", built, origin, "--source", url, "-o", "b.tar"))
                    .contains("b.tar: 2 images");
            assertThat(run(0, "bundle", "import", "b.tar", "--allow-unsigned", "--dir", "inside"))
                    .contains("imported: 2");
            assertThat(run(0, "bundle", "create", built, "--source", url, "--since", "b.tar", "-o", "c.tar"))
                    .contains("nothing new");
            assertThat(directory).isDirectoryNotContaining("glob:**/.image-server-*");
        }
    }

    @Test
    void asksAServerAsTheConfigurationKnowsIt() throws Exception {
        Path place = Files.createDirectory(directory.resolve("server"));
        try (TestServer server = TestServer.start(place, "\"mode\": \"private\", \"listen\": [\"tls:127.0.0.1:0\"]")) {
            String uuid = add(server.images(), 1, manifest -> manifest.put("public", false));
            server.rescan();
            String url = "https://127.0.0.1:" + server.port();
            TestAccount reader = server.account("carrier", Role.ADMIN);
            Path certificate = place.resolve("images/.image-server/tls/certificate.pem");
            Files.writeString(
                    directory.resolve("known.json"), """
                    {"mode": "private", "sources": [{"url": "%s", "ca_file": "%s", "credentials": "%s:%s"}]}
                    """.formatted(url, certificate, reader.name(), reader.token()));
            Files.writeString(directory.resolve("stranger.json"), """
                    {"mode": "private", "serve_dir": "inside", "sources": [{"url": "%s", "ca_file": "%s"}]}
                    """.formatted(url, certificate));
            assertThat(run(1, "bundle", "create", "--all", "--source", url, "-o", "b.tar"))
                    .contains("no bundle was made", "PKIX");
            assertThat(run(2, "bundle", "create", uuid, "--source", url, "--config", "stranger.json", "-o", "b.tar"))
                    .contains("there is no image " + uuid);
            assertThat(run(2, "bundle", "create", "--all", "--source", url + "0", "--config", "known.json", "-o", "b"))
                    .contains("no source in the configuration has the url " + url + "0");
            assertThat(run(0, "bundle", "create", uuid, "--source", url, "--config", "known.json", "-o", "b.tar"))
                    .contains("b.tar: 1 images");
            assertThat(run(0, "bundle", "import", "b.tar", "--allow-unsigned", "--config", "stranger.json"))
                    .contains("imported: 1");
        }
    }
}
