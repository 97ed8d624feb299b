package org.imageserver.catalogue;

import static org.imageserver.catalogue.Refusals.notOwner;
import static org.imageserver.catalogue.Refusals.originMissing;
import static org.imageserver.catalogue.Refusals.publisher;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Principal.Account;
import org.imageserver.catalogue.ImageException.NotFound;
import org.imageserver.catalogue.ImageException.Reason;
import org.imageserver.catalogue.ImageException.Refused;
import org.imageserver.manifest.DiskManifest;
import org.imageserver.manifest.ImageFile;
import org.imageserver.manifest.Manifest;
import org.imageserver.zfs.Guid;
import org.imageserver.zfs.StreamPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what with the images that are there: change one, build on one, take one away. It looks at the newest
 * snapshot; who needs the answer to stay true asks under the lock of {@link Changes}. Thread-safe.
 */
final class Admission {
    /** How many dependents a refusal names. */
    private static final int NAMED_DEPENDENTS = 5;

    private final Catalogue catalogue;
    private final StoredManifest manifests;

    Admission(Catalogue catalogue, StoredManifest manifests) {
        this.catalogue = catalogue;
        this.manifests = manifests;
    }

    /**
     * The one place that lets somebody at an image that is there: the image as it is stored now, if he may change it and
     * it is the one that he knows. The channel comes before lookup, and lookup before ownership, as in the peer; and
     * whoever may not change it is not told what it is like.
     */
    DiskManifest own(Target target) throws IOException {
        String uuid = target.uuid();
        Account account = publisher(target.principal());
        ChannelScope scope = catalogue.channels().toChange(target.channel());
        catalogue.catchUpIfMissing(uuid);
        Image current = catalogue.snapshot().image(uuid, target.principal(), scope);
        if (current.isOffered()) {
            throw new Refused(
                    Reason.NOT_OWNER,
                    "image \"" + uuid
                            + "\" is offered by another server and not kept here, so it cannot be changed here;"
                            + " once somebody has downloaded it, it can");
        }
        if (!current.isOwnedBy(account)) {
            throw notOwner(account, uuid);
        }
        target.condition().check(current);
        return manifests.find(uuid).orElseThrow(() -> NotFound.image(uuid));
    }

    /** Refuses a manifest whose origin is not there, or not to be seen by whoever wants to build on it. */
    void checkOrigin(Manifest manifest, Principal principal) {
        String origin = manifest.origin();
        if (origin == null) {
            return;
        }
        if (origin.equals(manifest.uuid()) || !isVisible(origin, principal)) {
            throw originMissing(origin);
        }
    }

    private boolean isVisible(String uuid, Principal principal) {
        return catalogue
                .snapshot()
                .find(uuid)
                .filter(image -> image.isVisibleTo(principal))
                .isPresent();
    }

    /** What an incremental stream must begin with, going by the image that it is said to build on. */
    StreamPolicy.Origin origin(@Nullable String uuid, Principal principal) throws IOException {
        if (uuid == null) {
            return StreamPolicy.Origin.NONE;
        }
        if (!isVisible(uuid, principal)) {
            throw originMissing(uuid);
        }
        Optional<DiskManifest> kept = manifests.find(uuid);
        return kept.isPresent() ? asOrigin(kept.get().manifest()) : asOffered(uuid);
    }

    private StreamPolicy.Origin asOffered(String uuid) {
        return catalogue
                .snapshot()
                .find(uuid)
                .filter(Image::isOffered)
                .flatMap(Image::file)
                .flatMap(Image.File::guid)
                .map(StreamPolicy.Origin::of)
                .orElse(StreamPolicy.Origin.OF_UNKNOWN_GUID);
    }

    /** The same, of an image whose manifest is at hand. */
    static StreamPolicy.Origin asOrigin(Manifest manifest) {
        Optional<String> guid = manifest.file().map(ImageFile::datasetGuid);
        return guid.flatMap(Guid::find).map(StreamPolicy.Origin::of).orElse(StreamPolicy.Origin.OF_UNKNOWN_GUID);
    }

    /** Refuses to take an image away that others among these build on. */
    void refuseIfNeeded(String uuid, ChannelScope scope) {
        List<String> dependents = catalogue.snapshot().dependents(uuid, scope);
        if (dependents.isEmpty()) {
            return;
        }
        int more = dependents.size() - NAMED_DEPENDENTS;
        throw new Refused(
                Reason.HAS_DEPENDENTS,
                "image \"" + uuid + "\" has " + dependents.size() + " dependent incremental image(s): "
                        + String.join(", ", dependents.subList(0, Math.min(NAMED_DEPENDENTS, dependents.size())))
                        + (more > 0 ? ", and " + more + " more..." : ""));
    }
}
