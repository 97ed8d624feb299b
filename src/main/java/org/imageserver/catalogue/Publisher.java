package org.imageserver.catalogue;

import static org.imageserver.catalogue.Changes.tidy;
import static org.imageserver.catalogue.Lifecycle.accepted;
import static org.imageserver.catalogue.Lifecycle.activated;
import static org.imageserver.catalogue.Lifecycle.with;
import static org.imageserver.catalogue.Refusals.checkOwner;
import static org.imageserver.catalogue.Refusals.publisher;
import static org.imageserver.catalogue.Refusals.refuseIfActivated;
import static org.imageserver.catalogue.Refusals.uuidExists;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Principal.Account;
import org.imageserver.catalogue.ImageException.Reason;
import org.imageserver.catalogue.ImageException.Refused;
import org.imageserver.manifest.DiskManifest;
import org.imageserver.manifest.Manifest;
import org.imageserver.manifest.ManifestRules;
import org.imageserver.manifest.Violation;
import org.imageserver.storage.BlobInfo;
import org.imageserver.zfs.StreamPolicy;

/**
 * How images come: bytes are received and made durable first, then a manifest names them, then the snapshot shows it, and
 * only then a method returns. Manifests change one at a time, see {@link Changes}; bytes are received outside of that.
 * Thread-safe.
 *
 * <p>Every method throws an {@link ImageException} for what it refuses and an {@link IOException} when the storage
 * fails. Nothing has changed after a refusal; after a failure of the storage an image is as it was or as it was to be,
 * whole in either case, and what {@link #publish} was to make does not exist unless the storage refused to take it back.
 * Each returns the image as it is afterwards.
 */
public final class Publisher {
    private final StoredManifest manifests;
    private final Catalogue catalogue;
    private final ManifestRules rules;
    private final Admission admission;
    private final ChannelMoves moves;
    private final Changes changes;
    private final Sharing sharing;
    private final Editor editor;
    private final FileReceiver files;

    Publisher(
            StoredManifest manifests,
            Catalogue catalogue,
            ManifestRules rules,
            Admission admission,
            ChannelMoves moves,
            Changes changes,
            Sharing sharing,
            Editor editor,
            FileReceiver files) {
        this.manifests = manifests;
        this.catalogue = catalogue;
        this.rules = rules;
        this.admission = admission;
        this.moves = moves;
        this.changes = changes;
        this.sharing = sharing;
        this.editor = editor;
        this.files = files;
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
        return changes.underLock(() -> {
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
            Image image = changes.change(target, current -> {
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
            Image image = changes.change(target, current -> {
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
                    tidy(uuid, () -> sharing.healOthers(old, Part.FILE.of(image).orElseThrow())));
            return image;
        }
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
        return new StagedImages(publisher(principal), this, editor, rules, files, admission, moves);
    }

    /** The file is durable by now; the manifest comes last and makes it an image. */
    Image addActive(Account account, Manifest manifest, ReceivedFile received) throws IOException {
        checkOwner(account, manifest);
        DiskManifest image = received.named(activated(manifest));
        try {
            Image shown = changes.underLock(() -> {
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
        changes.underLock(() -> {
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

    private static void afterFailure(IOException failure, Changes.Tidying tidying) {
        try {
            tidying.run();
        } catch (IOException again) {
            failure.addSuppressed(again);
        }
    }

    /** ActivateImage: from now on the file never changes, and everyone who may see the image does. */
    public Image activate(Target target) throws IOException {
        String uuid = target.uuid();
        return changes.change(target, current -> {
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
}
