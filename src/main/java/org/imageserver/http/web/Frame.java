package org.imageserver.http.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Session;
import org.imageserver.http.Request;
import org.jspecify.annotations.Nullable;

/**
 * What the layout shows around a page's content. Made by {@link #of} and changed by the {@code with} methods.
 *
 * @param title of the window
 * @param description one sentence for search engines and previews of links
 * @param section where the page belongs in the navigation; null when it stands beside it
 * @param url the page's own address, for previews of links
 * @param account the name of who is signed in; empty for nobody
 * @param csrf what a form must send back; empty when nobody is signed in by cookie
 * @param json the request to the API that gives the same as JSON; empty when there is none
 * @param feed the address of the Atom feed
 * @param scripts the page's own modules among the static files
 */
record Frame(
        String title,
        String description,
        @Nullable Section section,
        String url,
        String account,
        String csrf,
        String json,
        String feed,
        List<String> scripts) {
    /** The frame of a page that answers this request. */
    static Frame of(Request request, @Nullable Section section, String title) {
        String account = request.principal() instanceof Principal.Account known ? known.name() : "";
        return new Frame(
                title,
                "SmartOS images for imgadm and vmadm.",
                section,
                origin(request) + request.target(),
                account,
                request.session().map(Session::csrf).orElse(""),
                "",
                "/feed.atom",
                List.of());
    }

    /** Scheme, host and port as the client reaches this server, {@code https://images.example.com}. */
    static String origin(Request request) {
        return request.client().scheme() + "://" + request.host();
    }

    /** Where to sign in, and to come back from to this page. */
    String signIn() {
        int path = url.indexOf('/', url.indexOf("//") + 2);
        // A request may name what is no path, "OPTIONS *" for one.
        String target = path < 0 ? "/" : url.substring(path);
        return target.startsWith("/sign-in")
                ? "/sign-in"
                : "/sign-in?next=" + URLEncoder.encode(target, StandardCharsets.UTF_8);
    }

    /** With a sentence of its own. */
    Frame withDescription(String sentence) {
        return new Frame(title, sentence, section, url, account, csrf, json, feed, scripts);
    }

    /** With the API's request that gives the same. */
    Frame withJson(String target) {
        return new Frame(title, description, section, url, account, csrf, target, feed, scripts);
    }

    /** With a feed of its own. */
    Frame withFeed(String target) {
        return new Frame(title, description, section, url, account, csrf, json, target, scripts);
    }

    /** With modules of its own, by their names among the static files. */
    Frame withScripts(String... names) {
        return new Frame(title, description, section, url, account, csrf, json, feed, List.of(names));
    }

    /** The address of a static file. */
    String file(String name) {
        return StaticFiles.address(name);
    }
}
