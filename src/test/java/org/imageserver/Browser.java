package org.imageserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a browser does without being asked: it keeps a cookie, and sends it with every request. Not thread-safe. */
public final class Browser {
    private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([^\"]+)\"");
    private static final Pattern CHALLENGE = Pattern.compile("name=\"challenge\" value=\"([^\"]+)\"");

    private final TestServer server;
    private String cookie = "";

    /** A browser without a cookie. */
    public Browser(TestServer server) {
        this.server = server;
    }

    /** One that somebody has signed in with. */
    public static Browser of(TestServer server, TestAccount account) {
        Browser browser = new Browser(server);
        HttpResponse<String> answer = browser.signIn(account);
        if (answer.statusCode() != 303) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        }
        return browser;
    }

    /** Signs in with name and token. */
    public HttpResponse<String> signIn(TestAccount account, String... headers) {
        return submit("/sign-in", "name=" + encoded(account.name()) + "&token=" + encoded(account.token()), headers);
    }

    /** Sends a form, and keeps the cookie of the answer. */
    public HttpResponse<String> submit(String path, String form, String... headers) {
        List<String> all = new ArrayList<>(Arrays.asList(headers));
        all.addAll(List.of("Content-Type", "application/x-www-form-urlencoded"));
        HttpResponse<String> answer = send("POST", path, BodyPublishers.ofString(form), all.toArray(String[]::new));
        answer.headers().firstValue("set-cookie").ifPresent(set -> cookie = set.split(";", 2)[0]);
        return answer;
    }

    /** Reads. */
    public HttpResponse<String> get(String path, String... headers) {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    /** Sends whatever a page's script could, with the cookie alone. */
    public HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers) {
        List<String> all = new ArrayList<>(Arrays.asList(headers));
        if (!cookie.isEmpty()) {
            all.addAll(List.of("Cookie", "other=1; " + cookie));
        }
        return server.send(method, path, body, all.toArray(String[]::new));
    }

    /** The same as our own pages do it: with the token that they know. */
    public HttpResponse<String> write(String method, String path, BodyPublisher body, String... headers) {
        List<String> all = new ArrayList<>(Arrays.asList(headers));
        all.addAll(List.of("X-CSRF-Token", csrf()));
        return send(method, path, body, all.toArray(String[]::new));
    }

    /** What the pages of this session know. */
    public String csrf() {
        return found(CSRF);
    }

    /** A text to be signed. */
    public String challenge() {
        return found(CHALLENGE);
    }

    private String found(Pattern pattern) {
        String page = get("/sign-in").body();
        Matcher matcher = pattern.matcher(page);
        if (!matcher.find()) {
            throw new IllegalStateException(pattern + " is not in " + page);
        }
        return matcher.group(1);
    }

    /** The cookie, {@code NAME=VALUE}. */
    public String cookie() {
        return cookie;
    }

    /** Puts another cookie in its place. */
    public void setCookie(String other) {
        cookie = other;
    }

    /** Text as it stands in a form. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }
}
