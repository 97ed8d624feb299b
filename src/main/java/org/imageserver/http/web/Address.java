package org.imageserver.http.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Paths and queries of this server's pages; whatever a manifest says is one segment or one value in them. */
final class Address {
    private Address() {}

    /** The page of an image. */
    static String ofImage(String uuid) {
        return "/i/" + uuid;
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
