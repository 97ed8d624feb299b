package org.imageserver.manifest;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The violations of one request, in the order in which they are found. */
final class Findings {
    private final List<Violation> violations = new ArrayList<>();

    List<Violation> violations() {
        return List.copyOf(violations);
    }

    void add(Violation violation) {
        violations.add(violation);
    }

    /** Notes the field as invalid unless it is right, and says whether it is. */
    boolean require(boolean isRight, String field, @Nullable String message) {
        if (!isRight) {
            violations.add(Violation.invalid(field, message));
        }
        return isRight;
    }
}
