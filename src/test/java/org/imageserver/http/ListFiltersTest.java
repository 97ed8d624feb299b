package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ListImages picks images by every parameter that it documents, and says which parameter it cannot use. */
class ListFiltersTest {
    private static final String OWNER = "639e90cd-71ec-c449-bc7a-2446651cce7c";
    private static final String EVERYTHING = "alpha bravo charlie alphabet same-date";

    @TempDir
    private static Path directory;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(directory);
        add(1, "alpha", """
                {"version": "1.0.1", "os": "smartos", "type": "zone-dataset", "billing_tags": ["promo", "small"],
                 "tags": {"role": "db", "cloud": "private"}, "published_at": "2020-01-01T00:00:00.000Z"}""");
        add(2, "bravo", """
                {"version": "1.0.2", "os": "linux", "type": "zvol", "tags": {"role": "db", "a b": "c d"},
                 "billing_tags": ["promo"], "published_at": "2020-01-02T00:00:00.000Z", "owner": "%s"}""".formatted(OWNER));
        add(3, "charlie", """
                {"version": "1.0.3", "os": "linux", "type": "lx-dataset", "tags": {"role": "web", "n": 3, "ok": true},
                 "published_at": "2020-01-03T00:00:00.000Z"}""");
        add(4, "alphabet", """
                {"version": "2.0.4", "os": "bsd", "type": "other", "tags": {"obj": {"a": 1}},
                 "published_at": "2020-01-04T00:00:00.000Z"}""");
        add(5, "same-date", """
                {"version": "1", "os": "smartos", "type": "zone-dataset",
                 "published_at": "2020-01-04T00:00:00Z"}""");
        add(6, "private", "{\"public\": false}");
        add(7, "disabled", "{\"state\": \"disabled\", \"disabled\": true}");
        add(8, "unactivated", "{\"state\": \"unactivated\"}");
        server.rescan();
        assertThat(server.server().catalogue().snapshot().problems()).isEmpty();
    }

    private static void add(int number, String name, String fields) {
        server.images().add(number, manifest -> manifest.put("name", name).setAll(TestImages.json(fields)));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<String> names(String text) {
        return text == null ? List.of() : Arrays.asList(text.split(" "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            ''                          | alpha bravo charlie alphabet same-date
            name=alpha                  | alpha
            name=~alpha                 | alpha alphabet
            name=~a                     | alpha bravo charlie alphabet same-date
            name=~                      | alpha bravo charlie alphabet same-date
            name=ALPHA                  | -
            name=~ALPHA                 | -
            name=                       | -
            name=al.*                   | -
            name=%61lpha                | alpha
            name=same%2Ddate            | same-date
            version=1.0.1               | alpha
            version=~1.0                | alpha bravo charlie
            version=~.                  | alpha bravo charlie alphabet
            os=linux                    | bravo charlie
            os=!linux                   | alpha alphabet same-date
            os=%21linux                 | alpha alphabet same-date
            os=zzz                      | -
            type=zvol                   | bravo
            type=!zvol                  | alpha charlie alphabet same-date
            type=!                      | alpha bravo charlie alphabet same-date
            type=~zone                  | -
            public=true                 | alpha bravo charlie alphabet same-date
            public=false                | -
            public=                     | alpha bravo charlie alphabet same-date
            name=alpha&os=linux         | -
            name=~alpha&os=bsd          | alphabet
            tag.role=db                 | alpha bravo
            tag.role=db&tag.cloud=private | alpha
            tag.n=3                     | charlie
            tag.n=3.0                   | -
            tag.ok=true                 | charlie
            tag.a%20b=c+d               | bravo
            tag.role=                   | -
            tag.nope=x                  | -
            tag.=x                      | -
            billing_tag=promo           | alpha bravo
            billing_tag=promo&billing_tag=small | alpha
            billing_tag=nope            | -
            billing_tag=prom            | -
            channel=dev                 | alpha bravo charlie alphabet same-date
            unknownparam=1              | alpha bravo charlie alphabet same-date
            inclAdminFields=false       | alpha bravo charlie alphabet same-date
            &&=&                        | alpha bravo charlie alphabet same-date
            """)
    void showsTheImagesThatMatch(String query, String expected) {
        assertThat(server.names("/images?" + query)).isEqualTo(names(expected));
    }

    @Test
    void findsByOwner() {
        assertThat(server.names("/images?owner=" + OWNER)).containsExactly("bravo");
        assertThat(server.names("/images?owner=garbage")).isEmpty();
        assertThat(server.names("/images?owner=" + OWNER.toUpperCase(java.util.Locale.ROOT)))
                .isEmpty();
    }

    /** An account sees what everyone sees; what it owns beyond that needs a credential. */
    @Test
    void showsAnAccountNothingThatIsNotPublic() {
        assertThat(server.names("/images?account=" + OWNER)).isEqualTo(names(EVERYTHING));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            active,      alpha bravo charlie alphabet same-date
            all,         alpha bravo charlie alphabet same-date
            '',          alpha bravo charlie alphabet same-date
            disabled,    -
            unactivated, -
            creating,    -
            failed,      -
            """)
    void showsActiveImagesOnlyWhateverStateIsAskedFor(String state, String expected) {
        assertThat(server.names("/images?state=" + state)).isEqualTo(names(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"name=alpha&name=bravo", "os=linux&os=bsd", "tag.role=db&tag.role=web"})
    void aRepeatedParameterMatchesNothing(String query) {
        assertThat(server.names("/images?" + query)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            public=garbage      | public  | invalid value for "public" param: "garbage" is not a boolean
            public=TRUE         | public  | invalid value for "public" param: "TRUE" is not a boolean
            public=true&public=true | public | invalid value for "public" param: "true,true" is not a boolean
            state=bogus         | state   | invalid state: "bogus"
            state=active&state=all | state | invalid state: "active,all"
            limit=abc           | limit   | invalid limit: "abc"
            limit=1&limit=2     | limit   | invalid limit: "1,2"
            limit=%00           | limit   | invalid limit: "\u0000"
            marker=garbage      | marker  | invalid value for "marker" param: "garbage" is not a UUID or date string
            marker=1577923200000 | marker | invalid value for "marker" param: "1577923200000" is not a UUID or date string
            marker=2020-13-01   | marker  | invalid value for "marker" param: "2020-13-01" is not a UUID or date string
            sort=name           | sort    | invalid 'sort': not a valid sorting attribute: 'name'
            sort=name.asc       | sort    | invalid 'sort': not a valid sorting attribute: 'name'
            sort=a&sort=b       | sort    | invalid 'sort': not a valid sorting attribute: 'a,b'
            inclAdminFields=x   | inclAdminFields | invalid value for "inclAdminFields" param: "x" is not a boolean
            """)
    void saysWhichParameterCannotBeUsed(String query, String field, String message) {
        HttpResponse<String> refusal = server.get("/images?" + query);
        assertThat(refusal.statusCode()).isEqualTo(422);
        assertThat(TestServer.json(refusal))
                .isEqualTo(TestImages.json("""
                {"code": "InvalidParameter", "errors": [{"field": "%s", "code": "Invalid"}]}
                """.formatted(field)).put("message", message));
    }

    @Test
    void adminFieldsNeedACredential() {
        HttpResponse<String> refusal = server.get("/images?inclAdminFields=true");
        assertThat(refusal.statusCode()).isEqualTo(401);
        assertThat(TestServer.json(refusal).path("code").asText()).isEqualTo("UnauthorizedError");
    }

    @Test
    void aMarkerThatIsNoImageIsNotFound() {
        HttpResponse<String> refusal = server.get("/images?marker=00000000-1111-2222-3333-444444444444");
        assertThat(refusal.statusCode()).isEqualTo(404);
        assertThat(TestServer.json(refusal).path("code").asText()).isEqualTo("ResourceNotFound");
    }

    @ParameterizedTest
    @ValueSource(strings = {"name=%", "name=%zz", "name=%f", "%=x"})
    void refusesABrokenPercentEscape(String query) throws Exception {
        try (var connection = org.imageserver.RawConnection.tcp(server.port())) {
            var answer = connection
                    .send("GET /images?" + query + " HTTP/1.1\r\nHost: x\r\n\r\n")
                    .read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(TestImages.json(answer.text()).path("code").asText()).isEqualTo("BadRequest");
        }
    }
}
