package org.imageserver.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.imageserver.config.Settings.LogLevel;
import org.imageserver.config.Settings.Mode;
import org.imageserver.config.Settings.Overrides;
import org.imageserver.config.Settings.Sendfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @TempDir
    private Path directory;

    @Test
    void takesAConfigurationOfTheOldServerUnchanged() throws Exception {
        Settings settings = read("""
                {
                	"comments": {
                		"listen_port": "port for node to listen on",
                		"loglevel": "use 'warn' to make the server quieter"
                	},
                	"listen_port": 80,
                	"prefix": "http://",
                	"suffix": "",
                	"loglevel": "warn",
                	"serve_dir": "/data/images",
                	"image-creator": "internal",
                	"image-creator-uuid": "352971aa-31ba-496c-9ade-a379feaecd52",
                	"image-vendor-uuid": ""
                }
                """);
        assertThat(settings.listen()).containsExactly(new ListenAddress.Tcp("0.0.0.0", 80));
        assertThat(settings.serveDir()).isEqualTo(Path.of("/data/images"));
        assertThat(settings.logLevel()).isEqualTo(LogLevel.WARN);
        assertThat(settings.prefix()).contains("http://");
        assertThat(settings.creator())
                .isEqualTo(new Settings.Creator(
                        "internal", "352971aa-31ba-496c-9ade-a379feaecd52", "352971aa-31ba-496c-9ade-a379feaecd52"));
    }

    @Test
    void takesTheChannelsOfThePeersConfiguration() throws Exception {
        assertThat(read("""
                {"channels": [
                  {"name": "dev", "description": "builds", "default": true},
                  {"name": "release", "description": "bits", "publishers": ["alice"]}]}
                """).channels())
                .containsExactly(
                        new Settings.Channel("dev", "builds", true, Set.of()),
                        new Settings.Channel("release", "bits", false, Set.of("alice")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"name\": \"dev\", \"description\": \"d\"};exactly one channel must have",
                "{\"name\": \"Dev\", \"description\": \"d\", \"default\": true};must be a lower-case letter",
                "{\"name\": \"dev\", \"default\": true};channel \"dev\" has no \"description\"",
                "{\"name\": \"dev\", \"description\": \"d\", \"default\": 1};must be true or false",
                "{\"name\": \"dev\", \"description\": \"d\", \"default\": true, \"publishers\": []};at least one account",
                "{\"name\": \"dev\", \"description\": \"d\", \"defualt\": true};unknown key \"defualt\""
            })
    void saysWhatIsWrongWithAChannel(String channel, String problem) {
        assertThatThrownBy(() -> read("{\"channels\": [" + channel + "]}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("\"channels\"")
                .hasMessageContaining(problem);
    }

    @Test
    void aPathAsListenPortIsAUnixSocketBesideTheFile() throws Exception {
        assertThat(read("{\"listen_port\": \"run/images.sock\"}").listen())
                .containsExactly(new ListenAddress.Unix(directory.resolve("run/images.sock")));
    }

    @Test
    void hasADefaultForEverything() throws Exception {
        Settings settings = Settings.read(null, Overrides.NONE);
        assertThat(settings.listen()).containsExactly(new ListenAddress.Tcp("127.0.0.1", 8080));
        assertThat(settings.serveDir()).isEqualTo(Path.of("images").toAbsolutePath());
        assertThat(settings.mode()).isEqualTo(Mode.PUBLIC);
        assertThat(settings.rescan()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.prefix()).isEmpty();
        assertThat(settings.suffix()).isEmpty();
        assertThat(settings.logLevel()).isEqualTo(LogLevel.INFO);
        assertThat(settings.creator().uuid()).isEqualTo(Settings.NOBODY);
        assertThat(settings.trustedProxies()).isEmpty();
        assertThat(settings.sendfile()).isEqualTo(Sendfile.AUTO);
        assertThat(settings.socketMode()).isEqualTo(0666);
        assertThat(settings.idle()).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.grace()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.usersFile()).isEqualTo(settings.serveDir().resolve(".image-server/users.json"));
        assertThat(settings.keysDir()).isEqualTo(settings.serveDir().resolve(".image-server/keys"));
    }

    @Test
    void takesEveryKey() throws Exception {
        Settings settings = read("""
                {
                  // a comment
                  "listen": ["127.0.0.1:8080", "[::1]:8081", "*:80", "unix:/run/i.sock"],
                  "socket_mode": "0660",
                  "mode": "private",
                  "rescan_seconds": 0.5,
                  "trusted_proxies": ["10.0.0.0/8", "fd00::/8", "192.168.1.1"],
                  "sendfile": "off",
                  "idle_seconds": 5,
                  "users_file": "users.json",
                  "keys_dir": "/etc/keys",
                  "grace_seconds": 0, # and a comma after the last
                }
                """);
        assertThat(settings.listen())
                .containsExactly(
                        new ListenAddress.Tcp("127.0.0.1", 8080),
                        new ListenAddress.Tcp("::1", 8081),
                        new ListenAddress.Tcp("0.0.0.0", 80),
                        new ListenAddress.Unix(Path.of("/run/i.sock")));
        assertThat(settings.socketMode()).isEqualTo(0660);
        assertThat(settings.mode()).isEqualTo(Mode.PRIVATE);
        assertThat(settings.rescan()).isEqualTo(Duration.ofMillis(500));
        assertThat(settings.sendfile()).isEqualTo(Sendfile.OFF);
        assertThat(settings.idle()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.grace()).isZero();
        assertThat(settings.usersFile()).isEqualTo(directory.resolve("users.json"));
        assertThat(settings.keysDir()).isEqualTo(Path.of("/etc/keys"));
        assertThat(settings.trustedProxies()).hasSize(3);
        assertThat(settings.trustedProxies().getFirst().contains(new InetSocketAddress("10.1.2.3", 1)))
                .isTrue();
        assertThat(settings.trustedProxies().getFirst().contains(new InetSocketAddress("11.1.2.3", 1)))
                .isFalse();
        assertThat(settings.trustedProxies().get(1).contains(new InetSocketAddress("fd00::1", 1)))
                .isTrue();
    }

    /** Some editors put a mark before the text, and end lines otherwise. */
    @Test
    void takesAFileOfAnotherSystem() throws Exception {
        assertThat(read("\uFEFF{\r\n\"serve_dir\": \"größe\"\r\n}\r\n").serveDir())
                .isEqualTo(directory.resolve("größe"));
    }

    /** Else each look at the configuration says that a restart is needed. */
    @Test
    void isTheSameWhereNothingWasChanged() throws Exception {
        String everything = """
                {
                  "listen": ["127.0.0.1:8080", "tls:127.0.0.1:8443", "unix:/run/i.sock"],
                  "metrics_listen": ["127.0.0.1:9108"],
                  "tls": {"certificate": "c.pem", "key": "k.pem", "client_ca": "ca.pem"},
                  "trusted_proxies": ["10.0.0.0/8", "fd00::/8"],
                  "limits": {"requests_per_second": 5, "connections": 6, "bytes_per_second": 7},
                  "channels": [{"name": "dev", "description": "builds", "default": true}],
                  "sources": [{"url": "https://images.smartos.org", "policy": "mirror"}],
                  "retention": [{"name": "~base", "keep_newest": 3}],
                  "webhooks": [{"url": "https://builds.example.com/images", "secret": "0123456789abcdef"}],
                  "traces": {"endpoint": "http://127.0.0.1:4318"},
                  "storage": {"type": "directory"}
                }
                """;
        assertThat(read(everything).differences(read(everything))).isEmpty();
    }

    @Test
    void theCommandLineWinsOverTheFile() throws Exception {
        Path config = Files.writeString(directory.resolve("c.json"), "{\"listen_port\": 80, \"serve_dir\": \"a\"}");
        Overrides overrides =
                new Overrides(List.of(new ListenAddress.Tcp("127.0.0.1", 1)), Optional.of(Path.of("/elsewhere")));
        Settings settings = Settings.read(config, overrides);
        assertThat(settings.listen()).containsExactly(new ListenAddress.Tcp("127.0.0.1", 1));
        assertThat(settings.serveDir()).isEqualTo(Path.of("/elsewhere"));
        assertThat(settings.usersFile()).isEqualTo(Path.of("/elsewhere/.image-server/users.json"));
    }

    @Test
    void namesAnUnknownKeyItsLineAndWhatItMayHaveMeant() {
        assertRefused("{\n  \"serve_dri\": \"x\"\n}", "line 2: unknown key \"serve_dri\"; did you mean \"serve_dir\"?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"listen_port\": 70000 | \"listen_port\": expected a port number (1 to 65535) or the path",
                "\"listen_port\": 1.5 | found 1.5",
                "\"listen_port\": \"\" | \"listen_port\"",
                "\"listen\": \"127.0.0.1:80\" | \"listen\": expected a list of addresses",
                "\"listen\": [8080] | \"listen\"",
                "\"listen\": [\"localhost\"] | \"localhost\" is no address",
                "\"listen\": [\"::1:80\"] | ambiguous",
                "\"listen\": [\"x:99999\"] | no usable port",
                "\"listen\": [\"unix:\"] | names no path",
                "\"socket_mode\": \"rw\" | octal",
                "\"serve_dir\": 5 | expected a path, found 5",
                "\"mode\": \"secret\" | expected \"public\" or \"private\", found \"secret\"",
                "\"rescan_seconds\": 0 | 0.1 to 86400, found 0",
                "\"rescan_seconds\": \"2\" | found \"2\"",
                "\"loglevel\": \"loud\" | trace, debug, info",
                "\"loglevel\": 35 | found 35",
                "\"image-creator-uuid\": \"ABC\" | lower-case UUID",
                "\"trusted_proxies\": [\"example.com\"] | no IP address",
                "\"trusted_proxies\": [\"10.0.0.0/33\"] | 0 to 32 bits",
                "\"sendfile\": true | \"auto\", \"on\" or \"off\"",
                "\"idle_seconds\": 1e9 | found",
                "\"suffix\": [] | expected a string",
                "\"users_file\": \"\" | expected a path",
                "\"keys_dir\": 1 | expected a path, found 1",
            })
    void namesTheKeyTheLineAndWhatWasExpected(String entry, String expected) {
        assertRefused("{\n\n  " + entry + "\n}", "line 3");
        assertRefused("{\n\n  " + entry + "\n}", expected);
    }

    private static String acme(String listen, String entries) {
        return "{\"listen\": [" + listen + "], \"acme\": {\"directory\": \"https://ca.example.com/dir\","
                + " \"accept_terms\": true, " + entries + "}}";
    }

    @Test
    void takesTheCertificateFromAnAuthority() throws Exception {
        Settings settings = read(acme(
                "\"*:80\", \"tls:*:443\"",
                "\"domains\": [\"Images.Example.com\"], \"email\": \"a@example.com\", \"ca_file\": \"ca.pem\""));
        Settings.Acme acme = settings.tls().acme().orElseThrow();
        assertThat(acme.domains()).containsExactly("images.example.com");
        assertThat(acme.challenge()).isEqualTo(Settings.Acme.Challenge.HTTP);
        assertThat(acme.caFile()).contains(directory.resolve("ca.pem"));
        assertThat(settings.tls().isOwn()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"*:80\", \"tls:*:443\" | \"domains\": [\"*.example.com\"] | for a wildcard, authorities want a record in the DNS",
                "\"*:80\", \"tls:*:443\" | \"domains\": [\"10.0.0.1\"] | is no host name",
                "\"*:80\", \"tls:*:443\" | \"domains\": [\"a_b.example.com\"] | is no host name",
                "\"*:80\", \"tls:*:443\" | \"domains\": [] | must be a list of 1 to 100 host names",
                "\"*:80\", \"tls:*:443\" | \"domains\": [\"a.example.com\"], \"accept_terms\": false | read the terms",
                "\"*:80\", \"tls:*:443\" | \"domains\": [\"a.example.com\"], \"challenge\": \"dns-01\" | \"challenge\" must be",
                "\"*:80\", \"tls:*:443\" | \"domains\": [\"a.example.com\"], \"email\": \"me\" | \"email\" must be",
                "\"*:80\", \"tls:*:443\" | \"domains\": [\"a.example.com\"], \"mail\": \"me\" | unknown key \"mail\"",
                "\"*:80\", \"tls:*:443\" | \"domains\": [\"a.example.com\"], \"directory\": \"http://ca\" | \"directory\" must be",
                "\"*:80\", \"tls:*:443\" | \"domains\": [\"a.example.com\"], \"external_account\": \"x\" | must have \"key_id\" and",
                "\"*:80\", \"tls:*:443\" | \"domains\": [\"a.example.com\"], \"external_account\": {\"key_id\": \"a\", \"mac_key\": \"!\"} | in base64url",
                "\"*:80\" | \"domains\": [\"a.example.com\"] | add \"tls:*:443\"",
                "\"tls:*:443\" | \"domains\": [\"a.example.com\"] | the authority asks on port 80 without TLS"
            })
    void saysWhatIsWrongWithAnAuthority(String listen, String entries, String problem) {
        assertRefused(acme(listen, entries), problem);
    }

    @Test
    void anAuthoritysCertificateNeedsNoFiles() {
        assertRefused(
                acme("\"*:80\", \"tls:*:443\"", "\"domains\": [\"a.example.com\"]")
                        .replaceFirst("\\{", "{\"tls\": {\"certificate\": \"a\", \"key\": \"b\"}, "),
                "beside \"acme\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{\"mode\": \"public\"} x", "{\"mode\": }", "{\"mode\": \"public\",, }"})
    void saysWhereTheJsonIsBroken(String text) {
        assertRefused(text, "c.json");
    }

    @Test
    void refusesAKeyThatStandsTwice() {
        assertRefused("{\"mode\": \"public\",\n\"mode\": \"private\"}", "line 2: \"mode\" stands here a second time");
    }

    @Test
    void saysThatAFileIsMissing() {
        assertThatThrownBy(() -> Settings.read(directory.resolve("nowhere.json"), Overrides.NONE))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("nowhere.json: no such file");
    }

    private Settings read(String text) throws ConfigException, IOException {
        return Settings.read(Files.writeString(directory.resolve("c.json"), text), Overrides.NONE);
    }

    @Test
    void saysAllThatIsWrongWithASourceAndNothingOfItsSecrets() {
        assertThatThrownBy(() -> read(
                        "{\"sources\": [{\"credentials\": \"a:hidden\", \"url\": \"ftp://hidden\", \"newest\": -1}]}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("line 1", "\"url\" must be the address", "\"newest\" must be a whole number")
                .hasMessageNotContaining("hidden");
    }

    @Test
    void theServersOwnSourcesStandInAFileOfSourcesAlone() throws Exception {
        Path own = Files.createDirectories(directory.resolve("images/.image-server"))
                .resolve("sources.json");
        Files.writeString(
                own, "{\"sources\": [{\"url\": \"http://a\"}, {\"url\": \"http://b\", \"ca_file\": \"ca.pem\"}]}");
        Settings settings = read("{\"sources\": [{\"url\": \"http://a/\", \"newest\": 2}]}");
        assertThat(settings.ownSources()).hasSize(2);
        assertThat(settings.allSources()).extracting(Settings.Source::url).containsExactly("http://a", "http://b");
        assertThat(settings.allSources().getFirst().newest()).isEqualTo(2);
        assertThat(settings.allSources().getLast().caFile()).contains(own.resolveSibling("ca.pem"));
        Files.writeString(own, "{\"listen\": []}");
        assertRefused("{}", "sources.json line 1: \"listen\" does not belong here");
    }

    private void assertRefused(String text, String message) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(ConfigException.class).hasMessageContaining(message);
    }
}
