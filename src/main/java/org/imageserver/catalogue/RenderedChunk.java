package org.imageserver.catalogue;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Manifests that follow each other in the list, rendered together. The bytes are in direct memory, which sockets take
 * without a copy. Immutable.
 */
final class RenderedChunk {
    /** The manifests, each after a comma. */
    private final ByteBuffer json;

    private final byte[] digest;
    private @Nullable GzipPiece gzip;

    RenderedChunk(List<Image> images) {
        this.json = DirectMemory.copyOf(render(images));
        this.digest = digest(images);
        int begin = 1;
        for (Image image : images) {
            image.json().moveTo(new Rendered.Place(json, begin));
            begin += image.json().length() + 1;
        }
    }

    /** Identifies the bytes. */
    byte[] digest() {
        return digest;
    }

    /** The manifests compressed, which is done when it is wanted for the first time. */
    synchronized GzipPiece gzip() {
        if (gzip == null) {
            byte[] elements = new byte[json.remaining() - 1];
            json.get(1, elements);
            gzip = new GzipPiece(elements);
        }
        return gzip;
    }

    private static byte[] render(List<Image> images) {
        int length = 0;
        for (Image image : images) {
            length += 1 + image.json().length();
        }
        ByteBuffer json = ByteBuffer.allocate(length);
        for (Image image : images) {
            json.put((byte) ',');
            image.json().writeTo(json);
        }
        return json.array();
    }

    private static byte[] digest(List<Image> images) {
        MessageDigest digest = Sha1.newDigest();
        images.forEach(image -> digest.update(image.json().digest()));
        return digest.digest();
    }
}
