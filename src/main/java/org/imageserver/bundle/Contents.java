package org.imageserver.bundle;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.imageserver.manifest.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The table of a bundle, its first member: what follows it, in order. Immutable.
 *
 * @param format always {@link #FORMAT}
 * @param version of the format
 * @param created when (ISO 8601, whole seconds)
 * @param images each after its origin, if that is in the bundle
 * @param earlier uuids of images that came in earlier bundles, for whoever makes the next one
 */
public record Contents(String format, int version, String created, List<Entry> images, List<String> earlier) {
    /** Checks that nothing is missing. */
    public Contents {
        Objects.requireNonNull(created);
        images = List.copyOf(images);
        earlier = List.copyOf(earlier);
    }

    /** The name of the format. */
    public static final String FORMAT = "image-server-bundle";

    /** The newest version that this server writes and reads. */
    public static final int VERSION = 1;

    static final String TABLE = "bundle.json";
    static final String SIGNATURE = "bundle.sig";

    /** Of the table. That of 10,000 images has 6 MB. */
    static final int MAX_BYTES = 16 * 1024 * 1024;

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Set<String> ICONS = Set.of("icon.png", "icon.jpg", "icon.gif");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build();

    /**
     * An image.
     *
     * @param name for people, as the next one
     * @param origin the image that it builds on, in this bundle or not; null: none
     * @param icon null: none
     */
    public record Entry(
            String uuid,
            String name,
            String version,
            @Nullable String origin,
            Member manifest,
            Member file,
            @Nullable Member icon) {
        /** Checks that nothing is missing. */
        public Entry {
            Objects.requireNonNull(uuid);
            Objects.requireNonNull(name);
            Objects.requireNonNull(version);
            Objects.requireNonNull(manifest);
            Objects.requireNonNull(file);
        }

        /** In the order of the bundle. */
        Stream<Member> members() {
            return Stream.of(Optional.of(manifest), Optional.of(file), Optional.ofNullable(icon))
                    .flatMap(Optional::stream);
        }

        /** Name, version and uuid. */
        @Override
        public String toString() {
            return name + " " + version + " (" + uuid + ")";
        }
    }

    /**
     * A member of the tar.
     *
     * @param name its path there
     * @param size in bytes
     * @param sha256 of its bytes, in hex
     */
    public record Member(String name, long size, String sha256) {
        /** Checks that nothing is missing. */
        public Member {
            Objects.requireNonNull(name);
            Objects.requireNonNull(sha256);
        }
    }

    /** Which format it is, before anything else of it is understood. */
    private record Kind(@Nullable String format, int version) {}

    /** The uuids that are in here or came earlier. */
    public Set<String> known() {
        Set<String> known = new HashSet<>(earlier);
        images.forEach(image -> known.add(image.uuid()));
        return known;
    }

    /** The size of the images' files, in bytes. */
    public long fileBytes() {
        return images.stream().mapToLong(image -> image.file().size()).sum();
    }

    long createdSecond() {
        return Instant.parse(created).getEpochSecond();
    }

    byte[] toBytes() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a table whose signature or checksum is as it should be, and believes it nothing all the same. */
    static Contents parse(byte[] bytes) throws BundleException {
        try {
            // Which is null for the JSON of that name.
            @Nullable Kind kind = JSON.readValue(bytes, Kind.class);
            if (kind == null || !FORMAT.equals(kind.format())) {
                throw new BundleException(TABLE + " is not the table of a bundle");
            }
            if (kind.version() > VERSION) {
                throw new BundleException("the bundle has version " + kind.version() + " of the format, and this"
                        + " image-server reads up to " + VERSION + "; a newer one reads it");
            }
            Contents contents = JSON.readValue(bytes, Contents.class);
            contents.check();
            return contents;
        } catch (BundleException e) {
            throw e;
        } catch (IOException | DateTimeException e) {
            throw new BundleException(TABLE + " cannot be understood: " + e.getMessage(), e);
        }
    }

    private void check() throws BundleException {
        require(createdSecond() >= 0, "created");
        for (String uuid : earlier) {
            require(Uuid.isUuid(uuid), "earlier");
        }
        Set<String> seen = new HashSet<>();
        for (Entry image : images) {
            String uuid = image.uuid();
            require(Uuid.isUuid(uuid) && seen.add(uuid), "the uuid of an image");
            require(image.origin() == null || Uuid.isUuid(image.origin()), "the origin of " + uuid);
            check(image.manifest(), Set.of(uuid + "/manifest.json"));
            check(image.file(), Set.of(uuid + "/file"));
            if (image.icon() != null) {
                check(
                        image.icon(),
                        Set.copyOf(ICONS.stream().map(name -> uuid + "/" + name).toList()));
            }
        }
    }

    private static void check(Member member, Set<String> names) throws BundleException {
        require(
                names.contains(member.name())
                        && member.size() > 0
                        && SHA256.matcher(member.sha256()).matches(),
                member.name());
    }

    private static void require(boolean isGood, String what) throws BundleException {
        if (!isGood) {
            throw new BundleException(TABLE + " is wrong about " + what);
        }
    }
}
