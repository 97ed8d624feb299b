package org.imageserver.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.imageserver.catalogue.ImageException.Reason;
import org.imageserver.catalogue.ImageException.Refused;
import org.imageserver.manifest.DiskManifest;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;
import org.imageserver.zfs.Compression;
import org.imageserver.zfs.SendStream;
import org.imageserver.zfs.StreamFacts;
import org.imageserver.zfs.StreamPolicy;
import org.imageserver.zfs.Verdict;

/**
 * Takes the bytes of a file, from wherever they come: written aside, hashed and verified in one pass, made durable.
 * Under a name that is not used yet: no manifest ever names bytes that are being changed. Thread-safe; receiving blocks
 * the calling thread, and uses a few megabytes whatever the size.
 */
final class FileReceiver {
    private static final String PREFIX = "image-";

    /** Exactly the names that {@link #receive} makes, which nobody types by chance. */
    private static final Pattern NAME = Pattern.compile(PREFIX + "[0-9a-f]{12}(\\.zfs)?(\\.gz|\\.bz2|\\.xz|\\.zst)?");

    /** Large enough that waking the other threads costs little beside the bytes. */
    private static final int CHUNK = 512 * 1024;

    /** Types whose files are ZFS send streams; the others' bytes mean nothing to this server. */
    static final Set<String> STREAMS = Set.of("zone-dataset", "lx-dataset", "zvol");

    /** A type of which nothing is expected. */
    static final Optional<String> NO_STREAM = Optional.of("other");

    /** What clients may state; zstd only where it is allowed. */
    private static final Set<String> COMPRESSIONS = Set.of("gzip", "bzip2", "xz", "none");

    private final Storage storage;
    private final StoredManifest manifests;
    private final UploadPolicy policy;
    private final StreamRules rules;
    private final Digests digests;
    private final UnfinishedUploads unfinished;
    private final AtomicInteger arriving = new AtomicInteger();

    FileReceiver(
            Storage storage,
            StoredManifest manifests,
            UploadPolicy policy,
            Digests digests,
            UnfinishedUploads unfinished) {
        this.storage = storage;
        this.manifests = manifests;
        this.digests = digests;
        this.unfinished = unfinished;
        this.policy = policy;
        this.rules = new StreamRules(policy);
    }

    /**
     * Refuses what can be refused before a byte is read.
     *
     * @throws Refused naming the parameter, or the limit
     * @throws StorageFullException when there is no room for the announced size
     */
    void checkAnnounced(FileUpload upload) throws IOException {
        upload.compression().ifPresent(this::checkCompression);
        if (upload.announced().isPresent()) {
            checkSize(upload.announced().getAsLong(), upload);
        }
    }

    private void checkSize(long announced, FileUpload upload) throws IOException {
        checkMaximum(announced);
        String size = announcedSize(announced);
        long usable = storage.usableBytes();
        long there =
                upload.kept().isPresent() ? unfinished.durable(upload.kept().get()) : 0;
        if (announced - there > usable) {
            throw new StorageFullException(size + "the free space of the storage, " + usable + " bytes");
        }
    }

    /** Refuses a file that is larger than the operator allows. */
    void checkMaximum(long announced) {
        if (announced > policy.maxBytes()) {
            throw new Refused(Reason.BAD_UPLOAD, announcedSize(announced) + "the maximum allowed size, " + maximum());
        }
    }

    private static String announcedSize(long announced) {
        return "image file size " + announced + " (from Content-Length) exceeds ";
    }

    /** Refuses a compression that is not known, or not allowed. */
    void checkCompression(String compression) {
        boolean isKnown = COMPRESSIONS.contains(compression)
                || (policy.isZstdAllowed() && compression.equals(Compression.ZSTD.jsonName()));
        if (!isKnown) {
            throw Refused.parameter(
                    "compression",
                    "invalid compression \"" + compression + "\" (must be one of gzip, bzip2, xz, none)");
        }
    }

    private String maximum() {
        long gib = policy.maxBytes() >> 30;
        return gib << 30 == policy.maxBytes() ? gib + " GiB" : policy.maxBytes() + " bytes";
    }

