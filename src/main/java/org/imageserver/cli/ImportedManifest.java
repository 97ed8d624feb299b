package org.imageserver.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.imageserver.catalogue.FileUpload;
import org.jspecify.annotations.Nullable;

/** The manifest that an import asks for, and what it says of the file. Whether it is a good one others decide. */
final class ImportedManifest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final ObjectNode json;

    private ImportedManifest(ObjectNode json) {
        this.json = json;
    }

    /** Of the three words of the command line; the description may be empty. */
    static ImportedManifest of(String name, String version, String description) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", name).put("version", version);
        if (!description.isEmpty()) {
            json.put("description", description);
        }
        return new ImportedManifest(json);
    }

    /** As {@code imgadm create} wrote it beside the file. */
    static ImportedManifest read(Path file) throws CommandFailure {
        try {
            if (JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode json) {
                return new ImportedManifest(json);
            }
            throw wrong(file + ": a manifest is a JSON object");
        } catch (JsonProcessingException e) {
            throw wrong(file + " line " + e.getLocation().getLineNr() + ": broken JSON: " + e.getOriginalMessage());
        } catch (NoSuchFileException e) {
            throw wrong(file + ": no such file");
        } catch (IOException e) {
            throw wrong(file + " cannot be read: " + e);
        }
    }

    /** Puts fields in place of those that are there; a value that is no JSON is text. */
    ImportedManifest with(Map<String, String> fields, @Nullable String origin) {
        fields.forEach((field, value) -> json.set(field, value(value)));
        if (origin != null) {
            json.put("origin", origin);
        }
        return this;
    }

    private static JsonNode value(String text) {
        try {
            JsonNode value = JSON.readTree(text);
            return value.isMissingNode() ? new TextNode(text) : value;
        } catch (JsonProcessingException e) {
            return new TextNode(text);
        }
    }

    private static CommandFailure wrong(String message) {
        return new CommandFailure(CommandFailure.WRONG_USE, message);
    }

    ObjectNode json() {
        return json;
    }

    Optional<String> uuid() {
        return Optional.ofNullable(json.path("uuid").textValue());
    }

    /**
     * The bytes together with what the manifest says of them: other bytes will be refused.
     *
     * @throws CommandFailure when they have another size
     */
    FileUpload upload(CommandInput source) throws CommandFailure {
        JsonNode file = json.path("files").path(0);
        OptionalLong size = source.size();
        if (file.hasNonNull("size") && size.isPresent() && file.get("size").asLong() != size.getAsLong()) {
            throw new CommandFailure(
                    CommandFailure.FOUND_WRONG,
                    "the file has " + size.getAsLong() + " bytes, but the manifest says "
                            + file.get("size").asLong() + "; is it complete, and the right one?");
        }
        return new FileUpload(source, size, text(file, "compression"), text(file, "sha1"), text(file, "dataset_guid"));
    }

    private static Optional<String> text(JsonNode file, String field) {
        return file.hasNonNull(field) ? Optional.of(file.get(field).asText()) : Optional.empty();
    }
}
