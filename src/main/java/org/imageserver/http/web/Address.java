package org.imageserver.http.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.imageserver.catalogue.Image;

/** Paths and queries of this server's pages; whatever a manifest says is one segment or one value in them. */
final class Address {
    private Address() {}

    /** The page of an image. */
    static String ofImage(String uuid) {
        return "/i/" + uuid;
    }

    /**
     * The API's request for a part of an image, the empty one for its manifest. Who names no channel is shown the
     * default one alone, so an image elsewhere is asked for in a channel that it is in.
     */
    static String ofApi(Image image, String part) {
        return "/images/" + image.uuid() + part + channel(image, "?");
    }

    /** The channel in which an image must be looked for, as a query; empty where it is found without. */
    static String channel(Image image, String before) {
        return image.channels().hasDefault()
                ? ""
                : before + "channel=" + image.channels().names().getFirst();
    }

    /** The page of a name. */
    static String ofName(String name) {
        return "/n/" + encoded(name);
    }

    /** One value of a query, or one segment of a path: everything is escaped that means something in either. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
