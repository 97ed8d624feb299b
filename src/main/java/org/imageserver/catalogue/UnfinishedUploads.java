package org.imageserver.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.imageserver.manifest.Uuid;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.Partials;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;

/**
 * What is kept of files that come in several requests, so that a server that starts after this one can go on with them:
 * a small file that says what each is to become, and the bytes that have come. Where several servers share a storage
 * nothing is kept, since they would all go on. Thread-safe.
 */
public final class UnfinishedUploads {
    private static final String PREFIX = ".image-server/upload-";
    private static final Pattern KEY = Pattern.compile(Pattern.quote(PREFIX) + "([0-9a-f-]{36})\\.json");

    private final Storage storage;
    private final Optional<Partials> partials;

    UnfinishedUploads(Storage storage) {
        this.storage = storage;
        this.partials = storage.partials();
    }

    private static BlobKey key(String id) {
        return BlobKey.parse(PREFIX + id + ".json");
    }

    /** The ids of all uploads that are kept. */
    public List<String> saved() throws IOException {
        if (partials.isEmpty()) {
            return List.of();
        }
        return storage.list(PREFIX).stream()
                .map(blob -> KEY.matcher(blob.key().value()))
                .filter(Matcher::matches)
                .map(key -> key.group(1))
                .filter(Uuid::isUuid)
                .toList();
    }

    /** What was said of an upload. */
    public byte[] read(String id) throws IOException {
        try (StoredBlob blob = storage.open(key(id));
                InputStream bytes = blob.stream(0, Long.MAX_VALUE)) {
            return bytes.readAllBytes();
        }
    }

    /**
     * Keeps what is said of an upload; durable when it returns.
     *
     * @param id a UUID, under which its bytes are kept too ({@link FileUpload#keptAs})
     */
    public void save(String id, byte[] about) throws IOException {
        if (partials.isEmpty()) {
            return;
        }
        try (PendingBlob pending = storage.begin(key(id))) {
            pending.write(ByteBuffer.wrap(about));
            pending.commit();
        } catch (IOException e) {
            throw Failures.named(e, "the storage is full");
        }
    }

    /** How many bytes of an upload are kept. */
    public long durable(String id) throws IOException {
        return partials.isPresent() ? partials.get().durable(id) : 0;
    }

    /** Opens these, as {@link Partials#open}. */
    public ReadableByteChannel open(String id) throws IOException {
        return partials.isPresent() && durable(id) > 0
                ? partials.get().open(id)
                : Channels.newChannel(InputStream.nullInputStream());
    }

    /** Begins to write a file whose sender has said how it is to be kept, if anyhow. */
    PendingBlob begin(BlobKey key, FileUpload upload) throws IOException {
        return partials.isPresent() && upload.kept().isPresent()
                ? partials.get().begin(key, upload.kept().get())
                : storage.begin(key);
    }

    /** Removes the bytes that are kept of an upload. */
    public void forgetBytes(String id) throws IOException {
        if (partials.isPresent()) {
            partials.get().discard(id);
        }
    }

    /** Removes all that is kept of an upload. */
    public void forget(String id) throws IOException {
        if (partials.isPresent()) {
            storage.delete(key(id));
            forgetBytes(id);
        }
    }
}
