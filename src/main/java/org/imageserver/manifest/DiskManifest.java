package org.imageserver.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A manifest as it lies beside its image's file: of either version, often written by hand. Reading is forgiving where
 * the meaning is clear (a size in quotes, a guid without) and strict in all that this server interprets.
 *
 * @param manifest what it says, as version 2
 * @param v1 the original when it was of version 1, else null: the Dataset API shows it unchanged
 * @param path the plain name of the image's file, or null when the manifest does not name it
 */
public record DiskManifest(
        Manifest manifest,
        @Nullable ObjectNode v1,
        @Nullable String path) {
    public DiskManifest {
        v1 = v1 == null ? null : v1.deepCopy();
        if (path != null && !isPlainFileName(path)) {
            throw new IllegalArgumentException("not a plain file name: " + path);
        }
    }

    /** A copy, the caller's to change. */
    @Override
    public @Nullable ObjectNode v1() {
        return v1 == null ? null : v1.deepCopy();
    }

    /**
     * The manifest that the bytes of a file hold.
     *
     * @throws InvalidManifestException if they hold none; it names the line or the field, what was found and what was
     *     expected
     */
    public static DiskManifest read(byte[] bytes, Defaults defaults) throws InvalidManifestException {
        ObjectNode source = ManifestJson.parse(bytes);
        boolean isV1 = isV1(source);
        ObjectNode v2 = isV1 ? ManifestV1.toV2(source) : source;
        @Nullable String path = path(v2);
        HandWritten.tidy(v2);
        HandWritten.complete(v2, defaults);
        return new DiskManifest(Manifest.owning(v2), isV1 ? source : null, path);
    }

    /** What to write to disk: version 2 with the file's name in it. Fields that only version 1 has are lost. */
    public byte[] toBytes() {
        ObjectNode json = manifest.toJson();
        if (path != null && json.path("files").path(0) instanceof ObjectNode file) {
            file.put("path", path);
        }
        return ManifestJson.toBytes(json);
    }

    private static boolean isV1(ObjectNode source) throws InvalidManifestException {
        JsonNode v = source.path("v");
        return switch (v.asText("")) {
            case "2" -> false;
            case "1" -> true;
            default -> {
                if (!FieldChecks.isAbsent(v)) {
                    throw InvalidManifestException.inField(
                            "v", "found " + FieldChecks.describe(v) + ", expected 1 or 2");
                }
                yield ManifestV1.looksLike(source);
            }
        };
    }

    private static @Nullable String path(ObjectNode v2) throws InvalidManifestException {
        JsonNode path = v2.path("files").path(0).path("path");
        if (FieldChecks.isAbsent(path)) {
            return null;
        }
        String name = Optional.ofNullable(path.textValue()).orElse("");
        if (!isPlainFileName(name)) {
            throw InvalidManifestException.inField(
                    "files[0].path",
                    "found " + FieldChecks.describe(path)
                            + ", expected the name of a file beside the manifest, without / or \\ or a leading dot");
        }
        return name;
    }

    /** True for names that can only mean a file in the image's own directory, and no hidden one. */
    private static boolean isPlainFileName(String name) {
        return !name.isEmpty()
                && !name.startsWith(".")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
    }
}
