package org.imageserver.catalogue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.Watch;

/** Finds what is wrong in a directory of images, for a person who asks; it changes nothing. */
public final class DirectoryCheck {
    private final LocalStorage storage;
    private final Snapshot snapshot;
    private final Quarantine quarantine;

    /**
     * Looks at a directory.
     *
     * @throws IOException when it cannot be read
     */
    public DirectoryCheck(LocalStorage storage, String defaultOwner) throws IOException {
        this.storage = storage;
        Digests digests = new Digests(storage);
        StoredManifest manifests = new StoredManifest(storage, defaultOwner, true);
        DirectoryScan scan = new DirectoryScan(storage, new ImageReader(manifests, digests, ConfiguredChannels.NONE));
        scan.look(Watch.Extent.EVERYTHING);
        this.snapshot = scan.snapshot();
        this.quarantine = new Quarantine(storage, digests, manifests);
    }

    /** The images that are fine as far as names and sizes tell. */
    public List<Image> images() {
        return snapshot.images();
    }

    /** What is not served and why: bad manifests, refused links, directories that look like images but are none. */
    public List<Problem> problems() throws IOException {
        List<Problem> problems = new ArrayList<>(snapshot.problems());
        storage.refused().forEach(refused -> problems.add(new Problem(refused.name(), refused.reason())));
        directoriesWithoutManifest().forEach(problems::add);
        snapshot.images().forEach(image -> missingOrigin(image).ifPresent(problems::add));
        problems.addAll(quarantine.remembered());
        return problems.stream().sorted().toList();
    }

    private Stream<Problem> directoriesWithoutManifest() throws IOException {
        return storage.list("").stream()
                .map(BlobInfo::key)
                .filter(key -> key.segments().size() == 2)
                .collect(Collectors.groupingBy(key -> key.segments().getFirst()))
                .entrySet()
                .stream()
                .filter(directory -> DirectoryScan.isUuid(directory.getKey())
                        && directory.getValue().stream()
                                .noneMatch(key -> key.segments().getLast().equals(StoredManifest.NAME)))
                .map(directory -> new Problem(
                        directory.getKey(),
                        "holds files but no " + StoredManifest.NAME + ", so nothing of it is served"));
    }

    private Optional<Problem> missingOrigin(Image image) {
        return image.origin()
                .filter(origin -> snapshot.find(origin).isEmpty())
                .map(origin -> new Problem(
                        image.uuid() + "/" + StoredManifest.NAME,
                        "is built on image " + origin + ", which is not here; imgadm needs it from another source"));
    }

    /**
     * Reads an image's file from start to end and compares its sha1 with the manifest's.
     *
     * @param progress is told the bytes read so far
     * @return what is wrong; empty when it is as the manifest says
     */
    public Optional<Problem> checkSha1(Image image, LongConsumer progress) throws IOException, InterruptedException {
        if (image.file().isEmpty()) {
            return Optional.empty();
        }
        Image.File file = image.file().get();
        Optional<String> found = FileSha1.of(storage, file.blob(), progress);
        if (found.isEmpty()) {
            return Optional.of(new Problem(file.blob().key().value(), "was changed while it was being read"));
        }
        return file.sha1()
                .filter(stated -> !stated.equals(found.get()))
                .map(stated -> new Problem(
                        file.blob().key().value(),
                        "is damaged: its sha1 is " + found.get() + ", but the manifest says " + stated));
    }
}
