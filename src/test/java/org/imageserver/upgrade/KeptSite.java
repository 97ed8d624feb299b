package org.imageserver.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.imageserver.Policies;
import org.imageserver.TestAccount;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.Upkeep;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Trash;
import org.imageserver.config.Settings;
import org.imageserver.config.SettingsKey;
import org.imageserver.retention.Retention;
import org.imageserver.signing.SigningKey;
import org.imageserver.statistics.Statistics;
import org.imageserver.storage.LocalStorage;
import org.imageserver.tls.CertificateFiles;
import org.imageserver.tls.SelfSigned;

/** A site with something of everything that a server leaves on its disk, made through the doors that people use. */
final class KeptSite {
    /** More than a server keeps of an upload in memory. */
    private static final int SENT = 600_000;

    private static final String RAW = "&type=other&os=other&public=true";

    private final Path directory;
    private final int port;

    private KeptSite(Path directory) throws IOException {
        this.directory = directory;
        this.port = freePort();
    }

    /**
     * Makes it below an empty directory.
     *
     * @param scratch for its source, which is of no use afterwards
     * @return what to ask a server that opens it
     */
    static Answers make(Path directory, Path scratch) throws Exception {
        KeptSite site = new KeptSite(directory);
        site.configure();
        site.putImagesByHand();
        try (TestServer upstream = site.upstream(scratch)) {
            upstream.rescan();
            return site.fill();
        }
    }

    /** Below those that systems give out by themselves: nobody listens there when the site is opened again. */
    private static int freePort() throws IOException {
        Random random = new Random();
        for (int attempt = 0; attempt < 100; attempt++) {
            int port = random.nextInt(20_000, 30_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                assertThat(taken)
                        .as("the last of a hundred ports")
                        .satisfies(e -> assertThat(port).isPositive());
            }
        }
        throw new IOException("no port between 20000 and 30000 is free");
    }

