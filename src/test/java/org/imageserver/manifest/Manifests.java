package org.imageserver.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Manifests for tests. JSON is written with single quotes, to be readable in Java. */
final class Manifests {
    static final String UUID = "01b2c898-945f-11e1-a523-af1afbe22822";
    static final String OWNER = "352971aa-31ba-496c-9ade-a379feaecd52";
    static final String SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    static final Defaults DEFAULTS =
            new Defaults("00000000-0000-0000-0000-000000000001", true, "2020-01-02T03:04:05.006Z");

    private Manifests() {}

    static byte[] json(String singleQuoted) {
        return singleQuoted.replace('\'', '"').getBytes(UTF_8);
    }

    static ObjectNode object(String singleQuoted) {
        try {
            return ManifestJson.parse(json(singleQuoted));
        } catch (InvalidManifestException e) {
            throw new AssertionError(e);
        }
    }

    /** A version 2 manifest with uuid, name, version, a file, and these fields more ("'a': 1, 'b': 2"). */
    static byte[] v2(String fields) {
        return json("{'v':2,'uuid':'" + UUID + "','name':'a','version':'1','files':[{'size':1}]"
                + (fields.isEmpty() ? "" : "," + fields) + "}");
    }

    /** A version 1 manifest with uuid, name, version, creator_uuid, and these fields more. */
    static byte[] v1(String fields) {
        return json("{'uuid':'" + UUID + "','name':'a','version':'1','creator_uuid':'" + OWNER + "'"
                + (fields.isEmpty() ? "" : "," + fields) + "}");
    }

    static Manifest read(byte[] bytes) {
        return readFromDisk(bytes).manifest();
    }

    static DiskManifest readFromDisk(byte[] bytes) {
        try {
            return DiskManifest.read(bytes, DEFAULTS);
        } catch (InvalidManifestException e) {
            throw new AssertionError(e);
        }
    }

    static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    static byte[] resource(String path) {
        try (InputStream in = Objects.requireNonNull(Manifests.class.getResourceAsStream(path), path)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
