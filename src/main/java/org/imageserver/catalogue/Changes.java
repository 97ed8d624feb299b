package org.imageserver.catalogue;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.imageserver.manifest.DiskManifest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one path on which what is stored of images changes: one change at a time, each decided on the newest state, in the
 * snapshot before whoever asked for it is answered. Bytes are received before, outside of it. Thread-safe.
 */
final class Changes {
    private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

    private final StoredManifest manifests;
    private final Admission admission;
    private final Catalogue catalogue;
    private final FileReceiver files;
    private final ReentrantLock changing = new ReentrantLock();

    Changes(StoredManifest manifests, Admission admission, Catalogue catalogue, FileReceiver files) {
        this.manifests = manifests;
        this.admission = admission;
        this.catalogue = catalogue;
        this.files = files;
    }

    interface Work<T> {
        T run() throws IOException;
    }

    /** Does something that nobody else's change may come between. */
    <T> T underLock(Work<T> work) throws IOException {
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

    interface Change {
        DiskManifest of(DiskManifest current) throws IOException;
    }

    /** The one place where a manifest that is there becomes another one. */
    Image change(Target target, Change change) throws IOException {
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

    interface Tidying {
        void run() throws IOException;
    }

    /** Removes what no manifest names any more. The change itself is done, so a failure is not the client's. */
    static void tidy(String uuid, Tidying tidying) {
        try {
            tidying.run();
        } catch (IOException e) {
            LOG.warn(
                    "image {} is changed, but what it no longer needs cannot be removed; a later start sweeps it",
                    uuid,
                    e);
        }
    }
}
