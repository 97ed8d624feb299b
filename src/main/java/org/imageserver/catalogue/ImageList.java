package org.imageserver.catalogue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * A list of images rendered as ListImages answers it, plain and gzipped. The bytes are in direct memory, which sockets
 * take without a copy. Immutable.
 *
 * @param images in the order of the list
 * @param json a JSON array of their manifests; read only through a duplicate
 * @param gzip the same, gzipped; read only through a duplicate
 * @param etag entity tag of the list, unquoted
 */
public record ImageList(List<Image> images, ByteBuffer json, ByteBuffer gzip, String etag) {
    static ImageList of(List<Image> images) {
        byte[] json = render(images);
        return new ImageList(images, direct(json), direct(gzip(json)), Sha1.hex(json));
    }

    /** Joins rendered manifests to a JSON array. */
    static byte[] render(List<Image> images) {
        int length = 2 + Math.max(0, images.size() - 1);
        for (Image image : images) {
            length += image.json().length();
        }
        ByteBuffer json = ByteBuffer.allocate(length);
        json.put((byte) '[');
        for (int index = 0; index < images.size(); index++) {
            if (index > 0) {
                json.put((byte) ',');
            }
            json.put(images.get(index).json().bytes());
        }
        return json.put((byte) ']').array();
    }

    private static byte[] gzip(byte[] json) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(json.length / 8 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip().asReadOnlyBuffer();
    }
}
