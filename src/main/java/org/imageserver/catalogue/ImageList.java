package org.imageserver.catalogue;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What lists show to everyone as a JSON array, rendered in chunks: after a change, only the chunks are made anew in
 * which something changed. Immutable.
 */
public final class ImageList {
    private static final ByteBuffer OPEN = DirectMemory.copyOf(new byte[] {'['});
    private static final ByteBuffer CLOSE = DirectMemory.copyOf(new byte[] {']'});

    /** Of no images. */
    static final ImageList EMPTY = new ImageList(0, Chunks.none());

    private final int size;
    private final Chunks<RenderedChunk> chunks;
    private final List<ByteBuffer> json;
    private final String etag;
    private volatile @Nullable List<ByteBuffer> gzip;

    private ImageList(int size, Chunks<RenderedChunk> chunks) {
        this.size = size;
        this.chunks = chunks;
        this.json = parts(chunks.all());
        MessageDigest digest = Sha1.newDigest();
        chunks.all().forEach(chunk -> digest.update(chunk.digest()));
        this.etag = HexFormat.of().formatHex(digest.digest());
    }

    /** The list of those that are listed among these images. */
    ImageList with(List<Image> sorted) {
        List<Image> listed = sorted.stream().filter(Image::isListed).toList();
        return new ImageList(listed.size(), chunks.with(listed, RenderedChunk::new));
    }

    private static List<ByteBuffer> parts(List<RenderedChunk> chunks) {
        List<ByteBuffer> parts = new ArrayList<>(chunks.size() + 2);
        parts.add(OPEN);
        for (RenderedChunk chunk : chunks) {
            parts.add(parts.size() == 1 ? chunk.jsonOfFirst() : chunk.json());
        }
        parts.add(CLOSE);
        return List.copyOf(parts);
    }

    /** A JSON array of the manifests, in parts that are only to be read; most are in direct memory. */
    public List<ByteBuffer> json() {
        return json;
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
        return size;
    }

    /** Entity tag, unquoted: the same for the same bytes. */
    public String etag() {
        return etag;
    }
}
