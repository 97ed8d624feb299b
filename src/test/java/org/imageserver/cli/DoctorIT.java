package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.imageserver.TestImages;
import org.imageserver.tls.CertificateFiles;
import org.imageserver.tls.SelfSigned;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor finds, and what it says to do. */
class DoctorIT {
    @TempDir
    private Path directory;

    private TestImages images;

    @BeforeEach
    void makeDirectory() throws Exception {
        images = new TestImages(Files.createDirectories(directory.resolve("images")));
    }

    private String doctor(int exitCode, String... arguments) throws Exception {
        String[] all = new String[arguments.length + 1];
        all[0] = "doctor";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try (Launched doctor = Launched.start(directory, all)) {
            int code = doctor.exitCode();
            assertThat(code).as(doctor.output()).isEqualTo(exitCode);
            return doctor.output();
        }
    }

    @Test
    void aHealthySite() throws Exception {
        images.add(1);
        Path config = Files.writeString(directory.resolve("c.json"), "{\"listen\": [\"127.0.0.1:0\"]}");
        assertThat(doctor(0, "--config", config.toString()))
                .contains("ok    c.json: serves on [127.0.0.1:0]".replace("c.json", config.toString()))
                .contains("images can be read and written", "ok    1 images can be served", "0 broken");
    }

    @Test
    void aSickSite() throws Exception {
        images.add(1);
        images.put(TestImages.uuid(2), "manifest.json", "{ by a tired person");
        Path users = Files.createDirectories(directory.resolve("images/.image-server"))
                .resolve("users.json");
        Files.writeString(users, "{}");
        Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-r--r--"));
        Files.writeString(directory.resolve("server.pem"), "nothing");
        Files.writeString(directory.resolve("server.key"), "nothing");
        Path config = Files.writeString(
                directory.resolve("c.json"),
                "{\"listen\": [\"tls:127.0.0.1:0\"], \"tls\": {\"certificate\": \"server.pem\", \"key\": \"server.key\"}}");
        assertThat(doctor(1, "--config", config.toString()))
                .contains("FAIL  " + TestImages.uuid(2) + "/manifest.json")
                .contains("FAIL  everyone on this machine can get at the accounts in " + users)
                .contains("-> chmod 600 " + users)
                .contains("server.pem holds no certificate");
        assertThat(doctor(1, "--config", "nowhere.json")).contains("FAIL  ", "nowhere.json", "-> mend it");
    }

    /** Each of these lets no server start, or nobody in. */
    @Test
    void filesThatNoServerCanUse() throws Exception {
        images.add(1);
        Path own = Files.createDirectories(directory.resolve("images/.image-server"));
        Files.writeString(own.resolve("users.json"), "{\"accounts\": [{\"name\": \"x\"}]}");
        Files.setPosixFilePermissions(own.resolve("users.json"), PosixFilePermissions.fromString("rw-------"));
        Files.writeString(Files.createDirectory(own.resolve("keys")).resolve("alice.keys"), "ssh-foo AAAA\n");
        CertificateFiles one = new CertificateFiles(directory.resolve("one.pem"), directory.resolve("one.key"));
        CertificateFiles two = new CertificateFiles(directory.resolve("two.pem"), directory.resolve("two.key"));
        SelfSigned.makeIfMissing(one, List.of("localhost"));
        SelfSigned.makeIfMissing(two, List.of("localhost"));
        Path config = Files.writeString(directory.resolve("c.json"), """
                {"listen": ["tls:127.0.0.1:0", "unix:nowhere/socket"], "signing_key": "nowhere.key",
                 "audit_log": "c.json/audit.log",
                 "tls": {"certificate": "one.pem", "key": "two.key"}}
                """);
        assertThat(doctor(1, "--config", config.toString()))
                .contains("FAIL  " + own.resolve("users.json") + ": account 1, \"uuid\"")
                .contains("warn  " + own.resolve("keys/alice.keys"))
                .contains("FAIL  the signing_key " + directory.resolve("nowhere.key")
                        + " cannot be used: there is no such file")
                .contains("warn  the audit log cannot be written to ")
                .contains("FAIL  no socket can be made in " + directory.resolve("nowhere"))
                .contains("FAIL  " + two.key() + " is not the key of the first certificate in " + one.certificate());
        Files.writeString(config, """
                {"listen": ["tls:127.0.0.1:0"],
                 "tls": {"certificate": "one.pem", "key": "one.key", "client_ca": "clients.pem"}}
                """);
        assertThat(doctor(1, "--config", config.toString()))
                .contains(
                        "there is no file " + directory.resolve("clients.pem") + "; \"client_ca\" in \"tls\" names it");
        Files.writeString(config, "{\"serve_dir\": \"one.pem\"}");
        assertThat(doctor(1, "--config", config.toString())).contains("one.pem is no directory");
    }

