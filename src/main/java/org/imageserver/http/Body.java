package org.imageserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an answer that are held in memory, as they are and perhaps gzipped. Immutable.
 *
 * <p>Large ones are kept in direct buffers of the JDK: the socket takes them without a copy, and they are freed with
 * the snapshot that they belong to.
 */
public final class Body {
    /** Below this, gzip saves no packet. */
    private static final int WORTH_COMPRESSING = 1024;

    /** Above this, compressing would hold up the event loop: whoever makes such a body compresses it elsewhere. */
    private static final int TOO_LARGE_FOR_EVENT_LOOP = 64 * 1024;

    private final ByteBuffer identity;
    private final @Nullable ByteBuffer gzip;

    private Body(ByteBuffer identity, @Nullable ByteBuffer gzip) {
        this.identity = identity;
        this.gzip = gzip;
    }

    /** Bytes that nobody changes afterwards. */
    public static Body of(byte[] bytes) {
        return new Body(ByteBuffer.wrap(bytes), null);
    }

    /** Text in UTF-8. */
    public static Body of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes with their gzipped form, made beforehand. */
    public static Body of(ByteBuffer identity, ByteBuffer gzip) {
        return new Body(identity, gzip);
    }

    /** The same bytes with a gzipped form, for bodies that are too large to be compressed on an event loop. */
    public Body compressed() {
        byte[] bytes = new byte[identity.remaining()];
        identity.duplicate().get(bytes);
        return new Body(identity, ByteBuffer.wrap(gzipped(bytes)));
    }

    /** Bytes in the identity encoding. */
    public int length() {
        return identity.remaining();
    }

    Buffer identity() {
        return wrapped(identity);
    }

    /** Whether there is a gzipped form, or one can be made now. */
    boolean hasGzip() {
        return gzip != null || (length() >= WORTH_COMPRESSING && length() <= TOO_LARGE_FOR_EVENT_LOOP);
    }

    /** The gzipped form; made now unless it is there. */
    Buffer gzip() {
        return gzip == null ? compressed().gzip() : wrapped(gzip);
    }

    /** Unreleasable, because the same memory serves many requests: the garbage collector frees it. */
    private static Buffer wrapped(ByteBuffer bytes) {
        ByteBuf shared = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(bytes.duplicate()));
        return BufferInternal.buffer(shared);
    }

    private static byte[] gzipped(byte[] bytes) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(bytes.length / 4 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }
}
