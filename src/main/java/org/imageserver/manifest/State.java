package org.imageserver.manifest;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where an image is in its life, as IMGAPI's {@code state} field names it. */
public enum State {
    ACTIVE,
    UNACTIVATED,
    DISABLED,
    CREATING,
    FAILED;

    /** The lower-case name that the JSON carries. */
    public String jsonName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** True once the image was activated: its file is final and it has a {@code published_at}. */
    public boolean isActivated() {
        return this == ACTIVE || this == DISABLED;
    }

    /** The state of that JSON name, or empty: names are compared exactly. */
    public static Optional<State> named(String jsonName) {
        return Arrays.stream(values())
                .filter(state -> state.jsonName().equals(jsonName))
                .findFirst();
    }
}
