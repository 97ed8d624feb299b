package org.imageserver.zfs;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;

/** Judges whole files: is this a ZFS send stream, complete and intact? */
public final class SendStream {
    private static final long MOST_MEMORY = 80L << 20;

    private static final int MOST_XZ_CHECKS = 64;

    /** The checks of xz files that run at once: together they must fit the heap. The others wait. */
    private static final Semaphore XZ_CHECKS =
            new Semaphore((int) Math.min(MOST_XZ_CHECKS, largestShare() / defaultMemory()), true);

    private SendStream() {}

    private static long largestShare() {
        return Runtime.getRuntime().maxMemory() / 3;
    }

    /**
     * The most memory that one check should take, in bytes, so that it fits this Java's heap: 80 MiB, enough for {@code
     * xz -9}, or a third of a smaller heap. Only xz ever asks for more than ten.
     */
    public static long defaultMemory() {
        return Math.min(MOST_MEMORY, largestShare());
    }

    /** As {@link #verify(InputStream, long)}, with {@link #defaultMemory()}. */
    public static Verdict verify(InputStream file) throws IOException {
        return verify(file, defaultMemory());
    }

    /**
     * Reads a file, compressed as it is, up to its end or to the first thing that is wrong.
     *
     * <p>Ends with an InterruptedIOException when the thread is interrupted. Does not close the file.
     *
     * @param memory the most that a decompressor may take, in bytes; a file that needs more is {@link
     *     Verdict.Unreadable}
     * @throws IOException only when the file cannot be read; what its bytes are never throws
     */
    public static Verdict verify(InputStream file, long memory) throws IOException {
        Source source = new Source(file);
        try {
            Compression compression = Compression.of(source.peek(Compression.MAGIC_BYTES));
            if (compression == Compression.NONE) {
                return intact(compression, source, source);
            }
            return compression == Compression.XZ
                    ? inTurn(source, compression, memory)
                    : inflated(source, compression, memory);
        } catch (VerdictException e) {
            return e.verdict();
        }
    }

    private static Verdict inTurn(Source source, Compression compression, long memory) throws IOException {
        try {
            XZ_CHECKS.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the check was interrupted");
        }
        try {
            return inflated(source, compression, memory);
        } finally {
            XZ_CHECKS.release();
        }
    }

    private static Verdict inflated(Source source, Compression compression, long memory) throws IOException {
        try (Inflated inflated = new Inflated(source, compression, memory)) {
            return intact(compression, source, new Source(inflated));
        }
    }

    private static Verdict intact(Compression compression, Source file, Source stream) throws IOException {
        Tally tally = StreamReader.read(stream, compression);
        return new Verdict.Intact(tally.facts(compression, file.position(), stream.position()));
    }
}
