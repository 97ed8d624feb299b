package org.imageserver.http.web;

import java.util.List;
import org.imageserver.catalogue.Image;

/** A fact by which the list is narrowed: a few values, of which an image has one or several. To add one: a line here, and in {@link #of}. */
enum Facet {
    OS("os", "System"),
    TYPE("type", "Type"),
    BRAND("brand", "Brand"),
    CHANNEL("channel", "Channel"),
    STATE("state", "State"),
    OWNER("owner", "Owner");

    private final String parameter;
    private final String label;

    Facet(String parameter, String label) {
        this.parameter = parameter;
        this.label = label;
    }

    /** Its name in the URL. */
    String parameter() {
        return parameter;
    }

    /** Its name for people. */
    String label() {
        return label;
    }

    /** An image's values; an empty one when the image does not say. */
    List<String> of(Image image) {
        return switch (this) {
            case OS -> List.of(image.os());
            case TYPE -> List.of(image.type());
            case BRAND -> List.of(image.brand());
            case CHANNEL -> image.channels().names();
            case STATE -> List.of(image.state().jsonName());
            case OWNER -> List.of(image.owner());
        };
    }
}
