package org.imageserver.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.imageserver.TestImages;

/**
 * Images as a SmartOS server may have them, from {@code sample-catalogue.json}: names, versions, origins, icons, and
 * intact streams. Their ages are counted from now.
 */
final class SampleCatalogue {
    private static final String OWNER = "930896af-bf8c-48d4-885c-6573a94b1853";

    private final Path directory;
    private final long fileBytes;

    private SampleCatalogue(Path directory, long fileBytes) {
        this.directory = directory;
        this.fileBytes = fileBytes;
    }

    /**
     * Puts all images into a directory of images.
     *
     * @param fileBytes what stands for a MiB of a file: fewer bytes make the same catalogue faster
     */
    static void fill(Path directory, long fileBytes) throws IOException {
        SampleCatalogue catalogue = new SampleCatalogue(directory, fileBytes);
        try (InputStream json =
                Objects.requireNonNull(SampleCatalogue.class.getResourceAsStream("/sample-catalogue.json"))) {
            for (JsonNode sample : new JsonMapper().readTree(json)) {
                catalogue.put(sample, (ObjectNode) sample.get("manifest"));
            }
        }
    }

    /** The uuids of all images with an icon. */
    static List<String> uuids(Path directory) throws IOException {
        try (Stream<Path> images = Files.list(directory)) {
            return images.filter(image -> Files.exists(image.resolve("icon.png")))
                    .map(image -> image.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private void put(JsonNode sample, ObjectNode manifest) throws IOException {
        String uuid = manifest.get("uuid").textValue();
        String name = manifest.get("name").textValue();
        Instant published = Instant.now()
                .minus(Duration.ofDays(sample.get("days_ago").asLong()))
                .truncatedTo(ChronoUnit.DAYS)
                .plus(Duration.ofMinutes(Math.floorMod(uuid.hashCode(), 1440)));
        Path image = Files.createDirectories(directory.resolve(uuid));
        Path file = image.resolve(name + "-" + manifest.get("version").textValue() + ".zfs.gz");
        long guid = uuid.hashCode() * 0x9E3779B97F4A7C15L;
        SampleStream.writeGzip(
                file,
                2 * fileBytes * sample.get("file_mib").asLong(),
                guid,
                "zones/" + uuid + "@final",
                published.getEpochSecond());
        describe(manifest, published);
        manifest.putArray("files")
                .addObject()
                .put("path", file.getFileName().toString())
                .put("sha1", TestImages.sha1(Files.readAllBytes(file)))
                .put("size", Files.size(file))
                .put("compression", "gzip")
                .put("dataset_guid", Long.toUnsignedString(guid));
        if (sample.has("icon")) {
            Files.write(
                    image.resolve("icon.png"), SampleIcon.png(sample.get("icon").textValue(), name));
        }
        Files.writeString(image.resolve("manifest.json"), manifest.toPrettyString());
    }

    /** What all have in common. */
    private static void describe(ObjectNode manifest, Instant published) {
        manifest.put("v", 2).put("owner", OWNER).put("published_at", published.toString());
        if (!manifest.has("state")) {
            manifest.put("state", "active").put("disabled", false);
        }
        if (!manifest.has("public")) {
            manifest.put("public", true);
        }
    }
}
