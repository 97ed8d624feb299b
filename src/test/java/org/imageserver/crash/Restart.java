package org.imageserver.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.imageserver.TestImages;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.DirectoryCheck;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.LeftoverSweep;
import org.imageserver.crash.Acknowledged.Known;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.StoredBlob;

/** The next start after a crash, on the directory that is left: what it finds, and what it sweeps. */
final class Restart {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path directory;
    private final Acknowledged acknowledged;

    Restart(Path directory, Acknowledged acknowledged) {
        this.directory = directory;
        this.acknowledged = acknowledged;
    }

    /** Fails unless everything is as acknowledged, before the sweep and after it; returns how much was swept. */
    int check() throws IOException {
        try (LocalStorage storage = new LocalStorage(directory)) {
            checkImages(storage);
            assertThat(new DirectoryCheck(storage, CrashingPublisher.SETTINGS.defaultOwner()).problems())
                    .allSatisfy(problem -> assertThat(problem.reason()).startsWith("holds files but no manifest.json"));
            List<String> swept = new LeftoverSweep(storage, CrashingPublisher.SETTINGS)
                    .sweep(Duration.ZERO)
                    .names();
            assertThat(new DirectoryCheck(storage, CrashingPublisher.SETTINGS.defaultOwner()).problems())
                    .isEmpty();
            assertThat(onDisk()).isEqualTo(namedByImages(checkImages(storage)));
            return swept.size();
        }
    }

    private List<Image> checkImages(LocalStorage storage) throws IOException {
        try (Catalogue catalogue = new Catalogue(storage, CrashingPublisher.SETTINGS)) {
            catalogue.rescan();
            assertThat(catalogue.snapshot().problems()).isEmpty();
            List<Image> images = catalogue.snapshot().images();
            Map<String, Known> found = new TreeMap<>();
            for (Image image : images) {
                assertThat(found.put(image.name(), known(storage, image))).isNull();
            }
            Set<String> names = new HashSet<>(found.keySet());
            names.addAll(acknowledged.images().keySet());
            for (String name : names) {
                assertThat(found.get(name))
                        .as(name)
                        .isIn(
                                acknowledged.images().get(name),
                                acknowledged.withTheLastTry().get(name));
            }
            return images;
        }
    }

    /** From the bytes themselves, whatever the manifest says of them. */
    private static Known known(LocalStorage storage, Image image) throws IOException {
        String sha1 = "";
        if (image.file().isPresent()) {
            Image.File file = image.file().get();
            try (StoredBlob blob = storage.open(file.blob().key());
                    InputStream bytes = blob.stream(0, Long.MAX_VALUE)) {
                sha1 = TestImages.sha1(bytes.readAllBytes());
            }
            assertThat(file.sha1()).as("the manifest of %s", image.name()).contains(sha1);
        }
        String description =
                JSON.readTree(image.json().bytes()).path("description").asText();
        return new Known(
                sha1, image.state().isActivated(), description, image.icon().isPresent());
    }

    private Set<String> onDisk() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(path -> !path.equals(directory))
                    .map(path -> directory.relativize(path).toString())
                    .filter(name -> !name.equals(".image-server") && !name.equals(".image-server/pending"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> namedByImages(List<Image> images) {
        Set<String> names = new TreeSet<>();
        for (Image image : images) {
            names.add(image.uuid());
            names.add(image.uuid() + "/manifest.json");
            image.file().ifPresent(file -> names.add(file.blob().key().value()));
            image.icon().ifPresent(icon -> names.add(icon.key().value()));
        }
        return names;
    }
}
