package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.imageserver.Browser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Another site cannot have a browser change anything in the name of whoever is signed in. */
class ForgedRequestsTest {
    @TempDir
    private Path directory;

    private Publishing publishing;
    private Browser alice;
    private String uuid = "";

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "");
        uuid = publishing.alice().publish(Publishing.FULL, "");
        alice = Browser.of(publishing.server(), publishing.alice().account());
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    private static BodyPublisher body() {
        return BodyPublishers.ofString("{}");
    }

    private void assertUnchanged() {
        assertThat(publishing.alice().get("/images?state=all").body()).contains(uuid, "\"state\":\"active\"");
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/images",
        "POST,/publish?name=n&version=1",
        "PUT,/publish?name=n&version=1",
        "POST,/images/%s?action=disable",
        "PUT,/images/%s/icon",
        "POST,/images/%s/acl",
        "DELETE,/images/%s/icon",
        "DELETE,/images/%s"
    })
    void theCookieAloneChangesNothing(String method, String target) {
        String path = target.formatted(uuid);
        assertThat(Publishing.told(alice.send(method, path, body())))
                .startsWith("403 InvalidCsrfToken: a change that a session is to make needs the header X-CSRF-Token");
        assertThat(Publishing.told(alice.send(method, path, body(), "X-CSRF-Token", "x".repeat(43))))
                .startsWith("403 InvalidCsrfToken: the CSRF token is of another session");
        assertThat(alice.send(method, path, body(), "X-CSRF-Token", "").statusCode())
                .isEqualTo(403);
        assertUnchanged();
    }

    @Test
    void theProofOfSomebodyElseIsNone() {
        Browser bob = Browser.of(publishing.server(), publishing.bob().account());
        HttpResponse<String> answer =
                alice.send("DELETE", "/images/" + uuid, BodyPublishers.noBody(), "X-CSRF-Token", bob.csrf());
        assertThat(Publishing.told(answer)).startsWith("403 InvalidCsrfToken: ");
        assertUnchanged();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: https://evil.example",
                "Origin: null",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site"
            })
    void evenWithTheProofAnotherSiteIsRefused(String header) {
        HttpResponse<String> answer =
                alice.write("DELETE", "/images/" + uuid, BodyPublishers.noBody(), header.split(": "));
        assertThat(Publishing.told(answer)).startsWith("403 InvalidCsrfToken: this request was made by a page of ");
        assertUnchanged();
    }

    @Test
    void ourOwnPagesMay() {
        HttpResponse<String> answer = alice.write(
                "DELETE",
                "/images/" + uuid,
                BodyPublishers.noBody(),
                "Origin",
                "http://127.0.0.1:" + publishing.server().port(),
                "Sec-Fetch-Site",
                "same-origin");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
    }

    @Test
    void aClientThatSaysWhoItIsNeedsNoProof() {
        HttpResponse<String> answer = publishing
                .alice()
                .send("DELETE", "/images/" + uuid, BodyPublishers.noBody(), "Origin", "https://elsewhere.example");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
    }

    @Test
    void readingNeedsNoProof() {
        assertThat(alice.get("/images/" + uuid, "Origin", "https://elsewhere.example")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void whoSendsNoCookieIsAnsweredAsEver() {
        HttpResponse<String> answer =
                publishing.server().send("POST", "/images", body(), "Origin", "https://elsewhere.example");
        assertThat(Publishing.told(answer))
                .isEqualTo("401 UnauthorizedError: Unauthorized (a credential is needed to change images)");
        assertThat(answer.headers().firstValue("www-authenticate").orElse("")).contains("Basic");
        assertThat(publishing.server().get("/images").headers().firstValue("cache-control"))
                .isEmpty();
    }
}
