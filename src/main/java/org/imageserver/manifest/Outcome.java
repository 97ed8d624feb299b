package org.imageserver.manifest;

import java.util.List;

/** What {@link ManifestRules} say to a request. */
public sealed interface Outcome {
    /** The request keeps to the rules; this is the manifest that it makes. */
    record Accepted(Manifest manifest) implements Outcome {}

    /**
     * The request breaks rules.
     *
     * @param fault which of IMGAPI's errors it is
     * @param message what the client is told
     * @param violations the {@code errors} of the answer, in the peer's order; empty when no field is at fault
     */
    record Refused(Fault fault, String message, List<Violation> violations) implements Outcome {
        public Refused {
            violations = List.copyOf(violations);
        }
    }

    /** The errors of IMGAPI's catalogue that the rules can give. */
    enum Fault {
        VALIDATION_FAILED,
        INVALID_PARAMETER
    }
}
