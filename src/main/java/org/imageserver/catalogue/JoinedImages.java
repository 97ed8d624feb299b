package org.imageserver.catalogue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The manifests of some images as a JSON array, without a copy of them: a filtered list may be nearly as large as the
 * whole one, and many clients may ask for it at once. Immutable.
 *
 * @param images in the order of the list
 */
public record JoinedImages(List<Image> images) {
    /** Bytes of the array. */
    public int length() {
        int length = 2 + Math.max(0, images.size() - 1);
        for (Image image : images) {
            length += image.json().length();
        }
        return length;
    }

    /** Entity tag, unquoted: of the images' digests, since two lists of the same manifests are the same bytes. */
    public String etag() {
        MessageDigest digest = Sha1.newDigest();
        images.forEach(image -> digest.update(image.json().digest()));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The bytes, for lists that are small. */
    public byte[] bytes() {
        ByteBuffer json = ByteBuffer.allocate(length()).put((byte) '[');
        for (int index = 0; index < images.size(); index++) {
            if (index > 0) {
                json.put((byte) ',');
            }
            images.get(index).json().writeTo(json);
        }
        return json.put((byte) ']').array();
    }

    /** The bytes in pieces: what stands before each manifest and the manifest itself, and the end. */
    public Stream<byte[]> pieces() {
        Stream<byte[]> manifests = IntStream.range(0, images.size()).mapToObj(index -> {
            Rendered manifest = images.get(index).json();
            ByteBuffer piece = ByteBuffer.allocate(1 + manifest.length()).put((byte) (index == 0 ? '[' : ','));
            manifest.writeTo(piece);
            return piece.array();
        });
        return Stream.concat(manifests, Stream.of((images.isEmpty() ? "[]" : "]").getBytes(StandardCharsets.UTF_8)));
    }
}
