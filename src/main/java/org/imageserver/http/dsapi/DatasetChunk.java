package org.imageserver.http.dsapi;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Sha1;

/**
 * Some images rendered as datasets, but for the base of the urls, which names the host that a client uses. Kept
 * compressed, a tenth of the size. Immutable.
 */
final class DatasetChunk {
    /** Where there is no url, since there is no file. */
    private static final int NOWHERE = -1;

    private final List<Image> images;

    /** For each image, where its dataset ends, and where in it the base belongs. */
    private final int[] ends;

    private final int[] bases;
    private final byte[][] digests;
    private final byte[] deflated;

    /**
     * Renders images.
     *
     * @param render makes a dataset in which the base of the url is {@code marker}
     * @param marker a text that stands nowhere else
     */
    DatasetChunk(List<Image> images, Function<Image, String> render, String marker) {
        this.images = List.copyOf(images);
        this.ends = new int[images.size()];
        this.bases = new int[images.size()];
        this.digests = new byte[images.size()][];
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(images.size() * 1024);
        for (int index = 0; index < ends.length; index++) {
            String dataset = render.apply(images.get(index));
            int at = dataset.indexOf(marker);
            bytes.writeBytes(utf8(at < 0 ? dataset : dataset.substring(0, at)));
            bases[index] = at < 0 ? NOWHERE : bytes.size();
            bytes.writeBytes(utf8(at < 0 ? "" : dataset.substring(at + marker.length())));
            ends[index] = bytes.size();
            digests[index] = Sha1.newDigest().digest(utf8(dataset.replace(marker, "")));
        }
        this.deflated = deflate(bytes.toByteArray());
    }

    /** The number of bytes that {@link #write} writes. */
    long length(Predicate<Image> shown, int baseLength) {
        long length = -1;
        for (int index = 0; index < ends.length; index++) {
            if (shown.test(images.get(index))) {
                length += 1 + ends[index] - begin(index) + (bases[index] == NOWHERE ? 0 : baseLength);
            }
        }
        return Math.max(0, length);
    }

    /** Writes the datasets of the images that are shown, with commas between them. */
    void write(Predicate<Image> shown, byte[] base, ByteArrayOutputStream to) {
        byte[] bytes = inflate();
        boolean isFirst = true;
        for (int index = 0; index < ends.length; index++) {
            if (!shown.test(images.get(index))) {
                continue;
            }
            if (!isFirst) {
                to.write(',');
            }
            isFirst = false;
            int begin = begin(index);
            int middle = bases[index] == NOWHERE ? begin : bases[index];
            to.write(bytes, begin, middle - begin);
            to.write(base, 0, bases[index] == NOWHERE ? 0 : base.length);
            to.write(bytes, middle, ends[index] - middle);
        }
    }

    /** Adds what identifies the datasets that are shown, but for the base of their urls. */
    void addTo(MessageDigest digest, Predicate<Image> shown) {
        for (int index = 0; index < ends.length; index++) {
            if (shown.test(images.get(index))) {
                digest.update(digests[index]);
            }
        }
    }

    private int begin(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] deflate(byte[] bytes) {
        ByteArrayOutputStream deflated = new ByteArrayOutputStream(bytes.length / 8);
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(deflated)) {
            deflater.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot fail in memory", e);
        }
        return deflated.toByteArray();
    }

    private byte[] inflate() {
        try (InflaterInputStream inflater = new InflaterInputStream(new ByteArrayInputStream(deflated))) {
            return inflater.readNBytes(ends[ends.length - 1]);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot fail in memory", e);
        }
    }
}