    /**
     * Receives a file for an image.
     *
     * @param uuid of the image, whose directory it goes to
     * @param type of the image, if it is known already
     * @throws Refused when the bytes are not what they should be; nothing is left of them
     * @throws IOException when the sender breaks off or the storage fails; nothing is left of them
     */
    ReceivedFile receive(String uuid, Optional<String> type, FileUpload upload, StreamPolicy.Origin origin)
            throws IOException {
        return receive(uuid, type, upload, origin, Follower.NOBODY);
    }

    /** The same, while somebody looks on. */
    ReceivedFile receive(
            String uuid, Optional<String> type, FileUpload upload, StreamPolicy.Origin origin, Follower follower)
            throws IOException {
        arriving.incrementAndGet();
        try {
            return receiveInto(uuid, type, upload, origin, follower);
        } catch (IOException e) {
            throw Failures.named(e, "the storage is full; nothing of the file was kept");
        } finally {
            arriving.decrementAndGet();
        }
    }

    /** Whether a file arrives just now. */
    boolean isReceiving() {
        return arriving.get() > 0;
    }

    private ReceivedFile receiveInto(
            String uuid, Optional<String> type, FileUpload upload, StreamPolicy.Origin origin, Follower follower)
            throws IOException {
        boolean isStream = policy.streams() != UploadPolicy.Streams.OFF
                && type.filter(given -> !STREAMS.contains(given)).isEmpty();
        ReadableByteChannel source = upload.bytes();
        ByteBuffer chunk = newChunk(upload);
        fill(source, chunk, () -> {});
        if (!chunk.hasRemaining()) {
            throw new Refused(Reason.BAD_DOWNLOAD, "image file size is 0 bytes, empty files are not allowed");
        }
        Compression found = detected(chunk);
        checkStated(upload, found);
        BlobKey key = BlobKey.parse(uuid + "/" + PREFIX + newName() + (isStream ? ".zfs" : "") + extension(found));
        try (PendingBlob pending = unfinished.begin(key, upload);
                ArrivalCheck check = new ArrivalCheck(isStream)) {
            follower.begins(pending);
            String sha1 = copy(source, chunk, pending, check, upload.announced(), follower);
            Optional<Verdict> verdict = check.finish();
            Optional<StreamFacts> facts = verdict.flatMap(its -> rules.judge(uuid, its, origin, upload.datasetGuid()));
            checkSha1(upload, sha1);
            BlobInfo blob = pending.commit();
            if (isStream && verdict.isEmpty()) {
                verdict = Optional.of(verdictOn(blob));
                facts = judgedOrRemoved(blob, verdict.get(), origin, upload);
            }
            verdict.ifPresent(its -> digests.arrived(blob, StreamFinding.of(its, true)));
            return new ReceivedFile(
                    storage, manifests, digests, blob, sha1, found.jsonName(), facts, upload.datasetGuid());
        }
    }

    /** Reads a file again that is there, because its sender rested. */
    private Verdict verdictOn(BlobInfo blob) throws IOException {
        try (StoredBlob stored = storage.open(blob.key());
                InputStream bytes = stored.stream(0, Long.MAX_VALUE)) {
            return SendStream.verify(bytes);
        } catch (IOException e) {
            remove(blob, e);
            throw e;
        }
    }

    private Optional<StreamFacts> judgedOrRemoved(
            BlobInfo blob, Verdict verdict, StreamPolicy.Origin origin, FileUpload upload) {
        try {
            return rules.judge(blob.key().segments().getFirst(), verdict, origin, upload.datasetGuid());
        } catch (Refused e) {
            remove(blob, e);
            throw e;
        }
    }

