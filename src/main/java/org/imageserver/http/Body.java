package org.imageserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an answer that come from memory, as they are and perhaps gzipped. Immutable.
 *
 * <p>What is sent often is kept in direct buffers of the JDK: the socket takes them without a copy, and they are freed
 * when nobody holds them any more. What is large and rare is a stream that is read again for each answer, so that
 * a hundred slow clients do not hold a hundred copies.
 */
public final class Body {
    /** Below this, gzip saves no packet. */
    private static final int WORTH_COMPRESSING = 1024;

    /** Above this, compressing would hold up the event loop: whoever makes such a body compresses it elsewhere. */
    private static final int TOO_LARGE_FOR_EVENT_LOOP = 64 * 1024;

    private final int length;
    private final @Nullable ByteBuffer identity;
    private final @Nullable Supplier<Iterator<ByteBuffer>> parts;
    private final Supplier<InputStream> stream;
    private final @Nullable List<ByteBuffer> gzip;

    private Body(
            int length,
            @Nullable ByteBuffer identity,
            @Nullable Supplier<Iterator<ByteBuffer>> parts,
            Supplier<InputStream> stream,
            @Nullable List<ByteBuffer> gzip) {
        this.length = length;
        this.identity = identity;
        this.parts = parts;
        this.stream = stream;
        this.gzip = gzip;
    }

    /** Bytes that nobody changes afterwards. */
    public static Body of(byte[] bytes) {
        return new Body(bytes.length, ByteBuffer.wrap(bytes), null, () -> new ByteArrayInputStream(bytes), null);
    }

    /** Text in UTF-8. */
    public static Body of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Bytes in parts that are looked up one after the other and sent as they are: what is in direct memory is not
     * copied.
     *
     * @param gzip the same gzipped, in parts, if that is at hand
     */
    public static Body ofParts(int length, Supplier<Iterator<ByteBuffer>> parts, @Nullable List<ByteBuffer> gzip) {
        return new Body(length, null, parts, () -> new PieceStream(pieces(parts.get())), gzip);
    }

    private static Stream<byte[]> pieces(Iterator<ByteBuffer> parts) {
        return Stream.generate(() -> parts).takeWhile(Iterator::hasNext).map(left -> bytes(left.next()));
    }

    /**
     * Bytes of a known length in pieces that are made anew each time, one after the other.
     *
     * @param gzip the same gzipped, if that is at hand
     */
    public static Body streamed(int length, Supplier<Stream<byte[]>> pieces, @Nullable List<ByteBuffer> gzip) {
        return new Body(length, null, null, () -> new PieceStream(pieces.get()), gzip);
    }

    /** Bytes that are kept in their gzipped form only, and inflated for whoever wants them plain. */
    public static Body packed(int length, byte[] gzip) {
        return new Body(length, null, null, () -> inflated(gzip), List.of(ByteBuffer.wrap(gzip)));
    }

    private static InputStream inflated(byte[] gzip) {
        try {
            return new GZIPInputStream(new ByteArrayInputStream(gzip), 64 * 1024);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same bytes with a gzipped form, for bodies that are too large to be compressed on an event loop. */
    public Body compressed() {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(length / 8 + 64);
        try (InputStream plain = stream();
                GZIPOutputStream gzipping = new GZIPOutputStream(compressed)) {
            plain.transferTo(gzipping);
            gzipping.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Body(length, identity, parts, stream, List.of(ByteBuffer.wrap(compressed.toByteArray())));
    }

    /** The same, compressed now if it is too large for that to be left to an event loop. */
    public Body compressedIfLarge() {
        return length > TOO_LARGE_FOR_EVENT_LOOP ? compressed() : this;
    }

    private static byte[] bytes(ByteBuffer part) {
        byte[] bytes = new byte[part.remaining()];
        part.get(part.position(), bytes);
        return bytes;
    }

    /** Bytes in the identity encoding. */
    public int length() {
        return length;
    }

    /** Whether the plain bytes are there as a whole; else they are to be read from {@link #stream}. */
    boolean isWhole() {
        return identity != null;
    }

    Buffer identity() {
        if (identity == null) {
            throw new IllegalStateException("a streamed body is not there as a whole");
        }
        return wrapped(List.of(identity));
    }

    /** The plain bytes in parts, if they are in memory but not as a whole. */
    Optional<Iterator<ByteBuffer>> parts() {
        return Optional.ofNullable(parts).map(Supplier::get);
    }

    InputStream stream() {
        return stream.get();
    }

    /** Whether there is a gzipped form, or one can be made now. */
    boolean hasGzip() {
        return gzip != null || (isWhole() && length >= WORTH_COMPRESSING && length <= TOO_LARGE_FOR_EVENT_LOOP);
    }

    /** The gzipped form; made now unless it is there. */
    Buffer gzip() {
        return gzip == null ? compressed().gzip() : wrapped(gzip);
    }

    /** Unreleasable, because the same memory serves many requests: the garbage collector frees it. */
    static Buffer wrapped(List<ByteBuffer> parts) {
        ByteBuf shared;
        if (parts.size() == 1) {
            shared = Unpooled.wrappedBuffer(parts.getFirst().duplicate());
        } else {
            CompositeByteBuf composite = Unpooled.compositeBuffer(Integer.MAX_VALUE);
            parts.forEach(part -> composite.addComponent(true, Unpooled.wrappedBuffer(part)));
            shared = composite;
        }
        return BufferInternal.buffer(Unpooled.unreleasableBuffer(shared));
    }
}
