package org.imageserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.imageserver.catalogue.CatalogueSettings;
import org.imageserver.catalogue.ConfiguredChannels;
import org.imageserver.catalogue.UploadPolicy;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.Publishing;
import org.imageserver.manifest.ManifestRules;
import org.imageserver.remote.Limits;
import org.imageserver.signing.SigningKey;
import org.imageserver.signing.UnusableKeyException;

/** What a configuration says, in the words of the parts that keep to it; none of them knows the configuration. */
public final class Policies {
    /** For connections to other servers, which answer at once or are down. */
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private Policies() {}

    /** What a configuration says of the images, for whoever works on the directory without a server. */
    public static CatalogueSettings ofImages(Settings settings) {
        ManifestRules.Mode mode = switch (settings.mode()) {
            case PUBLIC -> ManifestRules.Mode.PUBLIC;
            case PRIVATE -> ManifestRules.Mode.PRIVATE;
        };
        return new CatalogueSettings(
                settings.creator().uuid(), mode, uploadPolicy(settings.publishing()), channels(settings));
    }

    private static ConfiguredChannels channels(Settings settings) {
        return new ConfiguredChannels(settings.channels().stream()
                .map(channel -> new ConfiguredChannels.Channel(
                        channel.name(), channel.description(), channel.isDefault(), channel.publishers()))
                .toList());
    }

    private static UploadPolicy uploadPolicy(Publishing publishing) {
        UploadPolicy.Streams streams = switch (publishing.verifyStreams()) {
            case STRICT -> UploadPolicy.Streams.STRICT;
            case WARN -> UploadPolicy.Streams.WARN;
            case OFF -> UploadPolicy.Streams.OFF;
        };
        return new UploadPolicy(publishing.maxFileBytes(), streams, publishing.isZstdAllowed());
    }

    /** What this server may ask of others in the name of clients. */
    static Limits ofFetching(Settings settings) {
        return new Limits(settings.publishing().arePrivateUrlsAllowed(), CONNECT, settings.idle());
    }

    /**
     * The key that manifests and lists are signed with.
     *
     * @throws IOException when its file cannot be read, or holds none
     */
    static Optional<SigningKey> signingKey(Settings settings) throws IOException {
        if (settings.signingKey().isEmpty()) {
            return Optional.empty();
        }
        Path file = settings.signingKey().get();
        try {
            return Optional.of(SigningKey.parse(Files.readString(file)));
        } catch (UnusableKeyException e) {
            throw new IOException("signing_key, " + file + ": " + e.getMessage(), e);
        } catch (NoSuchFileException e) {
            throw new IOException("signing_key: there is no file " + file + "; image-server key new makes one", e);
        }
    }
}
