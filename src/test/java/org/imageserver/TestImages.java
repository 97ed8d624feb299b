package org.imageserver;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Consumer;

/** A directory of images, filled by hand as an operator does it: files first, then manifests. */
public final class TestImages {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path directory;

    /** Works on this directory, which exists. */
    public TestImages(Path directory) {
        this.directory = directory;
    }

    /** The uuid of the n-th test image. */
    public static String uuid(int number) {
        return "%08x-0000-4000-8000-000000000000".formatted(number);
    }

    /** A complete manifest of version 2 whose file holds these bytes and is named {@code file}. */
    public static ObjectNode manifest(String uuid, byte[] file) {
        ObjectNode manifest = JsonNodeFactory.instance.objectNode();
        manifest.put("v", 2)
                .put("uuid", uuid)
                .put("owner", "00000000-0000-0000-0000-000000000000")
                .put("name", "image-" + uuid.substring(0, 8))
                .put("version", "1.0.0")
                .put("state", "active")
                .put("disabled", false)
                .put("public", true)
                .put("published_at", "2020-01-01T00:00:00.000Z")
                .put("type", "zone-dataset")
                .put("os", "smartos");
        manifest.putArray("files")
                .addObject()
                .put("sha1", sha1(file))
                .put("size", file.length)
                .put("compression", "gzip");
        return manifest;
    }

    /** Puts an image there: its file, then its manifest, which the caller may change before. */
    public String add(int number, Consumer<ObjectNode> change) {
        String uuid = uuid(number);
        byte[] file = ("bytes of " + uuid).getBytes(StandardCharsets.UTF_8);
        ObjectNode manifest = manifest(uuid, file);
        change.accept(manifest);
        put(uuid, "file", file);
        put(uuid, "manifest.json", manifest.toPrettyString());
        return uuid;
    }

    /** Puts a plain image there. */
    public String add(int number) {
        return add(number, manifest -> {});
    }

    /** Puts an image with these bytes there. */
    public String add(int number, byte[] file) {
        String uuid = uuid(number);
        put(uuid, "file", file);
        put(uuid, "manifest.json", manifest(uuid, file).toPrettyString());
        return uuid;
    }

    /** Puts a file with this content there, whole at once. */
    public Path put(String uuid, String name, byte[] content) {
        try {
            Path target = directory.resolve(uuid).resolve(name);
            Files.createDirectories(target.getParent());
            return Files.write(target, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts a text file there. */
    public Path put(String uuid, String name, String content) {
        return put(uuid, name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** The directory itself. */
    public Path directory() {
        return directory;
    }

    /** Reads JSON. */
    public static ObjectNode json(String text) {
        try {
            return (ObjectNode) JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The SHA-1 of some bytes in hex. */
    public static String sha1(byte[] bytes) {
        return HexFormat.of().formatHex(newSha1().digest(bytes));
    }

    static MessageDigest newSha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
