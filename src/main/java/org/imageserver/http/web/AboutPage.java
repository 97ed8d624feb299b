package org.imageserver.http.web;

import org.imageserver.catalogue.ConfiguredChannels;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;

/** How a SmartOS host uses this server, with commands that name it. */
final class AboutPage {
    private final ConfiguredChannels channels;

    AboutPage(ConfiguredChannels channels) {
        this.channels = channels;
    }

    Reply answer(Request request) {
        Frame frame = Frame.of(request, Section.ABOUT, "About this image server")
                .withDescription("How to use this server with imgadm, old and new, and how to mirror it.");
        boolean isTls = request.client().scheme().equals("https");
        return HtmlReply.of((output, nobody) ->
                JteaboutGenerated.render(output, nobody, frame, Frame.origin(request), isTls, channels.all()));
    }
}
