package org.imageserver.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.imageserver.catalogue.DirectoryCheck;
import org.imageserver.catalogue.Image;
import org.imageserver.config.Settings;
import org.imageserver.storage.LocalStorage;
import org.imageserver.zfs.Guid;
import org.imageserver.zfs.StreamPolicy;

/** Verifies every image of a directory: that it can be served, its sha1, its stream, and that it fits its origin. */
final class VerifyDirectory {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path directory;
    private final Map<String, Optional<String>> guids = new HashMap<>();

    VerifyDirectory(Path directory) {
        this.directory = directory;
    }

    void examine(Consumer<Examined> found) throws IOException, InterruptedException {
        try (LocalStorage storage = new LocalStorage(directory)) {
            DirectoryCheck check = new DirectoryCheck(storage, Settings.NOBODY);
            check.problems().forEach(problem -> found.accept(Examined.bad(named(problem.path()), problem.reason())));
            for (Image image : check.images()) {
                guids.put(image.uuid(), statedGuid(image));
            }
            examineAll(check, found);
        }
    }

    private void examineAll(DirectoryCheck check, Consumer<Examined> found) throws IOException, InterruptedException {
        List<Image> images = check.images().stream()
                .filter(image -> image.file().isPresent())
                .toList();
        long total = images.stream().mapToLong(VerifyDirectory::bytes).sum();
        try (Progress progress = Progress.start("verifying", OptionalLong.of(total))) {
            long before = 0;
            for (int i = 0; i < images.size(); i++) {
                progress.describe("verifying " + (i + 1) + " of " + images.size());
                long base = before;
                Examined examined = examine(check, images.get(i), read -> progress.reached(base + read));
                progress.print(() -> found.accept(examined));
                before += bytes(images.get(i));
            }
        }
    }

    private static long bytes(Image image) {
        return image.file().orElseThrow().size();
    }

    private Examined examine(DirectoryCheck check, Image image, LongConsumer watcher)
            throws IOException, InterruptedException {
        Image.File file = image.file().orElseThrow();
        String path = file.blob().key().value();
        if (!image.isStream()) {
            List<String> problems = check.checkSha1(image, watcher).stream()
                    .map(problem -> problem.reason())
                    .toList();
            return new Examined(named(path), Optional.empty(), Optional.empty(), problems, List.of());
        }
        try (VerifyInput bytes = VerifyInput.open(directory.resolve(path))) {
            return against(image, file, Examined.stream(named(path), bytes.watchedBy(watcher), origin(image)));
        }
    }

    /** The stream itself is judged; now whether it is the one that the manifest speaks of. */
    private Examined against(Image image, Image.File file, Examined examined) {
        if (examined.facts().isEmpty()) {
            return examined;
        }
        List<String> problems = new ArrayList<>(examined.problems());
        String sha1 = examined.sha1().orElseThrow();
        file.sha1()
                .filter(stated -> !stated.equals(sha1))
                .ifPresent(stated ->
                        problems.add("is damaged: its sha1 is " + sha1 + ", but the manifest says " + stated));
        String guid = examined.facts().get().last().toguid().decimal();
        statedGuid(image)
                .filter(stated -> !stated.equals(guid))
                .ifPresent(stated -> problems.add(
                        "the stream's snapshot has guid " + guid + ", but the manifest's dataset_guid is " + stated));
        return new Examined(examined.name(), examined.facts(), examined.sha1(), problems, examined.warnings());
    }

    private StreamPolicy.Origin origin(Image image) {
        if (image.origin().isEmpty()) {
            return StreamPolicy.Origin.NONE;
        }
        return guids.getOrDefault(image.origin().get(), Optional.empty())
                .map(guid -> StreamPolicy.Origin.of(Guid.parse(guid)))
                .orElse(StreamPolicy.Origin.OF_UNKNOWN_GUID);
    }

    private static Optional<String> statedGuid(Image image) {
        try {
            JsonNode file = JSON.readTree(image.json().bytes()).path("files").path(0);
            return Optional.ofNullable(file.path("dataset_guid").textValue());
        } catch (IOException e) {
            throw new IllegalStateException("a rendered manifest is JSON", e);
        }
    }

    private String named(String path) {
        return directory.resolve(path).toString();
    }
}
