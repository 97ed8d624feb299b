package org.imageserver.storage.objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.Checksums;

/** Changes and names as JSON: what lies in the store, for servers of later versions and for people who look. */
final class ChangeJson {
    /** Of the format. A server refuses what is newer than itself: it would misread the catalogue. */
    static final int VERSION = 1;

    static final JsonMapper JSON = new JsonMapper();

    private ChangeJson() {}

    static byte[] bytes(Change change) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("v", VERSION)
                .put("id", change.id())
                .put("by", change.by())
                .put("time", change.time().toString());
        ArrayNode puts = json.putArray("puts");
        change.puts().forEach(put -> puts.add(put(put)));
        ArrayNode deletes = json.putArray("deletes");
        change.deletes().forEach(key -> deletes.add(key.value()));
        ArrayNode collected = json.putArray("collected");
        change.collected().forEach(collected::add);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a change.
     *
     * @param name of its object, for the error
     * @throws IOException when it is none, or one of a newer format
     */
    static Change read(String name, byte[] bytes) throws IOException {
        try {
            JsonNode json = JSON.readTree(bytes);
            checkVersion(name, json.required("v").intValue());
            List<Change.Put> puts = new ArrayList<>();
            for (JsonNode put : json.required("puts")) {
                puts.add(put(put));
            }
            List<BlobKey> deletes = new ArrayList<>();
            json.required("deletes").forEach(key -> deletes.add(BlobKey.parse(key.textValue())));
            List<String> collected = new ArrayList<>();
            json.required("collected").forEach(object -> collected.add(object.textValue()));
            return new Change(
                    json.required("id").textValue(),
                    json.required("by").textValue(),
                    Instant.parse(json.required("time").textValue()),
                    List.copyOf(puts),
                    List.copyOf(deletes),
                    List.copyOf(collected));
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException | NullPointerException e) {
            throw new IOException(name + " in the object store is no change that this version can read: " + e, e);
        }
    }

    static void checkVersion(String name, int version) throws NewerFormatException {
        if (version > VERSION) {
            throw new NewerFormatException(name, version);
        }
    }

    static ObjectNode put(Change.Put put) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("key", put.key().value()).put("size", put.size());
        switch (put.content()) {
            case Content.Inline inline -> json.put("bytes", Base64.getEncoder().encodeToString(inline.bytes()));
            case Content.Stored stored -> {
                Checksums checksums = stored.checksums();
                json.put("object", stored.object())
                        .put("md5", checksums.md5())
                        .put("sha1", checksums.sha1())
                        .put("sha256", checksums.sha256());
            }
        }
        return json;
    }

    static Change.Put put(JsonNode json) {
        Content content = json.has("bytes")
                ? new Content.Inline(
                        Base64.getDecoder().decode(json.get("bytes").textValue()))
                : new Content.Stored(
                        json.required("object").textValue(),
                        new Checksums(
                                json.required("md5").textValue(),
                                json.required("sha1").textValue(),
                                json.required("sha256").textValue()));
        return new Change.Put(
                BlobKey.parse(json.required("key").textValue()),
                json.required("size").longValue(),
                content);
    }
}