    /** As "imgadm sources -a" has it for one channel of a server. */
    @Test
    void aServerOfWhichOneChannelIsMeant() throws Exception {
        images.add(1);
        Path config = Files.writeString(directory.resolve("c.json"), """
                {"listen": ["127.0.0.1:0"], "trusted_proxies": ["127.0.0.9"], "channels": [
                  {"name": "dev", "description": "all", "default": true},
                  {"name": "release", "description": "tested"}]}
                """);
        try (Launched server = Launched.start(directory, "serve", "--config", config.toString())) {
            String address = "http://127.0.0.1:" + server.port();
            assertThat(doctor(0, address + "?channel=dev")).contains("ok    the list has 1 images");
            assertThat(doctor(0, address + "/?channel=release")).contains("ok    the list has 0 images");
            assertThat(server.output())
                    .as("what libraries do before a server logs is their own business")
                    .doesNotContain("DEBUG");
        }
    }

    @Test
    void aHealthyServerWithACertificateOfItsOwn() throws Exception {
        String origin = images.add(1);
        images.add(2, manifest -> manifest.put("origin", origin).put("published_at", "2021-01-01T00:00:00.000Z"));
        try (Launched server =
                Launched.start(directory, "serve", "--listen", "127.0.0.1:0", "--listen", "tls:127.0.0.1:0")) {
            String plain = doctor(0, "http://127.0.0.1:" + server.port() + "/");
            assertThat(plain)
                    .contains("answers in ", "the list has 2 images")
                    // What it says of its time has no fractions of a second.
                    .containsPattern("ok    its clock and ours are [0-9] s apart")
                    .contains("all origins are there", "old hosts get their list")
                    .contains("the file of " + TestImages.uuid(2) + " (image-00000002) begins and ends as it should")
                    .contains("it says of its images: ");
            String https = server.output()
                    .lines()
                    .filter(line -> line.startsWith("  https://"))
                    .findFirst()
                    .orElseThrow()
                    .strip();
            assertThat(doctor(0, https))
                    .contains("warn  the certificate of 127.0.0.1 is signed by itself alone: imgadm refuses it")
                    .contains("ok    it speaks TLS 1.2 with TLS_ECDHE_RSA_WITH_AES_")
                    .contains("warn  its certificate is not believed")
                    .contains("ok    the list has 2 images");
            assertThat(doctor(1, "https://127.0.0.1:" + server.port()))
                    .contains("FAIL  ", "speaks no TLS that can be used", "-> is it plain http there?");
        }
        assertThat(doctor(2, "images.example.com")).contains("is no URL of a server: expected http://HOST:PORT");
    }

    @Test
    void aServerWhoseFilesDoNotFit() throws Exception {
        images.add(1, manifest -> manifest.put("origin", TestImages.uuid(9)));
        try (Launched server = Launched.start(directory, "serve", "--listen", "127.0.0.1:0")) {
            assertThat(doctor(1, "http://127.0.0.1:" + server.port()))
                    .contains("FAIL  image " + TestImages.uuid(1) + " cannot be imported: its origin "
                            + TestImages.uuid(9) + " is not there");
        }
        assertThat(doctor(1, "http://127.0.0.1:1")).contains("FAIL  http://127.0.0.1:1 cannot be reached");
    }

    /** Another server of the protocol, in a bad state. */
    @Test
    void aServerOfSomebodyElse() throws Exception {
        ZonedDateTime wrong = ZonedDateTime.now(ZoneOffset.UTC).minusHours(2);
        Map<String, String> answers = Map.of(
                "/ping",
                "{\"ping\": \"pong\", \"imgapi\": true}",
                "/images",
                "[" + TestImages.manifest(TestImages.uuid(1), new byte[100]) + "]",
                "/images/" + TestImages.uuid(1) + "/file",
                "short");
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        other.createContext("/", exchange -> {
            String answer = answers.get(exchange.getRequestURI().getPath());
            byte[] body = (answer == null ? "no" : answer).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(wrong));
            exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        other.start();
        try {
            assertThat(doctor(1, "http://127.0.0.1:" + other.getAddress().getPort()))
                    .contains("ok    the list has 1 images")
                    .contains("the file of " + TestImages.uuid(1) + " (image-00000001): bytes=0-63 is answered by 200")
                    .contains("warn  old hosts get no list: /datasets is answered by 404");
        } finally {
            other.stop(0);
        }
    }
}
