package org.imageserver.manifest;

import org.jspecify.annotations.Nullable;

/**
 * One entry of the {@code errors} array in an IMGAPI error answer: which field is wrong, and how.
 *
 * @param field the field's name, nested ones with dots ({@code requirements.min_ram})
 * @param code one of the constants below; clients compare these strings
 * @param message what to tell the person, or null where the peer gives none
 */
public record Violation(String field, String code, @Nullable String message) {
    public static final String MISSING_PARAMETER = "MissingParameter";
    public static final String INVALID = "Invalid";
    public static final String NOT_ALLOWED = "NotAllowed";
    public static final String MISSING = "Missing";

    static Violation missing(String field) {
        return new Violation(field, MISSING_PARAMETER, null);
    }

    static Violation invalid(String field, @Nullable String message) {
        return new Violation(field, INVALID, message);
    }

    static Violation notAllowed(String field, String message) {
        return new Violation(field, NOT_ALLOWED, message);
    }
}
