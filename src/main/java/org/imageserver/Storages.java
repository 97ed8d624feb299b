package org.imageserver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.imageserver.config.Settings;
import org.imageserver.config.Settings.Bucket;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.Storage;
import org.imageserver.storage.objects.BucketStorage;
import org.imageserver.storage.objects.CreateProbe;
import org.imageserver.storage.objects.ObjectCache;
import org.imageserver.storage.objects.ObjectStore;
import org.imageserver.storage.objects.S3Location;
import org.imageserver.storage.objects.S3ObjectStore;

/** Opens the storages of this server: a directory, or a bucket that other servers use too. */
public final class Storages {
    private Storages() {}

    /**
     * Opens what a configuration says.
     *
     * @throws IOException when it cannot be read, or is an object store that is not fit for it
     */
    public static Storage open(Settings settings) throws IOException {
        LocalStorage directory = new LocalStorage(settings.serveDir());
        return settings.bucket().isPresent() ? onBucket(settings.bucket().get(), directory) : directory;
    }

    private static Storage onBucket(Bucket bucket, LocalStorage own) throws IOException {
        ObjectStore store = new S3ObjectStore(new S3Location(
                bucket.endpoint(), bucket.name(), bucket.prefix(), bucket.region(), bucket.isPathStyle()));
        return open(store, own, bucket.name(), bucket.cacheDir(), bucket.cacheBytes());
    }

    private static Storage open(ObjectStore store, LocalStorage own, String bucket, Path cache, long cacheBytes)
            throws IOException {
        try {
            CreateProbe.check(store, bucket);
            return BucketStorage.open(store, own, new ObjectCache(store, cache, cacheBytes), hostName());
        } catch (IOException e) {
            store.close();
            own.close();
            throw e;
        }
    }

    /** For people who read the log; a machine may not know its own name. */
    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    /**
     * Opens a place as a command line names it: a directory, or {@code s3://BUCKET/PREFIX}.
     *
     * @param endpoint of the object store; empty: Amazon's own
     * @param scratch a directory for what a server would keep beside a bucket
     * @throws IOException when it cannot be read
     */
    public static Storage open(String place, Optional<URI> endpoint, String region, Path scratch) throws IOException {
        if (!place.startsWith("s3://")) {
            return new LocalStorage(Files.createDirectories(Path.of(place)));
        }
        String[] parts = place.substring("s3://".length()).split("/", 2);
        String prefix = parts.length < 2 || parts[1].isEmpty() || parts[1].endsWith("/")
                ? String.join("", parts).substring(parts[0].length())
                : parts[1] + "/";
        S3Location location = new S3Location(endpoint, parts[0], prefix, region, endpoint.isPresent());
        return open(new S3ObjectStore(location), new LocalStorage(scratch), parts[0], scratch, 0);
    }
}
