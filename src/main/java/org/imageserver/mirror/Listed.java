package org.imageserver.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.imageserver.catalogue.Image;
import org.imageserver.manifest.State;
import org.imageserver.manifest.Uuid;

/**
 * An image in another server's list, as far as choosing needs it.
 *
 * @param isDisabled whether new machines may be made of it
 * @param size of its file in bytes
 */
public record Listed(
        String uuid,
        String name,
        String version,
        String os,
        String type,
        String owner,
        Instant published,
        boolean isDisabled,
        long size,
        Optional<String> origin) {
    /** An image that is here. */
    public static Listed of(Image image) {
        return new Listed(
                image.uuid(),
                image.name(),
                image.version(),
                image.os(),
                image.type(),
                image.owner(),
                image.published(),
                image.state() == State.DISABLED,
                image.file().map(Image.File::size).orElse(0L),
                image.origin());
    }

    /** Reads a manifest; empty for what is no activated image: it has no file yet. */
    static Optional<Listed> of(JsonNode manifest) {
        String uuid = manifest.path("uuid").asText();
        String state = manifest.path("state").asText("active");
        if (!Uuid.isUuid(uuid) || state.equals("unactivated") || state.equals("creating") || state.equals("failed")) {
            return Optional.empty();
        }
        return Optional.of(new Listed(
                uuid,
                manifest.path("name").asText(),
                manifest.path("version").asText(),
                manifest.path("os").asText(),
                manifest.path("type").asText(),
                manifest.path("owner").asText(),
                published(manifest),
                manifest.path("disabled").asBoolean() || state.equals("disabled"),
                manifest.at("/files/0/size").asLong(),
                Optional.ofNullable(manifest.path("origin").textValue()).filter(Uuid::isUuid)));
    }

    private static Instant published(JsonNode manifest) {
        try {
            return Instant.parse(manifest.path("published_at").asText());
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}
