package org.imageserver.catalogue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.imageserver.auth.Principal;

/**
 * An image with everything that it needs, as a tar: of each image, origins first, {@code UUID/manifest.json} and
 * {@code UUID/file}. Unpacked, it is a directory that this server serves. Never on disk as a whole, yet of a known size:
 * only the headers are made, between them lie the files themselves. Thread-safe.
 */
public final class Export {
    private static final String TAR = "application/x-tar";
    private static final int BLOCK = TarConstants.DEFAULT_RCDSIZE;

    private final Catalogue catalogue;

    /** Exports from this catalogue. */
    public Export(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /**
     * Opens the tar of an image; two exports of the same images are the same bytes.
     *
     * @throws ImageException.NotFound when this principal sees no such image or not all of its origins, or one has no
     *     file
     * @throws IOException when a file cannot be read
     */
    public OpenFile open(Principal principal, String uuid) throws IOException {
        Snapshot snapshot = catalogue.snapshot();
        List<JoinedBlob.Part> parts = new ArrayList<>();
        List<OpenFile> files = new ArrayList<>();
        StringBuilder tags = new StringBuilder();
        Instant modified = Instant.EPOCH;
        boolean isComplete = false;
        try {
            for (Image image : originsFirst(snapshot, principal, uuid)) {
                OpenFile file = catalogue.files().open(snapshot, principal, image.uuid(), 0);
                files.add(file);
                tags.append(image.json().etag()).append(' ').append(file.etag()).append(' ');
                modified = file.modified().isAfter(modified) ? file.modified() : modified;
                // Channels mean nothing to whoever takes it in.
                byte[] manifest = image.jsonWithoutChannels().bytes();
                addEntry(parts, image, "manifest.json", JoinedBlob.Part.of(manifest));
                addEntry(parts, image, ImageReader.DEFAULT_FILE, new JoinedBlob.Part(file.size(), file::stream));
            }
            parts.add(JoinedBlob.Part.of(new byte[2 * BLOCK]));
            isComplete = true;
        } finally {
            if (!isComplete) {
                files.forEach(OpenFile::close);
            }
        }
        String etag = Sha1.hex(tags.toString().getBytes(StandardCharsets.UTF_8));
        return new OpenFile(
                new JoinedBlob(uuid + "/export.tar", parts, files, modified, etag),
                TAR,
                etag,
                Optional.empty(),
                Optional.of(uuid));
    }

    private static Iterable<Image> originsFirst(Snapshot snapshot, Principal principal, String uuid) {
        SequencedMap<String, Image> chain = new LinkedHashMap<>();
        String next = uuid;
        // A circle of origins, which only a hand could write, ends where it closes.
        while (next != null && !chain.containsKey(next)) {
            Image image = snapshot.image(next, principal);
            chain.putFirst(next, image);
            next = image.origin().orElse(null);
        }
        return chain.values();
    }

    private static void addEntry(List<JoinedBlob.Part> parts, Image image, String name, JoinedBlob.Part content)
            throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(image.uuid() + "/" + name);
        entry.setSize(content.length());
        entry.setModTime(image.published().toEpochMilli());
        parts.add(JoinedBlob.Part.of(header(entry)));
        parts.add(content);
        int padding = (int) (-content.length() & (BLOCK - 1));
        parts.add(JoinedBlob.Part.of(new byte[padding]));
    }

    /** The header alone: the library is told of the size, and never given the content. */
    @SuppressWarnings("resource") // Closing it would demand the content; there is nothing but memory behind it.
    private static byte[] header(TarArchiveEntry entry) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(BLOCK);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, BLOCK, StandardCharsets.UTF_8.name());
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.putArchiveEntry(entry);
        return bytes.toByteArray();
    }
}
