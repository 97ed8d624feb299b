package org.imageserver.catalogue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.StoredBlob;

/** Bytes from memory and from files, one after the other, as one blob that lies nowhere. Closes the files. */
final class JoinedBlob implements StoredBlob {
    /** Some bytes in a row, of which any range can be read. */
    record Part(long length, Source source) {
        static Part of(byte[] bytes) {
            return new Part(
                    bytes.length,
                    (offset, length) ->
                            new ByteArrayInputStream(bytes, Math.toIntExact(offset), Math.toIntExact(length)));
        }
    }

    /** Reads a range. */
    interface Source {
        InputStream stream(long offset, long length) throws IOException;
    }

    private final BlobInfo info;
    private final List<Part> parts;
    private final List<OpenFile> files;

    JoinedBlob(String name, List<Part> parts, List<OpenFile> files, Instant modified, String version) {
        this.parts = List.copyOf(parts);
        this.files = List.copyOf(files);
        long size = parts.stream().mapToLong(Part::length).sum();
        this.info = new BlobInfo(BlobKey.parse(name), size, modified, version);
    }

    @Override
    public BlobInfo info() {
        return info;
    }

    @Override
    public InputStream stream(long offset, long length) throws IOException {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("offset " + offset + ", length " + length);
        }
        long end = offset + Math.min(length, Math.max(0, info.size() - offset));
        List<InputStream> streams = new ArrayList<>();
        long start = 0;
        for (Part part : parts) {
            long from = Math.max(offset, start);
            long to = Math.min(end, start + part.length());
            if (from < to) {
                streams.add(part.source().stream(from - start, to - from));
            }
            start += part.length();
        }
        return new SequenceInputStream(Collections.enumeration(streams));
    }

    @Override
    public Optional<FileChannel> fileChannel() {
        return Optional.empty();
    }

    @Override
    public void close() {
        files.forEach(OpenFile::close);
    }
}
