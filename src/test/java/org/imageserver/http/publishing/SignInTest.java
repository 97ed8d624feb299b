package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Optional;
import org.imageserver.Browser;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.imageserver.auth.SshKey;
import org.imageserver.auth.UsersEditor;
import org.imageserver.auth.UsersEditor.Grant;
import org.imageserver.auth.UsersException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** People sign in with a browser, and are who they are until they sign out or the account says otherwise. */
class SignInTest {
    private static final String CREATE = "/images";

    @TempDir
    private Path directory;

    private Publishing publishing;
    private TestServer server;
    private String secret = "";

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "\"trusted_proxies\": [\"127.0.0.1\"]");
        server = publishing.server();
        secret = publishing.alice().create("");
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    private Browser alice() {
        return Browser.of(server, publishing.alice().account());
    }

    private int statusOfSecret(Browser browser) {
        return browser.get("/images/" + secret).statusCode();
    }

    @Test
    void whoSignedInSeesAndChangesWhatIsHis() {
        Browser browser = new Browser(server);
        assertThat(statusOfSecret(browser)).isEqualTo(404);
        HttpResponse<String> answer = browser.signIn(publishing.alice().account());
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("location")).contains("/");
        assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
        HttpResponse<String> seen = browser.get("/images/" + secret);
        assertThat(seen.statusCode()).isEqualTo(200);
        assertThat(seen.headers().firstValue("cache-control"))
                .as("no cache may keep it for others")
                .contains("private");
        assertThat(browser.get("/sign-in").body()).contains("<strong>alice</strong>");
        HttpResponse<String> created = browser.write("POST", CREATE, BodyPublishers.ofString(Publishing.manifest("")));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        assertThat(TestServer.json(created).path("owner").asText())
                .isEqualTo(publishing.alice().account().uuid());
    }

    @Test
    void theCookieIsForNoScriptNoOtherSiteAndWhereThereIsHttpsForNothingElse() {
        String plain = setCookie(new Browser(server).signIn(publishing.alice().account()));
        assertThat(plain).contains("; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age=604800");
        assertThat(plain).doesNotContain("Secure", "Domain");
        HttpResponse<String> https =
                new Browser(server).signIn(publishing.alice().account(), "X-Forwarded-Proto", "https");
        assertThat(setCookie(https)).contains("; HttpOnly; SameSite=Strict; Secure");
    }

    private static String setCookie(HttpResponse<String> answer) {
        return answer.headers().firstValue("set-cookie").orElse("");
    }

    @Test
    void whoSignedOutIsNobodyAgain() {
        Browser browser = alice();
        assertThat(browser.submit("/sign-out", "").statusCode())
                .as("without proof")
                .isEqualTo(403);
        assertThat(browser.submit("/sign-out", "csrf=" + "x".repeat(43)).statusCode())
                .as("with a wrong one")
                .isEqualTo(403);
        assertThat(statusOfSecret(browser)).isEqualTo(200);
        HttpResponse<String> out = browser.submit("/sign-out", "csrf=" + browser.csrf());
        assertThat(out.statusCode()).isEqualTo(303);
        assertThat(setCookie(out)).startsWith("image-server-session=; ").contains("Max-Age=0");
        assertThat(statusOfSecret(browser)).isEqualTo(404);
        assertThat(new Browser(server).submit("/sign-out", "").statusCode())
                .as("who is not signed in has nothing to prove")
                .isEqualTo(303);
    }

    @Test
    void aCopyOfTheCookieIsOfNoUseAfterSigningOutNorAfterARestart() {
        Browser browser = new Browser(server);
        String copy = setCookie(browser.signIn(publishing.alice().account())).split(";", 2)[0];
        Browser elsewhere = alice();
        assertThat(statusOfSecret(copy)).isEqualTo(200);
        browser.submit("/sign-out", "csrf=" + browser.csrf());
        assertThat(statusOfSecret(copy)).isEqualTo(404);
        assertThat(server.send("POST", CREATE, BodyPublishers.ofString(Publishing.manifest("")), "Cookie", copy)
                        .statusCode())
                .isEqualTo(401);
        assertThat(statusOfSecret(elsewhere)).as("another session").isEqualTo(200);
        assertThat(statusOfSecret(alice())).as("a new one").isEqualTo(200);
        publishing.close();
        publishing = new Publishing(directory, "");
        server = publishing.server();
        assertThat(statusOfSecret(copy)).as("after a restart").isEqualTo(404);
        assertThat(statusOfSecret(alice())).isEqualTo(200);
    }

    private int statusOfSecret(String cookie) {
        return server.get("/images/" + secret, "Cookie", cookie).statusCode();
    }

    @Test
    void aRevokedOrRotatedAccountIsOut() throws IOException, UsersException {
        TestAccount carol = server.account("carol", Role.ADMIN);
        Browser browser = Browser.of(server, carol);
        assertThat(statusOfSecret(browser)).isEqualTo(200);
        UsersEditor editor = new UsersEditor(server.usersFile(), InstantSource.system());
        Grant unchanged = new Grant(Optional.empty(), Optional.empty(), Optional.empty());
        String token = editor.rotate("carol", unchanged).token();
        await().untilAsserted(() -> assertThat(statusOfSecret(browser)).isEqualTo(404));
        Browser again = Browser.of(server, new TestAccount("carol", carol.uuid(), token));
        assertThat(statusOfSecret(again)).isEqualTo(200);
        String csrf = again.csrf();
        editor.revoke("carol");
        await().untilAsserted(() -> assertThat(statusOfSecret(again)).isEqualTo(404));
        HttpResponse<String> write =
                again.send("POST", CREATE, BodyPublishers.ofString(Publishing.manifest("")), "X-CSRF-Token", csrf);
        assertThat(Publishing.told(write))
                .isEqualTo("401 UnauthorizedError: your session has ended; sign in again at /sign-in");
        assertThat(write.headers().firstValue("www-authenticate").orElse(""))
                .as("a browser must not ask for a password by itself")
                .doesNotContain("Basic");
    }

    @Test
    void aCookieThatWasChangedIsNone() {
        Browser browser = alice();
        String good = browser.cookie();
        String value = good.substring(good.indexOf('=') + 1);
        String[] parts = value.split(":", -1);
        for (String other : new String[] {
            value.substring(0, value.length() - 1) + (value.endsWith("A") ? "B" : "A"),
            "root" + value.substring(value.indexOf(':')),
            parts[0] + ":" + (Long.parseLong(parts[1]) + 1) + ":" + parts[2] + ":" + parts[3],
            parts[0] + ":" + parts[1] + ":other:" + parts[3],
            parts[0] + ":" + parts[1] + ":" + parts[2] + ":",
            "alice",
            "",
            "\"" + value + "\""
        }) {
            browser.setCookie("image-server-session=" + other);
            assertThat(statusOfSecret(browser)).as(other).isEqualTo(404);
        }
        browser.setCookie(good);
        assertThat(statusOfSecret(browser)).isEqualTo(200);
    }

    @Test
    void peopleStaySignedInOverARestartAndTheKeyIsForTheServerAlone() throws IOException {
        Path key = server.usersFile().resolveSibling("session.key");
        assertThat(key).as("nobody has signed in yet").doesNotExist();
        Browser browser = alice();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        publishing.close();
        publishing = new Publishing(directory, "");
        server = publishing.server();
        Browser later = new Browser(server);
        later.setCookie(browser.cookie());
        assertThat(statusOfSecret(later)).isEqualTo(200);
        publishing.close();
        Files.delete(key);
        publishing = new Publishing(directory, "");
        Browser withoutKey = new Browser(publishing.server());
        withoutKey.setCookie(browser.cookie());
        assertThat(statusOfSecret(withoutKey)).isEqualTo(404);
    }

    @Test
    void anAuthorizationHeaderWinsOverTheCookie() {
        Browser browser = alice();
        String bob = publishing.bob().account().basic();
        assertThat(browser.get("/images/" + secret, "Authorization", bob).statusCode())
                .isEqualTo(404);
        assertThat(browser.get("/images/" + secret, "Authorization", "Bearer wrong")
                        .statusCode())
                .isEqualTo(401);
        HttpResponse<String> written =
                browser.send("POST", CREATE, BodyPublishers.ofString(Publishing.manifest("")), "Authorization", bob);
        assertThat(TestServer.json(written).path("owner").asText())
                .as(written.body())
                .isEqualTo(publishing.bob().account().uuid());
    }

    @Test
    void aWrongTokenIsRefusedInWordsAndSlowedDown() {
        Browser browser = new Browser(server);
        TestAccount wrong =
                new TestAccount("\"><b>alice", "", publishing.bob().account().token());
        HttpResponse<String> answer = browser.signIn(wrong);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body())
                .contains("There is no such account with this token.", "b>alice\"")
                .doesNotContain(wrong.token(), "\"><b>");
        assertThat(browser.cookie()).isEmpty();
        int status = 403;
        for (int tries = 0; status == 403 && tries < 20; tries++) {
            status = browser.signIn(wrong).statusCode();
        }
        assertThat(status).isEqualTo(429);
        assertThat(browser.signIn(wrong).headers().firstValue("retry-after")).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "/i/x?y=z,/i/x?y=z",
        "/,/",
        "//evil.example/,/",
        "/\\evil.example/,/",
        "https://evil.example/,/",
        "javascript:alert(1),/",
        "x,/",
        "'/a\r\nSet-Cookie: a=b',/",
        "/\t/evil.example,/",
        "'',/"
    })
    void afterwardsItGoesToAPageOfOursAndNowhereElse(String next, String location) {
        TestAccount alice = publishing.alice().account();
        HttpResponse<String> answer = new Browser(server)
                .submit("/sign-in", "name=alice&token=" + alice.token() + "&next=" + Browser.encoded(next));
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("location")).contains(location);
        assertThat(answer.headers().map())
                .hasEntrySatisfying("set-cookie", cookies -> assertThat(cookies).hasSize(1));
        String page = new Browser(server)
                .get("/sign-in?next=" + Browser.encoded(next))
                .body();
        assertThat(page).contains("name=\"next\" value=\"" + location + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: null"})
    void aFormOfAnotherSiteSignsNobodyIn(String header) {
        String[] parts = header.split(": ");
        HttpResponse<String> answer =
                new Browser(server).signIn(publishing.alice().account(), parts);
        assertThat(Publishing.told(answer)).startsWith("403 InvalidCsrfToken: this request was made by a page of ");
        assertThat(setCookie(answer)).isEmpty();
    }

    @Test
    void theFormOfThisSiteMayBeBehindAProxy() {
        TestAccount alice = publishing.alice().account();
        String[] headers = {"X-Forwarded-Host", "images.example.com", "Origin", "https://Images.example.com:443"};
        assertThat(new Browser(server).signIn(alice, headers).statusCode()).isEqualTo(303);
        assertThat(new Browser(server)
                        .signIn(alice, "Origin", "http://127.0.0.1:" + server.port())
                        .statusCode())
                .isEqualTo(303);
        assertThat(new Browser(server)
                        .signIn(alice, "Origin", "http://127.0.0.1:" + (server.port() + 1))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void whatIsNoFormIsRefused() {
        Browser browser = new Browser(server);
        HttpResponse<String> json =
                browser.send("POST", "/sign-in", BodyPublishers.ofString("{}"), "Content-Type", "application/json");
        assertThat(Publishing.told(json)).startsWith("400 InvalidContent: expected a form");
        assertThat(browser.submit("/sign-in", "name=" + "x".repeat(70_000)).statusCode())
                .isEqualTo(413);
    }

    @Test
    void anSshKeySignsInOnce(@TempDir Path other) throws Exception {
        SshKey key = SshKey.ed25519();
        Path own = Files.createDirectories(other.resolve("images/.image-server"));
        Path keys = Files.createDirectories(own.resolve("keys")).resolve("carol.keys");
        Files.writeString(keys, key.line() + "\n");
        TestAccount carol = TestAccount.make(own.resolve("users.json"), "carol", Role.ADMIN);
        try (TestServer withKeys = TestServer.start(other)) {
            Browser browser = new Browser(withKeys);
            String challenge = browser.challenge();
            String form = "name=carol&next=/about&challenge=" + challenge + "&signature="
                    + Browser.encoded(key.sshSignature("image-server", challenge));
            HttpResponse<String> answer = browser.submit("/sign-in", form);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
            assertThat(answer.headers().firstValue("location")).contains("/about");
            assertThat(browser.get("/sign-in").body()).contains("<strong>carol</strong>");
            assertThat(new Browser(withKeys).submit("/sign-in", form).statusCode())
                    .as("the same again")
                    .isEqualTo(403);

            Files.delete(keys);
            HttpResponse<String> reload = withKeys.send("POST", "/authkeys/reload", "Authorization", carol.basic());
            assertThat(reload.statusCode()).as(reload.body()).isEqualTo(200);
            assertThat(browser.get("/sign-in").body())
                    .as("the key is gone, and its session with it")
                    .doesNotContain("id=\"signed-in\"");
        }
    }
}
