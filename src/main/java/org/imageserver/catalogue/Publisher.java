package org.imageserver.catalogue;

import static org.imageserver.catalogue.Lifecycle.accepted;
import static org.imageserver.catalogue.Lifecycle.activated;
import static org.imageserver.catalogue.Lifecycle.disabled;
import static org.imageserver.catalogue.Lifecycle.with;
import static org.imageserver.catalogue.Refusals.checkOwner;
import static org.imageserver.catalogue.Refusals.publisher;
import static org.imageserver.catalogue.Refusals.refuseIfActivated;
import static org.imageserver.catalogue.Refusals.uuidExists;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Principal.Account;
import org.imageserver.catalogue.ImageException.NotFound;
import org.imageserver.catalogue.ImageException.Reason;
import org.imageserver.catalogue.ImageException.Refused;
import org.imageserver.manifest.DiskManifest;
import org.imageserver.manifest.Manifest;
import org.imageserver.manifest.ManifestRules;
import org.imageserver.manifest.Violation;
import org.imageserver.storage.BlobInfo;
import org.imageserver.zfs.StreamPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that changes images, on one path: bytes are received and made durable first, then a manifest names them,
 * then the snapshot shows it, and only then a method returns. Manifests change one at a time, under a lock; bytes are
 * received outside of it. Thread-safe.
 *
 * <p>Every method throws an {@link ImageException} for what it refuses and an {@link IOException} when the storage
 * fails. Nothing has changed after a refusal; after a failure of the storage an image is as it was or as it was to be,
 * whole in either case, and what {@link #publish} was to make does not exist unless the storage refused to take it back.
 * Each returns the image as it is afterwards.
 */
public final class Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final StoredManifest manifests;
    private final Admission admission;
    private final ChannelMoves moves;
    private final Catalogue catalogue;
    private final ManifestRules rules;
    private final FileReceiver files;
    private final Icons icons;
    private final ReentrantLock changing = new ReentrantLock();

    Publisher(StoredManifest manifests, Catalogue catalogue, ManifestRules rules, FileReceiver files, Icons icons) {
        this.manifests = manifests;
        this.admission = new Admission(catalogue, manifests);
        this.moves = new ChannelMoves(catalogue, admission);
        this.catalogue = catalogue;
        this.rules = rules;
        this.files = files;
        this.icons = icons;
    }

    /**
     * Refuses whoever may not publish, before anything is read from them.
     *
     * @return who may
     */
    public Account checkMayPublish(Principal principal) {
        return publisher(principal);
    }

    /** Refuses whoever may not make an image in this channel, before anything is read from them. */
    public void checkMayPublish(Author author) {
        moves.author(author);
    }

    /** Refuses whoever may not change this image, before anything is read from them. */
    public void checkMayChange(Target target) throws IOException {
        admission.own(target);
    }

    /** Refuses whoever may not give this image a file, and any file that it cannot get any more. */
    public void checkMayAddFile(Target target) throws IOException {
        DiskManifest current = admission.own(target);
        if (!isToBeHealed(current)) {
            refuseIfActivated(current.manifest());
        }
    }

    private boolean isToBeHealed(DiskManifest image) {
        return catalogue.quarantine().find(image.manifest().uuid(), Part.FILE).isPresent()
                && image.manifest().state().isActivated();
    }

    /** The same, and a compression that is missing or not known. */
    public void checkMayAddFile(Target target, Optional<String> compression) throws IOException {
        checkMayAddFile(target);
        checkCompression(compression);
    }

    /** Refuses what {@link #addFile} would refuse before it has read a byte. */
    public void checkMayAddFile(Target target, FileUpload upload) throws IOException {
        checkMayAddFile(target, upload.compression());
        files.checkAnnounced(upload);
    }

    private void checkCompression(Optional<String> compression) {
        files.checkCompression(compression.orElseThrow(() -> new Refused(
                Reason.INVALID_PARAMETER,
                "missing \"compression\"",
                List.of(new Violation("compression", Violation.MISSING, null)))));
    }

    /** CreateImage: an image that is not activated and has no file. */
    public Image create(Author author, ObjectNode body) throws IOException {
        Account account = moves.author(author);
        Manifest manifest = accepted(rules.forCreate(body, UUID.randomUUID().toString(), account.uuid()));
        return add(account, moves.placed(manifest, author));
    }

    /** AdminImportImage: an image whose manifest keeps its uuid and its date. */
    public Image importManifest(Author author, String uuid, ObjectNode body) throws IOException {
        Account account = moves.author(author);
        return add(account, moves.placed(accepted(rules.forImport(body, uuid, account.uuid())), author));
    }

    private Image add(Account account, Manifest manifest) throws IOException {
        checkOwner(account, manifest);
        return underLock(() -> {
            checkOriginOfNew(manifest, account);
            if (!manifests.create(new DiskManifest(manifest, null, null))) {
                throw uuidExists(manifest.uuid());
            }
            return catalogue.refresh(manifest.uuid());
        });
    }

    private void checkOriginOfNew(Manifest manifest, Account account) {
        admission.checkOrigin(manifest, account);
        moves.checkNew(manifest);
    }

    /**
     * AddImageFile: gives an image its file, or another one in place of it, until it is activated. From then on only the
     * very same bytes are taken, and only when those that are there are damaged.
     */
    public Image addFile(Target target, FileUpload upload) throws IOException {
        DiskManifest found = admission.own(target);
        if (isToBeHealed(found)) {
            files.checkAnnounced(upload);
            return heal(target, upload);
        }
        checkMayAddFile(target, upload);
        Manifest wanted = found.manifest();
        try (ReceivedFile received = files.receive(
                target.uuid(),
                Optional.ofNullable(wanted.type()),
                upload,
                admission.origin(wanted.origin(), target.principal()))) {
            Image image = change(target, current -> {
                refuseIfActivated(current.manifest());
                return received.named(current.manifest());
            });
            received.keep();
            return image;
        }
    }

    private Image heal(Target target, FileUpload upload) throws IOException {
        String uuid = target.uuid();
        Optional<BlobInfo> damaged = catalogue.snapshot().own(uuid).flatMap(Part.FILE::of);
        // Bytes of a known sha1 need not be judged: whatever they are, the image is made of them.
        try (ReceivedFile received = files.receive(uuid, FileReceiver.NO_STREAM, upload, StreamPolicy.Origin.NONE)) {
            Image image = change(target, current -> {
                if (!isToBeHealed(current)) {
                    refuseIfActivated(current.manifest());
                }
                if (!catalogue.quarantine().isRight(uuid, received.sha1())) {
                    throw new Refused(
                            Reason.BAD_UPLOAD,
                            "image " + uuid + " can be mended by its own file alone; the sha1 of this one, "
                                    + received.sha1() + ", is another");
                }
                return new DiskManifest(current.manifest(), null, received.name());
            });
            received.keep();
            catalogue.quarantine().release(uuid, Part.FILE);
            damaged.ifPresent(old ->
                    tidy(uuid, () -> healOthers(old, Part.FILE.of(image).orElseThrow())));
            return image;
        }
    }

    /** Those whose file was the very same one on the disk, and damaged with it. */
    private void healOthers(BlobInfo damaged, BlobInfo healed) throws IOException {
        for (Image image : catalogue.snapshot().images()) {
            Optional<BlobInfo> file = Part.FILE.of(image);
            if (file.filter(its -> its.version().equals(damaged.version()) && Dedupe.isReceived(its))
                            .isPresent()
                    && share(healed, image.uuid(), file.get())) {
                catalogue.quarantine().release(image.uuid(), Part.FILE);
            }
        }
    }

    /**
     * Stores bytes once that two images have.
     *
     * @param kept which both should have
     * @param uuid of the other image
     * @param replaced its file
     * @return false when something has changed meanwhile
     */
    boolean share(BlobInfo kept, String uuid, BlobInfo replaced) throws IOException {
        return underLock(() -> {
            Snapshot now = catalogue.snapshot();
            String keeper = kept.key().segments().getFirst();
            boolean isCurrent = isFileOf(now, uuid, replaced)
                    && isFileOf(now, keeper, kept)
                    && sha1(now, uuid).isPresent()
                    && sha1(now, uuid).equals(sha1(now, keeper))
                    && catalogue.quarantine().find(keeper, Part.FILE).isEmpty();
            return isCurrent && catalogue.share(kept, replaced);
        });
    }

    private static boolean isFileOf(Snapshot snapshot, String uuid, BlobInfo blob) {
        return snapshot.own(uuid).flatMap(Part.FILE::of).filter(blob::equals).isPresent();
    }

    private static Optional<String> sha1(Snapshot snapshot, String uuid) {
        return snapshot.own(uuid).flatMap(Image::file).flatMap(Image.File::sha1);
    }

    /** Whether a file arrives just now. */
    boolean isReceiving() {
        return files.isReceiving();
    }

    /** Refuses what {@link #publish} would refuse before it has read a byte. */
    public void checkPublication(Author author, ObjectNode body, FileUpload upload) throws IOException {
        Account account = moves.author(author);
        files.checkAnnounced(upload);
        String uuid = UUID.randomUUID().toString();
        Manifest likely = accepted(rules.forCreate(OneShot.likely(body), uuid, account.uuid()));
        checkOriginOfNew(moves.placed(likely, author), account);
    }

    /**
     * One-shot publishing: manifest and file at once. The image is active when it appears; if anything goes wrong,
     * there never was one.
     */
    public Image publish(Author author, ObjectNode body, FileUpload upload) throws IOException {
        return publish(author, UUID.randomUUID().toString(), body, upload);
    }

    /** The same, under a uuid that is new. */
    public Image publish(Author author, String uuid, ObjectNode body, FileUpload upload) throws IOException {
        Account account = moves.author(author);
        checkPublication(author, body, upload);
        try (ReceivedFile received = files.receive(
                uuid,
                OneShot.type(body),
                upload,
                admission.origin(body.path("origin").textValue(), author.principal()))) {
            ObjectNode complete = OneShot.complete(body, received);
            Manifest manifest = accepted(rules.forCreate(complete, uuid, account.uuid()));
            return addActive(account, moves.placed(manifest, author), received);
        }
    }

    /**
     * AdminImportImage, AddImageFile and ActivateImage at once, for an image that was made elsewhere: it keeps its uuid
     * and its date, and is active when it appears; if anything goes wrong, there never was one. Its type must be given.
     */
    public Image importWithFile(Author author, String uuid, ObjectNode body, FileUpload upload) throws IOException {
        return importWithFile(author, uuid, body, upload, Follower.NOBODY);
    }

    /** The same, while somebody looks on at how the file arrives. */
    public Image importWithFile(Author author, String uuid, ObjectNode body, FileUpload upload, Follower follower)
            throws IOException {
        Account account = moves.author(author);
        files.checkAnnounced(upload);
        Manifest manifest = moves.placed(accepted(rules.forImport(body, uuid, account.uuid())), author);
        if (catalogue.snapshot().own(uuid).isPresent()) {
            throw uuidExists(uuid);
        }
        try (ReceivedFile received = files.receive(
                uuid,
                Optional.ofNullable(manifest.type()),
                upload,
                admission.origin(manifest.origin(), author.principal()),
                follower)) {
            return addActive(account, manifest, received);
        }
    }

    /** Begins to take in images that are to appear together. */
    public StagedImages stage(Principal principal) {
        return new StagedImages(publisher(principal), this, rules, files, admission, moves);
    }

    /** The file is durable by now; the manifest comes last and makes it an image. */
    Image addActive(Account account, Manifest manifest, ReceivedFile received) throws IOException {
        checkOwner(account, manifest);
        DiskManifest image = received.named(activated(manifest));
        try {
            Image shown = underLock(() -> {
                checkOriginOfNew(manifest, account);
                if (!manifests.create(image)) {
                    throw uuidExists(manifest.uuid());
                }
                return catalogue.refresh(manifest.uuid());
            });
            received.keep();
            return shown;
        } catch (IOException e) {
            afterFailure(e, () -> takeBack(image));
            throw e;
        }
    }

    /**
     * A failure may come before or after the manifest was made. Decided anew, since on a shared storage it may also
     * appear late; its file goes after it.
     */
    private void takeBack(DiskManifest image) throws IOException {
        String uuid = image.manifest().uuid();
        underLock(() -> {
            // Somebody else may have made this image meanwhile; the name of the file tells whose it is.
            boolean isOurs = manifests
                    .find(uuid)
                    .filter(found -> Objects.equals(found.path(), image.path()))
                    .isPresent();
            if (isOurs) {
                manifests.delete(uuid);
            }
            catalogue.forget(uuid);
            return isOurs;
        });
    }

    private static void afterFailure(IOException failure, Tidying tidying) {
        try {
            tidying.run();
        } catch (IOException again) {
            failure.addSuppressed(again);
        }
    }

    /** ActivateImage: from now on the file never changes, and everyone who may see the image does. */
    public Image activate(Target target) throws IOException {
        String uuid = target.uuid();
        return change(target, current -> {
            Manifest manifest = current.manifest();
            if (manifest.state().isActivated()) {
                throw new Refused(Reason.ALREADY_ACTIVATED, "image \"" + uuid + "\" is already activated");
            }
            if (manifest.file().isEmpty()) {
                throw new Refused(Reason.NO_FILE, "image \"" + uuid + "\" cannot be activated: it has no file");
            }
            admission.checkOrigin(manifest, target.principal());
            return with(current, activated(manifest));
        });
    }

    /** DisableImage and EnableImage: whether new machines may be made of it. Setting it again changes nothing. */
    public Image setDisabled(Target target, boolean isDisabled) throws IOException {
        return change(target, current -> with(current, disabled(current.manifest(), isDisabled)));
    }

    /** UpdateImage: changes the fields that are named, and takes away those that are null. */
    public Image update(Target target, ObjectNode change) throws IOException {
        Principal principal = target.principal();
        return change(target, current -> {
            Manifest changed = accepted(rules.forUpdate(current.manifest(), change, principal.isAdmin()));
            admission.checkOrigin(changed, principal);
            moves.check(current.manifest(), changed, principal);
            if (!principal.isAdmin()
                    && !changed.owner().equals(current.manifest().owner())) {
                throw new Refused(Reason.OPERATOR_ONLY, "only an admin may give an image to another owner");
            }
            return with(current, changed);
        });
    }

    /** ChannelAddImage: it is in this channel, too. */
    public Image addChannel(Target target, String channel) throws IOException {
        return change(target, current -> {
            Manifest added = moves.added(current.manifest(), channel);
            moves.check(current.manifest(), added, target.principal());
            return with(current, added);
        });
    }

    /** AddImageAcl: more accounts may see the private image. */
    public Image addAcl(Target target, List<String> accounts) throws IOException {
        return changeAcl(target, acl -> acl.addAll(accounts));
    }

    /** RemoveImageAcl. */
    public Image removeAcl(Target target, List<String> accounts) throws IOException {
        return changeAcl(target, acl -> acl.removeAll(accounts));
    }

    private Image changeAcl(Target target, Function<Collection<String>, Boolean> edit) throws IOException {
        return change(target, current -> {
            Set<String> acl = new LinkedHashSet<>(current.manifest().acl());
            if (!edit.apply(acl)) {
                return current;
            }
            ArrayNode json = JsonNodeFactory.instance.arrayNode();
            acl.forEach(json::add);
            return with(current, current.manifest().with("acl", json));
        });
    }

    /** AddImageIcon: also on an active image, since an icon is no part of what is installed. */
    public Image addIcon(Target target, IconUpload upload) throws IOException {
        admission.own(target);
        Icons.Received icon = icons.receive(upload);
        return underLock(() -> {
            admission.own(target);
            icons.put(target.uuid(), icon);
            Image image = catalogue.refresh(target.uuid());
            catalogue.quarantine().release(target.uuid(), Part.ICON);
            return image;
        });
    }

    /** DeleteImageIcon. */
    public Image deleteIcon(Target target) throws IOException {
        return underLock(() -> {
            admission.own(target);
            icons.delete(target.uuid());
            Image image = catalogue.refresh(target.uuid());
            catalogue.quarantine().release(target.uuid(), Part.ICON);
            return image;
        });
    }

    /** DeleteImage in all channels. */
    public void delete(Target target) throws IOException {
        delete(target, true);
    }

    /**
     * DeleteImage: it leaves the channel in which it was found, and is deleted with the last one.
     *
     * @param isForAllChannels whether it is deleted whatever other channels it is in
     */
    public void delete(Target target, boolean isForAllChannels) throws IOException {
        String uuid = target.uuid();
        Optional<DiskManifest> gone = underLock(() -> {
            DiskManifest current = admission.own(target);
            Optional<Manifest> rest = isForAllChannels ? Optional.empty() : moves.left(current.manifest(), target);
            return rest.isPresent() ? leave(current, rest.get(), target) : vanish(current, target);
        });
        if (gone.isPresent()) {
            tidy(uuid, () -> underLock(() -> deleteFiles(gone.get())));
            tidy(uuid, () -> catalogue.provenance().remove(uuid));
        }
    }

    private Optional<DiskManifest> leave(DiskManifest current, Manifest rest, Target target) throws IOException {
        moves.check(current.manifest(), rest, target.principal());
        manifests.write(with(current, rest));
        catalogue.refresh(target.uuid());
        return Optional.empty();
    }

    /** The manifest goes first, which makes the image vanish; then its bytes. */
    private Optional<DiskManifest> vanish(DiskManifest current, Target target) throws IOException {
        moves.checkDelete(current.manifest(), target.principal());
        admission.refuseIfNeeded(target.uuid(), ChannelScope.EVERY);
        manifests.delete(target.uuid());
        catalogue.forget(target.uuid());
        return Optional.of(current);
    }

    /**
     * Takes an image away that nobody is built on, to where it can be had back.
     *
     * @param why for whoever finds it there
     */
    public void discard(Target target, Trash trash, String why) throws IOException {
        String uuid = target.uuid();
        underLock(() -> {
            DiskManifest current = admission.own(target);
            admission.refuseIfNeeded(uuid, ChannelScope.EVERY);
            try {
                trash.take(current, why);
            } finally {
                catalogue.forget(uuid);
            }
            return current;
        });
    }

    /** Brings an image back that was discarded, if it could be published now: its uuid is free, and its origin is there. */
    public Image restore(Principal principal, String uuid, Trash trash) throws IOException {
        Account account = publisher(principal);
        return underLock(() -> {
            DiskManifest image =
                    trash.find(uuid).orElseThrow(() -> new NotFound("image " + uuid + " is not in the trash"));
            checkOwner(account, image.manifest());
            admission.checkOrigin(image.manifest(), principal);
            if (manifests.find(uuid).isPresent() || !trash.giveBack(image)) {
                throw uuidExists(uuid);
            }
            return catalogue.refresh(uuid);
        });
    }

    /** But for those of an image that somebody has made under the same uuid meanwhile. */
    private boolean deleteFiles(DiskManifest gone) throws IOException {
        Optional<DiskManifest> now = manifests.find(gone.manifest().uuid());
        if (now.isEmpty()) {
            icons.deleteAny(gone.manifest().uuid());
        }
        // The file last: beside it, the sweep knows an icon as the server's own.
        if (now.isEmpty() || !Objects.equals(now.get().path(), gone.path())) {
            files.delete(gone);
        }
        return now.isEmpty();
    }

    /** Removes what no manifest names any more. The change itself is done, so a failure is not the client's. */
    private static void tidy(String uuid, Tidying tidying) {
        try {
            tidying.run();
        } catch (IOException e) {
            LOG.warn(
                    "image {} is changed, but what it no longer needs cannot be removed; a later start sweeps it",
                    uuid,
                    e);
        }
    }

    private interface Tidying {
        void run() throws IOException;
    }

    /** The one place where a manifest that is there becomes another one. */
    private Image change(Target target, Change change) throws IOException {
        String uuid = target.uuid();
        return underLock(() -> {
            DiskManifest before = admission.own(target);
            DiskManifest after = change.of(before);
            manifests.write(after);
            Image shown = catalogue.refresh(uuid);
            tidy(uuid, () -> files.deleteReplaced(before, after));
            return shown;
        });
    }

    private interface Change {
        DiskManifest of(DiskManifest current) throws IOException;
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T underLock(Work<T> work) throws IOException {
        changing.lock();
        try {
            return manifests.decide(() -> {
                catalogue.catchUp();
                return work.run();
            });
        } catch (IOException e) {
            throw Failures.named(e, "the storage is full");
        } finally {
            changing.unlock();
        }
    }
}
