package org.imageserver.catalogue;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What lists show to everyone who names no channel, as a JSON array, rendered in chunks: after a change, only the chunks are made anew in
 * which something changed. Immutable.
 */
public final class ImageList {
    /** Of no images. */
    static final ImageList EMPTY = new ImageList(List.of(), Chunks.none());

    private final JoinedImages images;
    private final int length;
    private final Chunks<RenderedChunk> chunks;
    private final String etag;
    private volatile @Nullable List<ByteBuffer> gzip;

    private ImageList(List<Image> listed, Chunks<RenderedChunk> chunks) {
        this.images = new JoinedImages(listed);
        this.length = images.length();
        this.chunks = chunks;
        MessageDigest digest = Sha1.newDigest();
        chunks.all().forEach(chunk -> digest.update(chunk.digest()));
        this.etag = HexFormat.of().formatHex(digest.digest());
    }

    /** The list of those that are listed among these images. */
    ImageList with(List<Image> sorted) {
        List<Image> listed = sorted.stream()
                .filter(image -> image.isListed() && image.channels().hasDefault())
                .toList();
        return new ImageList(listed, chunks.with(listed, RenderedChunk::new));
    }

    /** The array itself. An answer that is being sent holds this, and not the chunks of a list that has passed. */
    public JoinedImages json() {
        return images;
    }

    /** Bytes of the array. */
    public int length() {
        return length;
    }

    /** Whether {@link #gzip} is at hand; else it takes up to a fifth of a second at 10,000 images. */
    public boolean isGzipped() {
        return gzip != null;
    }

    /** The same array gzipped. The first time, those chunks are compressed that never were. */
    public List<ByteBuffer> gzip() {
        List<ByteBuffer> made = gzip;
        if (made == null) {
            made = GzipPiece.array(
                    chunks.all().stream().map(RenderedChunk::gzip).toList());
            gzip = made;
        }
        return made;
    }

    /** The number of images. */
    public int size() {
        return images.images().size();
    }

    /** Entity tag, unquoted: the same for the same bytes. */
    public String etag() {
        return etag;
    }
}
