package org.imageserver.http.web;

import org.imageserver.catalogue.Image;

/** A fact by which the list is narrowed: one of a few values for each image. To add one: a line here, and in {@link #of}. */
enum Facet {
    OS("os", "System"),
    TYPE("type", "Type"),
    BRAND("brand", "Brand"),
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

    /** An image's value; empty when the image does not say. */
    String of(Image image) {
        return switch (this) {
            case OS -> image.os();
            case TYPE -> image.type();
            case BRAND -> image.brand();
            case STATE -> image.state().jsonName();
            case OWNER -> image.owner();
        };
    }
}
