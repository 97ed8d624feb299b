package org.imageserver.storage.objects;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Where the tests have their buckets: on an S3Proxy of their own, or on the store that {@code IMAGE_SERVER_TEST_S3} names
 * by its address, whose account must be the one of {@link S3Proxy#KEY}.
 */
public final class TestBuckets implements AutoCloseable {
    private static final String ELSEWHERE = "IMAGE_SERVER_TEST_S3";

    private final URI endpoint;
    private final @Nullable S3Proxy proxy;

    private TestBuckets(URI endpoint, @Nullable S3Proxy proxy) {
        this.endpoint = endpoint;
        this.proxy = proxy;
    }

    /** Starts the store, or finds it; what it needs goes below the directory. Says which it is. */
    public static TestBuckets start(Path directory) throws IOException {
        String elsewhere = System.getenv(ELSEWHERE);
        if (elsewhere != null) {
            System.out.println("object store: " + elsewhere);
            return new TestBuckets(URI.create(elsewhere), null);
        }
        S3Proxy proxy = S3Proxy.start(directory);
        System.out.println("object store: S3Proxy at " + proxy.endpoint());
        return new TestBuckets(proxy.endpoint(), proxy);
    }

    /** The address of the store. */
    public URI endpoint() {
        return endpoint;
    }

    /** The store, if it may be killed. */
    public Optional<S3Proxy> own() {
        return Optional.ofNullable(proxy);
    }

    /** A new bucket, and where it is. */
    public S3Location newBucket() {
        String name = "test-" + UUID.randomUUID();
        try (S3Client client = S3Client.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(S3Proxy.credentials())
                .build()) {
            client.createBucket(create -> create.bucket(name));
        }
        return new S3Location(Optional.of(endpoint), name, "images/", "us-east-1", true);
    }

    @Override
    public void close() {
        if (proxy != null) {
            proxy.close();
        }
    }
}
