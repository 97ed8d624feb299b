package org.imageserver.http.web;

import gg.jte.TemplateOutput;
import gg.jte.html.HtmlInterceptor;
import gg.jte.html.HtmlTemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.imageserver.catalogue.Sha1;
import org.imageserver.http.Body;
import org.imageserver.http.Reply;

/** Makes the answer that carries a page, with the headers that keep a browser from doing what no page asks for. */
final class HtmlReply {
    /** The media type of every page. */
    static final String TYPE = "text/html; charset=utf-8";

    /** Only what this server itself gives, and nothing inline: a script smuggled in by a manifest is powerless. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            POLICY,
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "same-origin",
            "Permissions-Policy",
            "camera=(), geolocation=(), microphone=()",
            // What a page shows depends on who asks, and must be asked for again: the tag makes that cheap.
            "Cache-Control",
            "private, no-cache");

    /** We look at no tag while it is written; the generated code wants somebody who could. */
    private static final HtmlInterceptor NOBODY = new HtmlInterceptor() {
        @Override
        public void onHtmlTagOpened(String name, Map<String, Object> attributes, TemplateOutput output) {}

        @Override
        public void onHtmlTagClosed(String name, TemplateOutput output) {}
    };

    private HtmlReply() {}

    /** A template with its values: {@code (output, nobody) -> JtedocsGenerated.render(output, nobody, ...)}. */
    @FunctionalInterface
    interface Page {
        /** Writes the page. */
        void render(HtmlTemplateOutput output, HtmlInterceptor nobody);
    }

    /** A page. */
    static Reply.Content of(Page page) {
        return of(200, page);
    }

    /**
     * A page with another status. Its tag is that of its bytes, so that whatever it shows (who is signed in, how often
     * something was downloaded) makes it another one.
     */
    static Reply.Content of(int status, Page page) {
        byte[] html = rendered(page);
        return new Reply.Content(status, TYPE, Body.of(html).compressedIfLarge(), Sha1.hex(html), HEADERS);
    }

    /** What a template writes, in UTF-8. */
    static byte[] rendered(Page page) {
        StringOutput output = new StringOutput();
        page.render(new OwaspHtmlTemplateOutput(output), NOBODY);
        return output.toString().getBytes(StandardCharsets.UTF_8);
    }
}
