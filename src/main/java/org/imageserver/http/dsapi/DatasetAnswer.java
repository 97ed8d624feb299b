package org.imageserver.http.dsapi;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Sha1;

/**
 * The datasets that one client gets, as a JSON array. It is put together chunk by chunk while it is sent, so the whole
 * never exists. Immutable.
 */
final class DatasetAnswer {
    private final List<DatasetChunk> chunks;
    private final Predicate<Image> shown;
    private final byte[] base;

    /**
     * Chooses what to show.
     *
     * @param baseUrl what urls of files begin with, such as {@code http://host}
     */
    DatasetAnswer(List<DatasetChunk> chunks, Predicate<Image> shown, String baseUrl) {
        String quoted = TextNode.valueOf(baseUrl).toString();
        this.base = quoted.substring(1, quoted.length() - 1).getBytes(StandardCharsets.UTF_8);
        this.shown = shown;
        this.chunks = chunks.stream()
                .filter(chunk -> chunk.length(shown, base.length) > 0)
                .toList();
    }

    /** The chunks of which something is shown. */
    List<DatasetChunk> chunks() {
        return chunks;
    }

    /** The datasets of a chunk, with commas between them. */
    byte[] elements(DatasetChunk chunk) {
        ByteArrayOutputStream elements = new ByteArrayOutputStream();
        chunk.write(shown, base, elements);
        return elements.toByteArray();
    }

    /** The urls of all files begin with the same. */
    String base() {
        return new String(base, StandardCharsets.UTF_8);
    }

    /** Bytes of the array. */
    int length() {
        long length = 2L + Math.max(0, chunks.size() - 1);
        for (DatasetChunk chunk : chunks) {
            length += chunk.length(shown, base.length);
        }
        return Math.toIntExact(length);
    }

    /** Entity tag, unquoted: the same for the same bytes. */
    String etag() {
        MessageDigest digest = Sha1.newDigest();
        chunks.forEach(chunk -> chunk.addTo(digest, shown));
        digest.update(base);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The array in pieces, made one after the other. */
    Stream<byte[]> pieces() {
        Stream<byte[]> all = IntStream.range(0, chunks.size()).mapToObj(index -> {
            ByteArrayOutputStream piece = new ByteArrayOutputStream();
            piece.write(index == 0 ? '[' : ',');
            chunks.get(index).write(shown, base, piece);
            return piece.toByteArray();
        });
        return Stream.concat(all, Stream.of(utf8(chunks.isEmpty() ? "[]" : "]")));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
