package org.imageserver.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.imageserver.catalogue.ImageException.Reason;
import org.imageserver.catalogue.ImageException.Refused;
import org.imageserver.manifest.DiskManifest;
import org.imageserver.manifest.Manifest;
import org.imageserver.manifest.Outcome;
import org.imageserver.manifest.State;

/** How a manifest changes in the life of its image; pure functions. */
final class Lifecycle {
    private Lifecycle() {}

    static Manifest accepted(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Accepted accepted -> accepted.manifest();
            case Outcome.Refused refused ->
                throw new Refused(reason(refused.fault()), refused.message(), refused.violations());
        };
    }

    private static Reason reason(Outcome.Fault fault) {
        return switch (fault) {
            case VALIDATION_FAILED -> Reason.VALIDATION_FAILED;
            case INVALID_PARAMETER -> Reason.INVALID_PARAMETER;
        };
    }

    /** An imported image keeps its date. */
    static Manifest activated(Manifest manifest) {
        Manifest dated = manifest.publishedAt() != null
                ? manifest
                : manifest.with(
                        "published_at",
                        new TextNode(
                                Instant.now().truncatedTo(ChronoUnit.MILLIS).toString()));
        return dated.with("state", state(manifest.isDisabled() ? State.DISABLED : State.ACTIVE));
    }

    static Manifest disabled(Manifest manifest, boolean isDisabled) {
        Manifest changed = manifest.with("disabled", BooleanNode.valueOf(isDisabled));
        return manifest.state().isActivated()
                ? changed.with("state", state(isDisabled ? State.DISABLED : State.ACTIVE))
                : changed;
    }

    private static JsonNode state(State state) {
        return new TextNode(state.jsonName());
    }

    static DiskManifest with(DiskManifest current, Manifest manifest) {
        return new DiskManifest(manifest, null, current.path());
    }
}
