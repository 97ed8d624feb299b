package org.imageserver.catalogue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
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
        return 2
                + Math.max(0, images.size() - 1)
                + images.stream().mapToInt(image -> image.json().length()).sum();
    }

    /** Entity tag, unquoted: of the images' tags, since two lists of the same manifests are the same bytes. */
    public String etag() {
        StringBuilder tags = new StringBuilder(images.size() * 40);
        images.forEach(image -> tags.append(image.json().etag()));
        return Sha1.hex(tags.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The bytes, read from the manifests as they are. */
    public InputStream stream() {
        Stream<InputStream> manifests = IntStream.range(0, images.size())
                .boxed()
                .flatMap(index -> Stream.of(
                        text(index == 0 ? "" : ","),
                        new ByteArrayInputStream(images.get(index).json().bytes())));
        Stream<InputStream> all = Stream.concat(Stream.concat(Stream.of(text("[")), manifests), Stream.of(text("]")));
        return new SequenceInputStream(Collections.enumeration(all.toList()));
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