    private static byte[] resource(String path) throws IOException {
        try (InputStream in = Objects.requireNonNull(KeptSite.class.getResourceAsStream(path), path)) {
            return in.readAllBytes();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Every key of the configuration, with a value that a server of the loopback can run with; but for an authority, which
     * cannot be beside files of a certificate, nor be asked by a server that is started to look at its images.
     */
    private void configure() throws IOException {
        String config = new String(resource("/upgrade/config.json"), StandardCharsets.UTF_8)
                .replace("PORT", Integer.toString(port));
        for (SettingsKey key : EnumSet.complementOf(EnumSet.of(SettingsKey.ACME))) {
            assertThat(config)
                    .as("src/test/resources/upgrade/config.json has every key")
                    .contains("\"" + key.key() + "\":");
        }
        Files.writeString(directory.resolve("config.json"), config);
        Files.writeString(
                directory.resolve("signing.key"), SigningKey.generate().pem());
        SelfSigned.makeIfMissing(
                new CertificateFiles(directory.resolve("server.pem"), directory.resolve("server.key")),
                List.of("localhost", "127.0.0.1"));
        Path keys = Files.createDirectories(directory.resolve("images/.image-server/keys"));
        Files.write(keys.resolve("alice.keys"), resource("/auth/alice.keys"));
    }

    /** As operators of the old server did it, and do it still. */
    private void putImagesByHand() throws IOException {
        TestImages images = new TestImages(directory.resolve("images"));
        byte[] file = bytes("the bytes of an image of 2014");
        images.put("9f7c2a4e-6f0e-11e3-9a5b-0be7a9c1d5e2", "web server-1.2.0.zfs.gz", file);
        images.put(
                "9f7c2a4e-6f0e-11e3-9a5b-0be7a9c1d5e2",
                "manifest.json",
                new String(resource("/manifests/import-image.json"), StandardCharsets.UTF_8)
                        .replace("da39a3ee5e6b4b0d3255bfef95601890afd80709", TestImages.sha1(file))
                        .replace("52428800", Integer.toString(file.length)));
        images.add(1, manifest -> {
            manifest.put("description", "Without a sha1, and with a field that nobody knows")
                    .put("shelf", 3);
            ((ObjectNode) manifest.at("/files/0")).remove("sha1");
        });
        images.add(2, manifest -> manifest.put("name", "damaged"));
        Files.writeString(directory.resolve("images/index.html"), "<title>Our images</title>");
    }

    private TestServer upstream(Path scratch) {
        TestServer upstream =
                TestServer.start(scratch, "\"listen\": [\"127.0.0.1:" + port + "\"], \"verify_streams\": \"off\"");
        upstream.images().add(101, manifest -> uncompressed(manifest).put("name", "offered"));
        upstream.images().add(102, manifest -> uncompressed(manifest).put("name", "brought"));
        return upstream;
    }

    private static ObjectNode uncompressed(ObjectNode manifest) {
        ((ObjectNode) manifest.at("/files/0")).put("compression", "none");
        return manifest;
    }

    private Answers fill() throws Exception {
        try (TestServer server = TestServer.open(directory)) {
            TestAccount boss = server.account("boss", Role.ADMIN);
            TestAccount alice = server.account("alice", Role.PUBLISHER);
            TestAccount carol = server.account("carol", Role.READER);
            publish(server, alice, carol);
            bring(server);
            damage(server);
            throwAway(server, alice);
            beginUpload(server, alice);
            await().untilAsserted(() -> assertThat(
                            server.get(server.watched("/metrics")).body())
                    .containsPattern("imageserver_webhook_events\\{[^}]*state=\"given_up\"} [5-9]"));
            return new Answers(Map.of("boss", boss.token(), "alice", alice.token(), "carol", carol.token()));
        }
    }

    private void publish(TestServer server, TestAccount alice, TestAccount carol) throws IOException {
        Client client = new Client(server, alice);
        String base = client.publish("name=base&version=1.0.0", resource("/zstream/valid/v23-clone-full.zfs.gz"));
        String built = client.publish(
                "name=built&version=1.0.0&origin=" + base, resource("/zstream/valid/v23-clone-incr.zfs.gz"));
        client.send("PUT", "/images/" + base + "/icon", resource("/upgrade/icon.png"), "Content-Type", "image/png");
        for (String uuid : new String[] {base, built}) {
            client.post("/images/" + uuid + "?action=channel-add", "{\"channel\": \"release\"}");
        }
        String disabled = client.publish("name=disabled&version=1" + RAW, bytes("xdisabled"));
        client.post("/images/" + disabled + "?action=disable", "");
        server.images()
                .add(
                        3,
                        manifest -> manifest.put("name", "private")
                                .put("public", false)
                                .put("owner", alice.uuid())
                                .putArray("acl")
                                .add(carol.uuid()));
        client.post("/images", "{\"name\": \"empty\", \"version\": \"1\", \"type\": \"other\", \"os\": \"other\"}");
        String unactivated = TestServer.json(client.post(
                        "/images",
                        "{\"name\": \"unactivated\", \"version\": \"1\", \"type\": \"other\", \"os\": \"other\"}"))
                .path("uuid")
                .asText();
        client.send("PUT", "/images/" + unactivated + "/file?compression=none", bytes("xunactivated"));
        for (String uuid : new String[] {base, base, built}) {
            server.getBytes("/images/" + uuid + "/file");
        }
    }

    /** What its source offers, one of which is asked for. */
    private static void bring(TestServer server) {
        String wanted = TestImages.uuid(102);
        await().untilAsserted(() -> assertThat(server.names("/images")).contains("offered"));
        await().untilAsserted(() -> {
            HttpResponse<String> file = server.get("/images/" + wanted + "/file");
            assertThat(file.statusCode()).as(file.body()).isEqualTo(200);
        });
        await().untilAsserted(() ->
                assertThat(server.server().catalogue().snapshot().own(wanted)).isPresent());
    }

    private void damage(TestServer server) throws Exception {
        Path file = directory.resolve("images/" + TestImages.uuid(2) + "/file");
        FileTime time = Files.getLastModifiedTime(file);
        byte[] bytes = Files.readAllBytes(file);
        bytes[0] ^= 1;
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, time);
        server.server().scrub().pass();
    }

    /** By the rule of the configuration. */
    private void throwAway(TestServer server, TestAccount alice) throws Exception {
        Client client = new Client(server, alice);
        client.publish("name=thrown-away&version=1" + RAW, bytes("xold"));
        client.publish("name=thrown-away&version=2" + RAW, bytes("xnew"));
        Settings settings = Settings.read(directory.resolve("config.json"), Settings.Overrides.NONE);
        LocalStorage storage = new LocalStorage(settings.serveDir());
        Trash trash = new Trash(storage, Policies.ofImages(settings));
        try (Statistics statistics = new Statistics(storage, InstantSource.system())) {
            new Retention(
                            settings,
                            server.server().catalogue(),
                            trash,
                            Upkeep.pulls(statistics),
                            InstantSource.system())
                    .runAndLog();
        }
        assertThat(trash.list()).hasSize(1);
    }

    /** It goes on in the server that opens this. */
    private static void beginUpload(TestServer server, TestAccount alice) {
        Client client = new Client(server, alice);
        HttpResponse<String> begun = client.send(
                "POST",
                "/uploads?name=unfinished&version=1" + RAW,
                new byte[0],
                "Tus-Resumable",
                "1.0.0",
                "Upload-Length",
                Integer.toString(2 * SENT));
        String upload = begun.headers().firstValue("location").orElseThrow();
        client.send(
                "PATCH",
                upload,
                new byte[SENT],
                "Tus-Resumable",
                "1.0.0",
                "Upload-Offset",
                "0",
                "Content-Type",
                "application/offset+octet-stream");
    }

    /** Somebody with a credential, all of whose wishes are granted. */
    private record Client(TestServer server, TestAccount account) {
        HttpResponse<String> send(String method, String target, byte[] body, String... headers) {
            String[] all = Arrays.copyOf(headers, headers.length + 2);
            all[headers.length] = "Authorization";
            all[headers.length + 1] = account.basic();
            BodyPublisher sent = body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
            HttpResponse<String> answer = server.send(method, target, sent, all);
            assertThat(answer.statusCode()).as(target + ": " + answer.body()).isBetween(200, 204);
            return answer;
        }

        HttpResponse<String> post(String target, String json) {
            return send("POST", target, bytes(json));
        }

        String publish(String query, byte[] file) {
            HttpResponse<String> answer = send("POST", "/publish?" + query, file);
            JsonNode image = TestServer.json(answer);
            return image.path("uuid").asText();
        }
    }
}
