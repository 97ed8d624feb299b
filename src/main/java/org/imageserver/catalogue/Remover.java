package org.imageserver.catalogue;

import static org.imageserver.catalogue.Changes.tidy;
import static org.imageserver.catalogue.Lifecycle.with;
import static org.imageserver.catalogue.Refusals.checkOwner;
import static org.imageserver.catalogue.Refusals.publisher;
import static org.imageserver.catalogue.Refusals.uuidExists;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Principal.Account;
import org.imageserver.catalogue.ImageException.NotFound;
import org.imageserver.manifest.DiskManifest;
import org.imageserver.manifest.Manifest;

/**
 * Takes images away, and brings back what was only thrown away. The manifest goes first, which makes the image vanish; then
 * its bytes. Fails as {@link Publisher} does. Thread-safe.
 */
public final class Remover {
    private final StoredManifest manifests;
    private final Catalogue catalogue;
    private final Admission admission;
    private final ChannelMoves moves;
    private final Changes changes;
    private final FileReceiver files;
    private final Icons icons;

    Remover(
            StoredManifest manifests,
            Catalogue catalogue,
            Admission admission,
            ChannelMoves moves,
            Changes changes,
            FileReceiver files,
            Icons icons) {
        this.manifests = manifests;
        this.catalogue = catalogue;
        this.admission = admission;
        this.moves = moves;
        this.changes = changes;
        this.files = files;
        this.icons = icons;
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
        Optional<DiskManifest> gone = changes.underLock(() -> {
            DiskManifest current = admission.own(target);
            Optional<Manifest> rest = isForAllChannels ? Optional.empty() : moves.left(current.manifest(), target);
            return rest.isPresent() ? leave(current, rest.get(), target) : vanish(current, target);
        });
        if (gone.isPresent()) {
            tidy(uuid, () -> changes.underLock(() -> deleteFiles(gone.get())));
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
        changes.underLock(() -> {
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
        return changes.underLock(() -> {
            DiskManifest image = trash.find(uuid)
                    .orElseThrow(() -> new NotFound("image " + uuid
                            + " is not in the trash, or what is there has no manifest that can be read"));
            checkOwner(account, image.manifest());
            admission.checkOrigin(image.manifest(), principal);
            if (manifests.find(uuid).isPresent() || !trash.giveBack(image)) {
                throw uuidExists(uuid);
            }
            catalogue.quarantine().catchUp();
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
}
