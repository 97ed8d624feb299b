package org.imageserver.manifest;

import java.util.regex.Pattern;

/** The uuids of images and accounts: IMGAPI knows them in lower case only, and so does a directory's name. */
public final class Uuid {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private Uuid() {}

    /** Whether this text is one. */
    public static boolean isUuid(String text) {
        return FORM.matcher(text).matches();
    }
}
