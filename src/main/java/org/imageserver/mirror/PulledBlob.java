package org.imageserver.mirror;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.OpenFile;
import org.imageserver.storage.Arrival;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.StoredBlob;
import org.jspecify.annotations.Nullable;

/**
 * The file of an offered image. The first stream has it fetched; to look at what it is costs nothing. Thread-safe; each
 * stream belongs to one thread at a time.
 */
final class PulledBlob implements StoredBlob, Arrival {
    private final Image image;
    private final Pulls pulls;
    private @Nullable Pull pull;
    private @Nullable OpenFile published;
    private boolean isClosed;

    PulledBlob(Image image, Pulls pulls) {
        this.image = image;
        this.pulls = pulls;
    }

    @Override
    public BlobInfo info() {
        return image.file().orElseThrow().blob();
    }

    @Override
    public InputStream stream(long offset, long length) throws IOException {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("offset " + offset + ", length " + length);
        }
        long begin = Math.min(offset, info().size());
        long end = begin + Math.min(length, info().size() - begin);
        Optional<Pull> followed = follow();
        return followed.isPresent()
                ? new PulledStream(followed.get(), begin, end)
                : published().stream(begin, end - begin);
    }

    private synchronized Optional<Pull> follow() throws IOException {
        requireOpen();
        if (pull == null && published == null) {
            pull = pulls.join(image).orElse(null);
        }
        return Optional.ofNullable(pull);
    }

    /** The same bytes, when they are here already. */
    private synchronized OpenFile published() throws IOException {
        requireOpen();
        OpenFile known = published;
        if (known == null) {
            known = pulls.published(image);
            published = known;
        }
        return known;
    }

    private void requireOpen() throws IOException {
        if (isClosed) {
            throw new IOException("the file of " + image.uuid() + " is closed already");
        }
    }

    @Override
    public synchronized CompletionStage<Void> ready(long offset) {
        return pull == null ? CompletableFuture.completedFuture(null) : pull.ready(offset);
    }

    @Override
    public Optional<FileChannel> fileChannel() {
        return Optional.empty();
    }

    @Override
    public Optional<Arrival> arrival() {
        return Optional.of(this);
    }

    @Override
    public void begin() throws IOException {
        follow();
    }

    @Override
    public Optional<Arrival.Piece> at(long offset) {
        Pull followed;
        synchronized (this) {
            followed = isClosed ? null : pull;
        }
        return followed == null ? Optional.empty() : followed.arrived().filter(piece -> offset < piece.end());
    }

    @Override
    public synchronized void close() {
        if (!isClosed && pull != null) {
            pull.leave();
        }
        if (!isClosed && published != null) {
            published.close();
        }
        isClosed = true;
    }

    /** Waits where nobody asked {@link #ready} before. */
    private final class PulledStream extends InputStream {
        private final Pull from;
        private final long end;
        private long position;
        private @Nullable InputStream rest;

        PulledStream(Pull from, long begin, long end) {
            this.from = from;
            this.position = begin;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, to.length);
            if (length == 0 || position >= end) {
                return length == 0 ? 0 : -1;
            }
            int read = readSome(to, offset, (int) Math.min(length, end - position));
            position += Math.max(0, read);
            return read;
        }

        private int readSome(byte[] to, int offset, int length) throws IOException {
            if (rest == null) {
                await(from.ready(position));
                int read = from.read(ByteBuffer.wrap(to, offset, length), position);
                if (read > 0) {
                    return read;
                }
                rest = published().stream(position, end - position);
            }
            return rest.read(to, offset, length);
        }

        private static void await(CompletionStage<Void> moment) throws IOException {
            try {
                moment.toCompletableFuture().get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("the server stops");
            } catch (ExecutionException e) {
                throw new IllegalStateException("waiting for bytes never fails", e);
            }
        }
    }
}
