package org.imageserver.http.web;

import org.imageserver.http.Reply;
import org.imageserver.http.Request;

/** The form that publishes an image: of a file, of a URL, or of another image server. */
final class PublishPage {
    private final Terms terms;

    PublishPage(Terms terms) {
        this.terms = terms;
    }

    Reply answer(Request request) {
        Visitor visitor = Visitor.of(request);
        Frame frame = Frame.of(request, Section.PUBLISH, "Publish an image")
                .withDescription("Publish an image for SmartOS: drop a file, or give a URL.");
        Frame whole = visitor.mayPublish() ? frame.withScripts("publish.js") : frame;
        FieldValues empty = FieldValues.ofNew(terms.isPrivate());
        return HtmlReply.of((output, nobody) ->
                JtepublishGenerated.render(output, nobody, whole, visitor, terms, empty, Frame.origin(request)));
    }
}
