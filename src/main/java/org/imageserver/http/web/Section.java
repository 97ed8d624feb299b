package org.imageserver.http.web;

/** A line of the navigation, in its order. */
enum Section {
    IMAGES("Images", "/"),
    PUBLISH("Publish", "/publish"),
    STATUS("Status", "/status"),
    ABOUT("About", "/about"),
    DOCS("API", "/docs");

    private final String label;
    private final String path;

    Section(String label, String path) {
        this.label = label;
        this.path = path;
    }

    /** What people read. */
    String label() {
        return label;
    }

    /** Where it leads. */
    String path() {
        return path;
    }
}
