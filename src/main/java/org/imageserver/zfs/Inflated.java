package org.imageserver.zfs;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.SingleXZInputStream;
import org.tukaani.xz.UnsupportedOptionsException;

/**
 * The inflated bytes of a compressed file of one or more members, one after the other. What goes wrong in any decoder
 * ends here and becomes a verdict that names the byte of the file.
 *
 * <p>Members are opened one at a time, instead of by the decoders' own modes for concatenated files, because only so is
 * garbage behind the last member always seen and its place always known. That makes zero padding behind xz, which the
 * format allows, an error too: padding means that a tool other than the sender wrote the file.
 */
final class Inflated extends BulkInputStream {
    private final Source source;
    private final Compression compression;
    private final long memory;
    private @Nullable InputStream member;
    private long inflated;

    /** @param memory the most that one decoder may take, in bytes */
    Inflated(Source source, Compression compression, long memory) {
        this.source = source;
        this.compression = compression;
        this.memory = memory;
    }

    @Override
    int readSome(byte[] bytes, int offset, int length) throws IOException {
        while (true) {
            if (member == null && !nextMember()) {
                return -1;
            }
            int count = readMember(bytes, offset, length);
            if (count > 0) {
                inflated += count;
                return count;
            }
            close();
        }
    }

    @Override
    public void close() throws IOException {
        if (member != null) {
            member.close();
            member = null;
        }
    }

    private boolean nextMember() throws IOException {
        byte[] first = source.peek(Compression.MAGIC_BYTES);
        if (first.length == 0) {
            return false;
        }
        if (!compression.startsHere(first)) {
            throw damaged("Something follows the %s data, from byte %d of the file on: %s. Cut the file there."
                    .formatted(compression.jsonName(), source.position(), FirstBytes.describe(source)));
        }
        source.forgetEnd();
        try {
            member = open();
            return true;
        } catch (IOException | RuntimeException e) {
            throw verdictOn(e);
        }
    }

    private InputStream open() throws IOException {
        return switch (compression) {
            case NONE -> throw new IllegalStateException("nothing to inflate");
            case GZIP -> new GzipMember(source);
            case BZIP2 -> new BZip2CompressorInputStream(source, false);
            case XZ -> new SingleXZInputStream(source, (int) Math.min(memory >> 10, Integer.MAX_VALUE));
            case ZSTD -> ZstdFrame.open(source);
        };
    }

    private int readMember(byte[] bytes, int offset, int length) throws IOException {
        if (member == null) {
            return -1;
        }
        try {
            return member.read(bytes, offset, length);
        } catch (IOException | RuntimeException e) {
            // Not only IOException: on damaged input the decoders also index beyond their tables.
            throw verdictOn(e);
        }
    }

    private IOException verdictOn(Exception e) {
        IOException failure = source.failure();
        if (failure != null) {
            return failure;
        }
        return switch (e) {
            case VerdictException verdict -> verdict;
            case MemoryLimitException limit -> tooMuchMemory(limit);
            case UnsupportedOptionsException unsupported -> VerdictException.unreadable("""
                    This xz file uses a filter or a check that cannot be read here: compress it again \
                    with plain xz.""");
            case EOFException end -> cutShort();
            default -> source.ranOut() ? cutShort() : broken(e);
        };
    }

    private VerdictException tooMuchMemory(MemoryLimitException limit) {
        int neededMebibytes = (limit.getMemoryNeeded() >> 10) + 1;
        return VerdictException.unreadable("""
                This xz file needs %d MiB of memory to inflate, more than the %d MiB allowed here: compress it again \
                with at most xz -6, or give the server more memory.""".formatted(neededMebibytes, memory >> 20));
    }

    private VerdictException cutShort() {
        return damaged("The %s file is cut short: it ends after %d bytes in the middle of its data. Copy it again."
                .formatted(compression.jsonName(), source.position()));
    }

    private VerdictException broken(Exception e) {
        String detail = e instanceof IOException && e.getMessage() != null ? " (" + e.getMessage() + ")" : "";
        return damaged("The %s file is damaged at or before its byte %d%s. Copy or make it again."
                .formatted(compression.jsonName(), source.position(), detail));
    }

    private VerdictException damaged(String reason) {
        return VerdictException.damaged(Fault.CONTAINER, inflated, reason);
    }
}
