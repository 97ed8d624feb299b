package org.imageserver.catalogue;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.imageserver.storage.DamagedBlobException;
import org.imageserver.storage.StoredBlob;

/**
 * A file or an icon, opened before any status is sent: what it says of itself is true of the bytes that follow, even
 * if the file is replaced meanwhile. Thread-safe; whoever asked for it closes it.
 */
public final class OpenFile implements AutoCloseable {
    private final StoredBlob blob;
    private final String etag;
    private final Optional<String> md5;
    private final String contentType;
    private final Optional<String> imageUuid;
    private final Runnable whenDamaged;

    OpenFile(StoredBlob blob, String contentType, String etag, Optional<String> md5, Optional<String> imageUuid) {
        this(blob, contentType, etag, md5, imageUuid, () -> {});
    }

    /**
     * Makes an open file.
     *
     * @param whenDamaged is told when reading finds out that these are not the bytes that were stored
     */
    OpenFile(
            StoredBlob blob,
            String contentType,
            String etag,
            Optional<String> md5,
            Optional<String> imageUuid,
            Runnable whenDamaged) {
        this.blob = blob;
        this.contentType = contentType;
        this.etag = etag;
        this.md5 = md5;
        this.imageUuid = imageUuid;
        this.whenDamaged = whenDamaged;
    }

    /** Size in bytes. */
    public long size() {
        return blob.info().size();
    }

    /** When the bytes were last written. */
    public Instant modified() {
        return blob.info().modified();
    }

    /** Media type of the bytes. */
    public String contentType() {
        return contentType;
    }

    /** Entity tag, unquoted; the sha1 where it is known. */
    public String etag() {
        return etag;
    }

    /** The value of {@code Content-MD5} (base64), when it is known. */
    public Optional<String> md5() {
        return md5;
    }

    /** The image that this is the file of; empty for icons. */
    public Optional<String> imageUuid() {
        return imageUuid;
    }

    /** The channel that the kernel can send from; absent where the bytes are not in a file. */
    public Optional<FileChannel> channel() {
        return blob.fileChannel();
    }

    /** Whether the bytes are on their way into a file from which the kernel can send what is there. */
    public boolean isArriving() {
        return blob.arrival().isPresent();
    }

    /** Has them brought, if nobody did before; may wait for the disk. */
    public void beginArrival() throws IOException {
        if (blob.arrival().isPresent()) {
            blob.arrival().get().begin();
        }
    }

    /**
     * What the kernel can send from an offset on that is {@link #ready}.
     *
     * @return empty when it must be read as a {@link #stream}
     * @throws ImageException.FileUnavailable when it will not come
     */
    public Optional<Arrived> arrived(long offset) {
        return blob.arrival()
                .flatMap(arrival -> arrival.at(offset))
                .map(piece -> new Arrived(piece.file(), piece.end()));
    }

    /**
     * Bytes of a file that will not change any more.
     *
     * @param file open until this one is closed; its position is of no meaning
     * @param end offset of the first byte that is not there yet
     */
    public record Arrived(FileChannel file, long end) {}

    /** An address at which a client can get the bytes without this server, for so long; absent where there is none. */
    public Optional<String> address(Duration valid) {
        return blob.address(valid);
    }

    /** Completes when reading at an offset would not wait for another server; see {@link StoredBlob#ready}. */
    public CompletionStage<Void> ready(long offset) {
        return blob.ready(offset);
    }

    /**
     * A part of the bytes, from an offset and of a length in bytes. Reading throws a {@link StorageDownException} where
     * that is the reason, and a {@link DamagedFileException} when the bytes are not those that were stored.
     */
    public InputStream stream(long offset, long length) throws IOException {
        return new Named(blob.stream(offset, length), whenDamaged);
    }

    /** Gives failures their names. */
    private static final class Named extends FilterInputStream {
        private final Runnable whenDamaged;

        Named(InputStream stream, Runnable whenDamaged) {
            super(stream);
            this.whenDamaged = whenDamaged;
        }

        private IOException named(IOException failure) {
            if (failure instanceof DamagedBlobException) {
                whenDamaged.run();
                return new DamagedFileException(failure);
            }
            return Failures.named(failure, "the storage is full");
        }

        @Override
        public int read() throws IOException {
            try {
                return super.read();
            } catch (IOException e) {
                throw named(e);
            }
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            try {
                return super.read(to, offset, length);
            } catch (IOException e) {
                throw named(e);
            }
        }
    }

    /** Whether somebody has shortened the file in place: not all of its bytes can be had any more. */
    public boolean isCutShort() {
        try {
            return blob.fileChannel().isPresent() && blob.fileChannel().get().size() < size();
        } catch (IOException e) {
            return false;
        }
    }

    /** The name of the file below the directory of images. */
    @Override
    public String toString() {
        return blob.info().key().value();
    }

    @Override
    public void close() {
        try {
            blob.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
