package org.imageserver.cli;

import java.util.Arrays;

/** Whether a person looks at an output, or types the input; the launcher knows and says so in a system property. */
final class Terminal {
    private static final String PROPERTY = "image-server.terminal";

    private Terminal() {}

    static boolean isIn() {
        return has("in");
    }

    static boolean isOut() {
        return has("out");
    }

    static boolean isErr() {
        return has("err");
    }

    /** What another server said, without what would move the cursor or change colours on a terminal. */
    static String safe(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}]", "?");
    }

    private static boolean has(String stream) {
        return Arrays.asList(System.getProperty(PROPERTY, "").split(",", -1)).contains(stream);
    }
}
