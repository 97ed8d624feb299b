package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.imageserver.RawConnection;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The urls that a dataset names: the client's word for this server, or what a trusted proxy says of it. */
class ForwardedTest {
    private static final String DATASET = "/datasets/" + TestImages.uuid(1);

    @TempDir
    private static Path directory;

    private static TestServer behindProxy;
    private static TestServer inTheOpen;

    @BeforeAll
    static void start() throws IOException {
        behindProxy = start("behind", "\"trusted_proxies\": [\"127.0.0.0/8\", \"10.1.2.3\"]");
        inTheOpen = start("open", "\"trusted_proxies\": [\"10.0.0.0/8\"]");
    }

    private static TestServer start(String name, String entries) throws IOException {
        TestServer server = TestServer.start(Files.createDirectories(directory.resolve(name)), entries);
        server.images().add(1);
        server.rescan();
        return server;
    }

    @AfterAll
    static void stop() {
        behindProxy.close();
        inTheOpen.close();
    }

    /** What comes before /datasets in the url, as the list and the single dataset both say it. */
    private static String base(RawConnection connection, String headers) throws IOException {
        try (connection) {
            String request = " HTTP/1.1\r\n" + headers.replace("^", "\r\n") + "\r\n\r\n";
            String one = connection.send("GET " + DATASET + request).read().text();
            String list = connection.send("GET /datasets" + request).read().text();
            assertThat(list).isEqualTo("[" + one + "]");
            String url = TestImages.json(one).at("/files/0/url").asText();
            assertThat(url).endsWith(DATASET + "/image.zfs.gz");
            return url.substring(0, url.indexOf(DATASET));
        }
    }

    private static String proxied(String headers) throws IOException {
        return base(RawConnection.tcp(behindProxy.port()), headers);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Host: a.example                                             | http://a.example
            Host: a.example^X-Forwarded-Host: b.example                 | http://b.example
            Host: a.example^X-Forwarded-Host: b.example:8443            | http://b.example:8443
            Host: a.example^X-Forwarded-Proto: https                    | https://a.example
            Host: a.example^X-Forwarded-Proto: HTTPS                    | https://a.example
            Host: a.example^X-Forwarded-Proto: javascript               | http://a.example
            Host: a.example^X-Forwarded-Host: b.example^X-Forwarded-Proto: https | https://b.example
            Host: a.example^X-Forwarded-Host: evil.example, b.example   | http://b.example
            Host: a.example^X-Forwarded-Host: evil.example^X-Forwarded-Host: b.example | http://b.example
            Host: a.example^X-Forwarded-Proto: http, https              | https://a.example
            Host: a.example^X-Forwarded-Host: <script>                  | http://a.example
            Host: a.example^X-Forwarded-Host: b.example/path            | http://a.example
            Host: a.example^X-Forwarded-Host: user@b.example            | http://a.example
            Host: a.example^X-Forwarded-Host: b.example:99999           | http://a.example
            Host: a.example^X-Forwarded-Host:                           | http://a.example
            Host: a.example^Forwarded: host=b.example;proto=https       | https://b.example
            Host: a.example^Forwarded: for=192.0.2.1; Proto=https; HOST="b.example:8443" | https://b.example:8443
            Host: a.example^Forwarded: host=evil.example, host=b.example | http://b.example
            Host: a.example^Forwarded: host=evil.example^Forwarded: host=b.example | http://b.example
            Host: a.example^Forwarded: for="evil, host=c.example", host=b.example | http://b.example
            Host: a.example^Forwarded: proto=http;host=evil.example^X-Forwarded-Proto: https^X-Forwarded-Host: b.example | https://b.example
            Host: a.example^Forwarded: for=192.0.2.1                    | http://a.example
            Host: a.example^Forwarded: nonsense                         | http://a.example
            Host: a.example^Forwarded: host="                           | http://a.example
            Host: [2001:db8::1]:8080                                    | http://[2001:db8::1]:8080
            Host: [::1]                                                 | http://[::1]
            Host: a^X-Forwarded-Host: [2001:db8::2]:81                  | http://[2001:db8::2]:81
            Host: under_score.example                                   | http://under_score.example
            """)
    void aTrustedProxyIsBelieved(String headers, String expected) throws IOException {
        assertThat(proxied(headers)).isEqualTo(expected);
        assertThat(base(RawConnection.unix(inTheOpen.socket()), headers))
                .as("who may connect to the unix socket is trusted")
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Host: a.example^X-Forwarded-Host: b.example^X-Forwarded-Proto: https | http://a.example
            Host: a.example^Forwarded: host=b.example;proto=https       | http://a.example
            Host: a.example:8080^X-Forwarded-For: 10.0.0.1              | http://a.example:8080
            """)
    void anybodyElseIsNot(String headers, String expected) throws IOException {
        assertThat(base(RawConnection.tcp(inTheOpen.port()), headers)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Host:
            Host: a b
            Host: a/b
            Host: "a"
            Host: <b>a</b>
            Host: a:b
            Host: a:123456
            Host: :80
            Host: [::1
            Host: ::1
            Host: user:password@a
            Host: a?b
            Host: %61
            X: y
            """)
    void aHostThatIsNoneIsTheAddressThatTheClientReached(String headers) throws IOException {
        String address = "http://127.0.0.1:" + inTheOpen.port();
        assertThat(base(RawConnection.tcp(inTheOpen.port()), headers)).isEqualTo(address);
        assertThat(base(RawConnection.unix(inTheOpen.socket()), headers)).matches("http://[A-Za-z0-9._-]+");
    }

    @Test
    void theConfigurationHasTheLastWordOnPrefixAndSuffix(@TempDir Path own) throws IOException {
        try (TestServer server = TestServer.start(own, "\"prefix\": \"https://\", \"suffix\": \":8443/mirror\"")) {
            server.images().add(1);
            server.rescan();
            assertThat(base(RawConnection.tcp(server.port()), "Host: a.example"))
                    .isEqualTo("https://a.example:8443/mirror");
            assertThat(base(RawConnection.unix(server.socket()), "Host: a.example^X-Forwarded-Proto: http"))
                    .isEqualTo("https://a.example:8443/mirror");
        }
    }

    /** The list is kept for a few hosts: none gets the one of another. */
    @Test
    void everyHostHasItsOwnList() throws IOException {
        for (int round = 0; round < 2; round++) {
            for (int number = 0; number < 10; number++) {
                assertThat(proxied("Host: h" + number + ".example")).isEqualTo("http://h" + number + ".example");
            }
        }
        behindProxy.images().add(1, manifest -> manifest.put("description", "changed"));
        behindProxy.rescan();
        try (RawConnection connection = RawConnection.tcp(behindProxy.port())) {
            String list = connection
                    .send("GET /datasets HTTP/1.1\r\nHost: h9.example\r\n\r\n")
                    .read()
                    .text();
            assertThat(list).contains("changed").contains("http://h9.example/");
        }
    }

    @Test
    void theFrontPageNamesTheSameAddress() throws IOException {
        try (RawConnection connection = RawConnection.tcp(behindProxy.port())) {
            String headers = "Accept: text/html^X-Forwarded-Host: images.example^X-Forwarded-Proto: https^";
            String page =
                    connection.get("/", headers.replace("^", "\r\n")).read().text();
            assertThat(page).contains("imgadm sources -a https://images.example<");
        }
    }
}
