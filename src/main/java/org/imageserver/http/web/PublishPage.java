package org.imageserver.http.web;

import java.util.List;
import org.imageserver.catalogue.ConfiguredChannels;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;

/** The form that publishes an image: of a file, of a URL, or of another image server. */
final class PublishPage {
    private final Terms terms;
    private final ConfiguredChannels channels;

    PublishPage(Terms terms, ConfiguredChannels channels) {
        this.terms = terms;
        this.channels = channels;
    }

    Reply answer(Request request) {
        Visitor visitor = Visitor.of(request);
        Frame frame = Frame.of(request, Section.PUBLISH, "Publish an image")
                .withDescription("Publish an image for SmartOS: drop a file, or give a URL.");
        Frame whole = visitor.mayPublish() ? frame.withScripts("publish.js") : frame;
        List<ConfiguredChannels.Channel> open = channels.all().stream()
                .filter(channel -> channel.mayChange(request.principal()))
                .toList();
        FieldValues empty = FieldValues.ofNew(terms.isPrivate());
        return HtmlReply.of((output, nobody) ->
                JtepublishGenerated.render(output, nobody, whole, visitor, terms, empty, Frame.origin(request), open));
    }
}
