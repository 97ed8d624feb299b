package org.imageserver.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes a hand-written version 2 object tidy and complete, in place, before {@link FieldChecks} looks at it. */
final class HandWritten {
    /** Any number of these fits a long. */
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

    private HandWritten() {}

    /** Brings values whose meaning is clear into the form in which they are served; leaves all others alone. */
    static void tidy(ObjectNode manifest) {
        numberFromDigits(manifest, "image_size");
        if (manifest.path("files").path(0) instanceof ObjectNode file) {
            numberFromDigits(file, "size");
            tidyFile(file);
        }
    }

    private static void tidyFile(ObjectNode file) {
        JsonNode sha1 = file.path("sha1");
        if (sha1.isTextual()) {
            file.put("sha1", sha1.textValue().toLowerCase(Locale.ROOT));
        }
        JsonNode guid = file.path("dataset_guid");
        if (guid.isIntegralNumber()) {
            file.put("dataset_guid", guid.bigIntegerValue().toString());
        }
        if (FieldChecks.isAbsent(file.path("compression"))) {
            String fileName = Optional.of(file.path("path").asText(""))
                    .filter(path -> !path.isEmpty())
                    .orElseGet(() -> file.path("url").asText("").split("[?#]", 2)[0]);
            file.put("compression", Compression.ofFileName(fileName).jsonName());
        }
    }

    /** A whole number in quotes loses them. */
    static void numberFromDigits(ObjectNode parent, String field) {
        String text = parent.path(field).isTextual() ? parent.path(field).textValue() : "";
        if (DIGITS.matcher(text).matches()) {
            parent.put(field, Long.parseLong(text));
        }
    }

    /**
     * Fills in what is absent. Without a file no image is active, whatever the manifest says; {@code disabled} follows
     * the state where the two disagree.
     */
    static void complete(ObjectNode manifest, Defaults defaults) throws InvalidManifestException {
        FieldChecks.allowBoolean(manifest, "disabled");
        boolean isDisabled = manifest.path("disabled").asBoolean(false);
        manifest.put("v", 2);
        putIfAbsent(manifest, "owner", manifest.textNode(defaults.owner()));
        putIfAbsent(manifest, "public", manifest.booleanNode(defaults.isPublic()));
        putIfAbsent(manifest, "state", manifest.textNode((isDisabled ? State.DISABLED : State.ACTIVE).jsonName()));

        Optional<State> said = State.named(manifest.path("state").asText(""));
        boolean hasFile = !manifest.path("files").isEmpty();
        if (said.isPresent()) {
            State state = said.get().isActivated() && !hasFile ? State.UNACTIVATED : said.get();
            manifest.put("state", state.jsonName());
            manifest.put("disabled", isDisabled(said.get(), isDisabled));
            if (state.isActivated()) {
                putIfAbsent(manifest, "published_at", manifest.textNode(defaults.publishedAt()));
            }
        }
    }

    private static boolean isDisabled(State state, boolean flag) {
        return switch (state) {
            case ACTIVE -> false;
            case DISABLED -> true;
            case UNACTIVATED, CREATING, FAILED -> flag;
        };
    }

    private static void putIfAbsent(ObjectNode manifest, String field, JsonNode value) {
        if (FieldChecks.isAbsent(manifest.path(field))) {
            manifest.set(field, value);
        }
    }
}
