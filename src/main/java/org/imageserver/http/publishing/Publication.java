package org.imageserver.http.publishing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.channels.ReadableByteChannel;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.imageserver.catalogue.FileUpload;
import org.imageserver.http.Query;

/**
 * What the query of a publication says.
 *
 * @param manifest the fields of the image
 * @param compression of the file, if it is said
 * @param sha1 that the file must have, if it is said
 * @param datasetGuid of the snapshot in it, if it is said
 */
record Publication(
        ObjectNode manifest, Optional<String> compression, Optional<String> sha1, Optional<String> datasetGuid) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Parameters that speak of the file or of the request. */
    private static final Set<String> NOT_OF_THE_MANIFEST =
            Set.of("compression", "sha1", "dataset_guid", "account", "storage", "channel");

    /** Fields that are text whatever they look like: a version of 2 is no number. */
    private static final Set<String> TEXTS = Set.of(
            "name",
            "version",
            "description",
            "homepage",
            "eula",
            "type",
            "os",
            "owner",
            "origin",
            "nic_driver",
            "disk_driver",
            "cpu_type");

    static Publication of(Query query) {
        return new Publication(
                manifest(query.asMap()), query.get("compression"), query.get("sha1"), query.nonEmpty("dataset_guid"));
    }

    /** The file with these bytes. */
    FileUpload file(ReadableByteChannel bytes, OptionalLong announced) {
        return new FileUpload(bytes, announced, compression, sha1, datasetGuid);
    }

    private static ObjectNode manifest(Map<String, String> parameters) {
        ObjectNode manifest = JsonNodeFactory.instance.objectNode();
        parameters.forEach((name, value) -> {
            if (!NOT_OF_THE_MANIFEST.contains(name)) {
                manifest.set(name, TEXTS.contains(name) ? new TextNode(value) : value(value));
            }
        });
        return manifest;
    }

    /** JSON if it is some, else text: {@code tags={"role":"db"}}, {@code public=true}, {@code image_size=10240}. */
    private static JsonNode value(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            return json.isMissingNode() ? new TextNode(text) : json;
        } catch (JsonProcessingException e) {
            return new TextNode(text);
        }
    }
}
