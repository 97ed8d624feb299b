package org.imageserver.catalogue;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The manifests of some images as a JSON array, without a copy of them: a filtered list may be nearly as large as the
 * whole one, and many clients may ask for it at once. Immutable.
 *
 * @param images in the order of the list
 * @param hasChannels whether they say in which channels they are, where there are any
 */
public record JoinedImages(List<Image> images, boolean hasChannels) {
    private static final ByteBuffer OPEN = DirectMemory.copyOf(new byte[] {'['});
    private static final ByteBuffer CLOSE = DirectMemory.copyOf(new byte[] {']'});

    /** The manifests as they are rendered. */
    public JoinedImages(List<Image> images) {
        this(images, true);
    }

    /** Bytes of the array. */
    public int length() {
        int length = 2 + Math.max(0, images.size() - 1);
        for (Image image : images) {
            length += length(image);
        }
        return length;
    }

    private int length(Image image) {
        return image.json().length() - (hasChannels ? 0 : image.channels().length());
    }

    private void write(Image image, ByteBuffer json) {
        if (hasChannels) {
            image.json().writeTo(json);
        } else {
            // They are the last field.
            image.json().writeTo(json, length(image) - 1);
            json.put((byte) '}');
        }
    }

    /** Entity tag, unquoted: of the images' digests, since two lists of the same manifests are the same bytes. */
    public String etag() {
        MessageDigest digest = Sha1.newDigest();
        images.forEach(image -> digest.update(image.json().digest()));
        if (!hasChannels) {
            digest.update((byte) 1);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The bytes, for lists that are small. */
    public byte[] bytes() {
        ByteBuffer json = ByteBuffer.allocate(length()).put((byte) '[');
        for (int index = 0; index < images.size(); index++) {
            if (index > 0) {
                json.put((byte) ',');
            }
            write(images.get(index), json);
        }
        return json.put((byte) ']').array();
    }

    /**
     * The bytes in parts that are only to be read, looked up one after the other. Manifests that lie side by side in
     * the list are one part, which is not copied.
     */
    public Iterator<ByteBuffer> parts() {
        return new Parts();
    }

    private final class Parts implements Iterator<ByteBuffer> {
        private static final int BEFORE = -1;

        private int next = BEFORE;

        @Override
        public boolean hasNext() {
            return next <= images.size();
        }

        @Override
        public ByteBuffer next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            if (next == BEFORE || next == images.size()) {
                return next++ == BEFORE ? OPEN.duplicate() : CLOSE.duplicate();
            }
            int first = next++;
            Image image = images.get(first);
            Rendered manifest = image.json();
            Rendered.Place place = manifest.place();
            int comma = first == 0 ? 0 : 1;
            if (place.offset() == 0 || !hasChannels) {
                ByteBuffer alone = ByteBuffer.allocate(comma + length(image));
                if (comma > 0) {
                    alone.put((byte) ',');
                }
                write(image, alone);
                return alone.flip();
            }
            int end = place.offset() + manifest.length();
            while (next < images.size() && isAt(images.get(next).json(), place.buffer(), end + 1)) {
                end += 1 + images.get(next++).json().length();
            }
            int begin = place.offset() - comma;
            return place.buffer().slice(begin, end - begin);
        }

        @SuppressWarnings("ReferenceEquality")
        private static boolean isAt(Rendered manifest, ByteBuffer buffer, int offset) {
            Rendered.Place place = manifest.place();
            return place.buffer() == buffer && place.offset() == offset;
        }
    }
}