    /** No manifest names it yet. */
    private void remove(BlobInfo blob, Exception because) {
        try {
            storage.delete(blob.key());
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }

    /** Writes, hashes and checks in one pass, each on a thread of its own; returns the SHA-1 in hex. */
    private String copy(
            ReadableByteChannel source,
            ByteBuffer first,
            PendingBlob pending,
            ArrivalCheck check,
            OptionalLong announced,
            Follower follower)
            throws IOException {
        ConcurrentSha1 sha1 = new ConcurrentSha1();
        ByteBuffer chunk = first;
        // One is filled while the other is being hashed.
        ByteBuffer other = ByteBuffer.allocateDirect(first.capacity());
        long total = 0;
        while (chunk.hasRemaining()) {
            total += chunk.remaining();
            if (total > policy.maxBytes()) {
                throw new Refused(Reason.BAD_UPLOAD, "image file size exceeds the maximum allowed size, " + maximum());
            }
            sha1.update(chunk);
            check.update(chunk);
            // A bad stream need not be received to its end: finish() says what is wrong with it.
            if (check.settled().filter(rules::isHopeless).isPresent()) {
                break;
            }
            pending.write(chunk);
            follower.wrote(total);
            fill(source, other, check::giveUp);
            ByteBuffer filled = other;
            other = chunk;
            chunk = filled;
        }
        if (!chunk.hasRemaining() && announced.orElse(total) != total) {
            throw new IOException(total + " bytes arrived of " + announced.getAsLong() + " that were announced");
        }
        return sha1.finish();
    }

    /** Direct, because the disk takes it without a copy; small for what is announced to be small. */
    private static ByteBuffer newChunk(FileUpload upload) {
        return ByteBuffer.allocateDirect(Math.clamp(upload.announced().orElse(CHUNK), 1, CHUNK));
    }

    /** A pipe gives what it has; whole chunks are what disk and digests like. */
    private static void fill(ReadableByteChannel source, ByteBuffer chunk, Runnable whenSenderRests)
            throws IOException {
        chunk.clear();
        int count = 0;
        while (chunk.hasRemaining() && count >= 0) {
            count = source.read(chunk);
            if (count == 0) {
                whenSenderRests.run();
            }
        }
        chunk.flip();
    }

    private static Compression detected(ByteBuffer chunk) {
        byte[] first = new byte[Math.min(16, chunk.remaining())];
        chunk.duplicate().get(first);
        return Compression.of(first);
    }

    private void checkStated(FileUpload upload, Compression found) {
        Optional<String> stated = upload.compression();
        if (stated.filter(name -> !name.equals(found.jsonName())).isPresent()) {
            throw new Refused(
                    Reason.BAD_UPLOAD,
                    "the file's bytes are " + described(found) + ", but compression is given as " + stated.get());
        }
        if (found == Compression.ZSTD && !policy.isZstdAllowed()) {
            throw new Refused(
                    Reason.BAD_UPLOAD,
                    "the file is compressed with zstd, which imgadm cannot read; use gzip, bzip2 or xz, or set"
                            + " allow_zstd in the server's configuration");
        }
    }

    private static String described(Compression compression) {
        return compression == Compression.NONE ? "not compressed" : compression.jsonName();
    }

    private static void checkSha1(FileUpload upload, String sha1) {
        if (upload.sha1().filter(stated -> !stated.equals(sha1)).isPresent()) {
            throw new Refused(
                    Reason.BAD_DOWNLOAD,
                    "\"sha1\" hash, " + upload.sha1().get() + ", does not match the uploaded file sha1 hash, " + sha1);
        }
    }

    /** Whether a file has a name as received files get it: what the sweep may remove. */
    static boolean isReceivedName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The name of the file that a manifest is about, whether it is there or not. */
    static String fileName(DiskManifest manifest) {
        return Objects.requireNonNullElse(manifest.path(), ImageReader.DEFAULT_FILE);
    }

    private static String newName() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(), 12);
    }

    private static String extension(Compression compression) {
        return switch (compression) {
            case NONE -> "";
            case GZIP -> ".gz";
            case BZIP2 -> ".bz2";
            case XZ -> ".xz";
            case ZSTD -> ".zst";
        };
    }

    /** Removes the file of an image that is gone, or that a newer manifest does not name any more. */
    void delete(DiskManifest old) throws IOException {
        if (old.manifest().file().isPresent()) {
            storage.delete(BlobKey.parse(old.manifest().uuid() + "/" + fileName(old)));
        }
    }

    /** Removes the file of the old manifest if the new one names another. */
    void deleteReplaced(DiskManifest old, DiskManifest now) throws IOException {
        if (!Objects.equals(old.path(), now.path())) {
            delete(old);
        }
    }
}
