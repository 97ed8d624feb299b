package org.imageserver.catalogue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.imageserver.manifest.ManifestRules;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;
import org.imageserver.storage.Watch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of a storage: always one whole {@link Snapshot}, and the way to their files. Readers never wait and never
 * touch the disk for metadata. Thread-safe.
 */
public final class Catalogue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Catalogue.class);

    private static final int MAX_PAGE = 4 * 1024 * 1024;

    private final Storage storage;
    private final String defaultOwner;
    private final Digests digests;
    private final Verifications verifications;
    private final boolean areStreamsVerified;
    private final Provenance provenance;
    private final Quarantine quarantine;
    private final ConfiguredChannels channels;
    private final AdminFields adminFields;
    private final DirectoryScan scan;
    private final ImageFiles files;

    private final ReentrantLock scanning = new ReentrantLock();
    private final Lookout lookout;
    private final Hasher hasher;
    private final FileReceiver receiver;
    private final Sharing sharing;
    private final Publisher publisher;
    private final Editor editor;
    private final Remover remover;
    private final UnfinishedUploads unfinished;
    private volatile long lookedAtNanos = System.nanoTime();
    private final OfferReader offers;
    private volatile Snapshot snapshot = Snapshot.EMPTY;
    private volatile Observer observer = Observer.NOBODY;
    private volatile Consumer<String> suspicion = uuid -> {};
    private volatile Optional<Instant> staleSince = Optional.empty();

    /**
     * Makes a catalogue that is empty until the first {@link #rescan}.
     *
     * @param storage where the images are
     * @param settings what the operator decided
     */
    public Catalogue(Storage storage, CatalogueSettings settings) {
        this.storage = storage;
        this.lookout = new Lookout(storage.isShared() ? "the object store" : "the directory");
        this.defaultOwner = settings.defaultOwner();
        this.digests = new Digests(storage);
        StoredManifest manifests = new StoredManifest(
                storage, settings.defaultOwner(), settings.mode().isPublicByDefault());
        this.provenance = new Provenance(storage);
        this.channels = settings.channels();
        this.quarantine = new Quarantine(storage, digests, manifests);
        ManifestRules rules = new ManifestRules(settings.mode(), Set.copyOf(channels.names()));
        this.unfinished = new UnfinishedUploads(storage);
        this.receiver = new FileReceiver(storage, manifests, settings.uploads(), digests, unfinished);
        Admission admission = new Admission(this, manifests);
        ChannelMoves moves = new ChannelMoves(this, admission);
        Changes changes = new Changes(manifests, admission, this, receiver);
        Icons icons = new Icons(storage);
        this.sharing = new Sharing(this, changes);
        this.editor = new Editor(this, rules, admission, moves, changes, icons);
        this.remover = new Remover(manifests, this, admission, moves, changes, receiver, icons);
        this.publisher = new Publisher(manifests, this, rules, admission, moves, changes, sharing, editor, receiver);
        this.offers = new OfferReader(rules, receiver, settings.defaultOwner(), channels.defaults());
        this.verifications = new Verifications(digests, quarantine, settings.uploads());
        // What several servers share was published through one of them, which verified it.
        this.areStreamsVerified = settings.uploads().streams() != UploadPolicy.Streams.OFF && !storage.isShared();
        this.adminFields = new AdminFields(digests, verifications, provenance);
        this.scan = new DirectoryScan(storage, new ImageReader(manifests, digests, channels));
        this.files = new ImageFiles(
                storage, digests, quarantine, this::snapshot, this::readAgainSoon, uuid -> suspicion.accept(uuid));
        this.hasher = new Hasher(digests, this::read, receiver::isReceiving);
    }

    /** How images come. */
    public Publisher publisher() {
        return publisher;
    }

    /** How what is said of them changes. */
    public Editor editor() {
        return editor;
    }

    /** How they go. */
    public Remover remover() {
        return remover;
    }

    /** The way to their bytes. */
    public ImageFiles files() {
        return files;
    }

    /** What is kept of files that come in several requests. */
    public UnfinishedUploads unfinished() {
        return unfinished;
    }

    /** The channels that images are in. */
    public ConfiguredChannels channels() {
        return channels;
    }

    /** What administrators see beside the rest. */
    public AdminFields adminFields() {
        return adminFields;
    }

    /** From where the images came. */
    public Provenance provenance() {
        return provenance;
    }

    /** The files that are damaged and not served. */
    public Quarantine quarantine() {
        return quarantine;
    }

    /**
     * Makes what reads the files again; the caller closes it.
     *
     * @param healer is asked for the bytes of damaged files that are nowhere here
     */
    public Scrub scrub(Scrub.Settings settings, Scrub.Healer healer) {
        digests.load();
        OtherCopies copies = new OtherCopies(storage, this, defaultOwner);
        Scrub scrub = new Scrub(
                storage, this::snapshot, quarantine, settings, uuid -> copies.heal(uuid) || healer.heal(uuid));
        suspicion = scrub::suspect;
        return scrub;
    }

    /** When the manifest or the file of an image was last changed, as the storage tells; empty when it cannot. */
    public Optional<Instant> lastTouched(Image image) {
        try {
            Optional<Instant> manifest =
                    storage.stat(StoredManifest.key(image.uuid())).map(BlobInfo::modified);
            Optional<Instant> file = image.file().map(its -> its.blob().modified());
            return Stream.concat(manifest.stream(), file.stream()).max(Comparator.naturalOrder());
        } catch (IOException e) {
            LOG.warn("the manifest of image {} cannot be looked at", image.uuid(), e);
            return Optional.empty();
        }
    }

    /** What is known of files beside their manifests. */
    public Verifications verifications() {
        return verifications;
    }

    /** The newest snapshot. Take it once a request. */
    public Snapshot snapshot() {
        return snapshot;
    }

    /** Is told of what becomes of images, before whoever caused it is answered; so it must be quick, and throw nothing. */
    public interface Observer {
        /** Cares for nothing. */
        Observer NOBODY = new Observer() {
            @Override
            public void changed(Snapshot before, Snapshot after) {}

            @Override
            public void damaged(Image image, String reason) {}
        };

        /** There is another snapshot; called by one thread at a time, in order. */
        void changed(Snapshot before, Snapshot after);

        /** The file of an image was found to be damaged. */
        void damaged(Image image, String reason);
    }

    /** From now on tells this one, and nobody else. */
    public void observe(Observer whom) {
        observer = whom;
        quarantine.tell((uuid, reason) -> snapshot.own(uuid).ifPresent(image -> whom.damaged(image, reason)));
    }

    /** Only while scanning. */
    private void show(Snapshot next) {
        Snapshot before = snapshot;
        snapshot = next;
        observer.changed(before, next);
    }

    /**
     * What another server says of an image that it has, as it would be shown here.
     *
     * @param manifest of version 2
     * @throws ImageException.Refused when it could not be imported
     */
    public Image offered(ObjectNode manifest, Offer offer) {
        return offers.read(manifest, offer);
    }

    /**
     * Shows what other servers offer beside what is kept here, which wins. An image that is the very same object as
     * before costs nothing.
     *
     * @param images all of them, by uuid
     * @param knownSince empty if it is what they offer now; else of which time the oldest part of it is
     */
    public void offer(Map<String, Image> images, Optional<Instant> knownSince) {
        scanning.lock();
        try {
            if (scan.offer(images)) {
                show(scan.snapshot());
            }
            staleSince = knownSince;
        } finally {
            scanning.unlock();
        }
    }

    /** Of which time the oldest part of the list is, if another server that offers images cannot be asked. */
    public Optional<Instant> staleSince() {
        return staleSince;
    }

    /**
     * Looks at all of the storage now and shows what it finds.
     *
     * @throws IOException when the storage cannot be read at all; the last snapshot stays
     */
    public void rescan() throws IOException {
        look(Watch.Extent.EVERYTHING);
    }

    private void look(Watch.Extent extent) throws IOException {
        scanning.lock();
        try {
            boolean isFirst = snapshot == Snapshot.EMPTY;
            boolean isNew = scan.look(extent);
            lookedAtNanos = System.nanoTime();
            if (isNew || isFirst) {
                show(scan.snapshot());
                LOG.debug(
                        "{} images, {} problems",
                        snapshot.images().size(),
                        snapshot.problems().size());
                hashWhatIsMissing();
            }
            List<String> found = quarantine.look(snapshot);
            if (!isFirst) {
                // Whoever found it has only looked. What was known before the start is read again soon after it.
                found.forEach(suspicion);
            }
        } finally {
            scanning.unlock();
        }
    }

    /**
     * Takes up what other servers have changed, where there are others; on a storage of this server alone it does
     * nothing.
     *
     * @return whether there may be something new
     * @throws IOException when the storage cannot be read; the last snapshot stays
     */
    public boolean catchUp() throws IOException {
        try {
            if (storage.isShared()) {
                look(Watch.Extent.IN_TURN);
            }
            return storage.isShared();
        } catch (IOException e) {
            throw Failures.named(e, "the storage is full");
        }
    }

    /** The same, if the image is not known here: another server may have made it a moment ago. */
    void catchUpIfMissing(String uuid) throws IOException {
        if (snapshot.own(uuid).isEmpty()) {
            catchUp();
        }
    }

    /** How long ago the storage could be looked at; since this was made, when it never could. */
    public Duration sinceLastLook() {
        return Duration.ofNanos(System.nanoTime() - lookedAtNanos);
    }

    /**
     * The bytes that may still be stored; {@link Long#MAX_VALUE} where nothing is known.
     *
     * @throws IOException when the storage cannot be asked
     */
    public long usableBytes() throws IOException {
        return storage.usableBytes();
    }

    /** Whether other servers change the same images. */
    public boolean isShared() {
        return storage.isShared();
    }

    /** Looks at the storage in passing from now on at this interval, and computes the digests that are missing, on threads of its own. */
    public void watch(Duration interval) {
        digests.load();
        hasher.start();
        lookout.every(interval, () -> look(Watch.Extent.IN_TURN));
    }

    /** The thread of all that looks at the storage by itself. */
    public Lookout lookout() {
        return lookout;
    }

    /** Looks at all of the storage soon. */
    public void rescanSoon() {
        lookout.soon(this::rescan);
    }

    private void readAgainSoon(String uuid) {
        lookout.soon(() -> readAgain(uuid));
    }

    private void hashWhatIsMissing() {
        List<Hasher.Work> files = new ArrayList<>();
        snapshot.images().forEach(image -> files.addAll(work(image)));
        Set<String> names = HashSet.newHashSet(files.size());
        files.forEach(work -> names.add(work.file().key().value()));
        digests.retain(names);
        this.files.retain(names);
        hasher.submit(files);
    }

    private List<Hasher.Work> work(Image image) {
        List<Hasher.Work> work = new ArrayList<>(2);
        if (image.isOffered()) {
            return work;
        }
        image.file().ifPresent(file -> work.add(new Hasher.Work(file.blob(), areStreamsVerified && image.isStream())));
        image.icon().ifPresent(icon -> work.add(new Hasher.Work(icon, false)));
        return work;
    }

    /** Takes up what the hasher found: a sha1 that the manifest lacks, or whatever is wrong with the file. */
    private void read(BlobInfo blob) {
        String uuid = blob.key().segments().getFirst();
        Snapshot now = snapshot;
        Optional<Image> image = now.own(uuid)
                .filter(its ->
                        its.file().filter(file -> file.blob().equals(blob)).isPresent());
        if (image.isEmpty()) {
            // An icon, or a file that is not the image's any more.
            return;
        }
        if (image.get().file().flatMap(Image.File::sha1).isEmpty()) {
            readAgainSoon(uuid);
        }
        if (quarantine.find(uuid, Part.FILE).isPresent()) {
            // It is not served, which has a line of its own.
            return;
        }
        verifications.of(now, image.get()).stream()
                .flatMap(verification -> verification.problems().stream())
                .forEach(problem -> LOG.atWarn()
                        .addKeyValue("path", blob.key())
                        .log("{} is served all the same: {}", blob.key(), problem));
    }

    /**
     * Shows a change of one image at once.
     *
     * @return the image as it is now
     * @throws IOException when it cannot be read
     */
    Image refresh(String uuid) throws IOException {
        readAgain(uuid);
        return snapshot.own(uuid)
                .orElseThrow(() -> new IOException("image " + uuid + " is stored but cannot be shown; see the log"));
    }

    /**
     * Stores bytes once that two images have; for {@link Sharing}, under the lock of {@link Changes}.
     *
     * @param kept the file that stays, whose bytes are those that the image should have
     * @param replaced the file of an image, whose name leads to the same bytes afterwards
     * @return false when either is not what it was, or this storage cannot do it
     */
    boolean share(BlobInfo kept, BlobInfo replaced) throws IOException {
        if (!(storage instanceof LocalStorage local)) {
            return false;
        }
        files.expect(replaced.key(), kept);
        Optional<BlobInfo> shared = local.share(kept, replaced);
        if (shared.isPresent()) {
            digests.same(kept, shared.get());
            refresh(replaced.key().segments().getFirst());
        }
        return shared.isPresent();
    }

    /** Makes what has identical files stored once; the caller closes it. */
    public Dedupe dedupe() {
        return new Dedupe(storage, this, digests, sharing, receiver::isReceiving);
    }

    /** Makes an image vanish at once whose manifest is gone. */
    void forget(String uuid) throws IOException {
        readAgain(uuid);
        quarantine.forget(uuid);
    }

    private void readAgain(String uuid) throws IOException {
        scanning.lock();
        try {
            scan.refresh(uuid);
            show(scan.snapshot());
            snapshot.find(uuid).ifPresent(image -> hasher.submit(work(image)));
        } finally {
            scanning.unlock();
        }
    }

    /**
     * A small file that the operator put beside the images, such as a front page of his own.
     *
     * @throws IOException when it is there but cannot be read
     */
    public Optional<byte[]> pageBesideImages(String name) throws IOException {
        try (StoredBlob page = storage.open(BlobKey.parse(name));
                InputStream stream = page.stream(0, MAX_PAGE)) {
            return Optional.of(stream.readAllBytes());
        } catch (NoSuchBlobException e) {
            return Optional.empty();
        }
    }

    /** Ends the background work and waits for its end, so that nothing touches the storage afterwards. Idempotent. */
    @Override
    public void close() {
        hasher.close();
        lookout.close();
    }
}
