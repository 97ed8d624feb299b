package org.imageserver.http.imgapi;

import org.imageserver.catalogue.ConfiguredChannels;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Rendered;
import org.imageserver.http.Body;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;

/** The manifest of an image as a client is shown it: which channels it is in, version 1 of the API does not tell. */
final class ShownImage {
    private ShownImage() {}

    static Reply.Content of(Request request, Image image) {
        Rendered shown = json(request, image);
        Reply.Content content = Reply.json(Body.of(shown.bytes()), shown.etag());
        return image.channels().names().isEmpty() ? content : varied(content);
    }

    static Rendered json(Request request, Image image) {
        return ApiVersion.isTwo(request) ? image.json() : image.jsonWithoutChannels();
    }

    /** Says that the answer depends on the version, where there are channels. */
    static Reply varied(Reply reply, ConfiguredChannels channels) {
        return reply instanceof Reply.Content content && channels.areUsed() ? varied(content) : reply;
    }

    private static Reply.Content varied(Reply.Content content) {
        return content.with("Vary", "Accept-Version, Accept-Encoding");
    }
}
