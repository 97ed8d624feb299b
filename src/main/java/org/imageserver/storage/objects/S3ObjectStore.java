package org.imageserver.storage.objects;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Objects in a bucket, by the protocol of Amazon S3. Credentials come from where all its tools look: the environment
 * ({@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY}), {@code ~/.aws}, the machine's role. Thread-safe.
 */
public final class S3ObjectStore implements ObjectStore {
    private static final Logger LOG = LoggerFactory.getLogger(S3ObjectStore.class);

    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** Without a byte. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    /** For small requests, and for the head of an answer with a large body; a store that hangs is down. */
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(5);

    /** With what the client does again by itself. */
    private static final Duration LONGEST_CALL = Duration.ofSeconds(10);

    /** What even a slow line carries. */
    private static final int LEAST_BYTES_A_SECOND = 256 * 1024;

    /** Downloads hold one each, as long as they take. */
    private static final int MOST_CONNECTIONS = 512;

    private static final int PRECONDITION_FAILED = 412;

    private static final int NOT_FOUND = 404;

    /** What S3 says while another conditional create of the same name is under way. */
    private static final int CONFLICT = 409;

    /** What some stores say of a condition that they do not know. */
    private static final int NOT_IMPLEMENTED = 501;

    /** In one request. */
    private static final int MOST_DELETED = 1000;

    private final S3Location location;
    private final AwsCredentialsProvider credentials;
    private final S3Client client;
    private final S3Presigner presigner;

    /** Makes a client; nothing is asked of the store yet. */
    public S3ObjectStore(S3Location location) {
        this(location, DefaultCredentialsProvider.builder().build());
    }

    S3ObjectStore(S3Location location, AwsCredentialsProvider credentials) {
        this.location = location;
        this.credentials = credentials;
        var builder = S3Client.builder()
                .credentialsProvider(credentials)
                .region(Region.of(location.region()))
                .forcePathStyle(location.isPathStyle())
                // Older stores refuse checksums that they do not know.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(
                        calls -> calls.apiCallAttemptTimeout(LONGEST_ATTEMPT).apiCallTimeout(LONGEST_CALL))
                .httpClientBuilder(Apache5HttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .connectionAcquisitionTimeout(CONNECT)
                        .socketTimeout(SILENCE)
                        .maxConnections(MOST_CONNECTIONS));
        location.endpoint().ifPresent(builder::endpointOverride);
        this.client = builder.build();
        this.presigner = presigner();
    }

    @Override
    public boolean create(String name, byte[] bytes) throws IOException {
        return call("create", name, () -> {
            try {
                client.putObject(
                        put -> put.bucket(location.bucket())
                                .key(key(name))
                                .ifNoneMatch("*")
                                .overrideConfiguration(longEnoughFor(bytes.length)),
                        RequestBody.fromBytes(bytes));
                return true;
            } catch (S3Exception e) {
                if (e.statusCode() == PRECONDITION_FAILED) {
                    return false;
                }
                if (e.statusCode() == CONFLICT) {
                    throw new StoreDownException(name + " is being created by somebody else just now", e);
                }
                throw e;
            }
        });
    }

    @Override
    public Optional<byte[]> read(String name) throws IOException {
        return call("read", name, () -> {
            try {
                return Optional.of(client.getObjectAsBytes(
                                get -> get.bucket(location.bucket()).key(key(name)))
                        .asByteArrayUnsafe());
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public InputStream read(String name, long offset, long end) throws IOException {
        return call("read", name, () -> {
            try {
                ResponseInputStream<GetObjectResponse> answer = client.getObject(
                        get -> get.bucket(location.bucket()).key(key(name)).range("bytes=" + offset + "-" + (end - 1)));
                return new Answer(answer, name);
            } catch (NoSuchKeyException e) {
                FileNotFoundException missing =
                        new FileNotFoundException(describe(name) + " is not in the object store");
                missing.initCause(e);
                throw missing;
            }
        });
    }

    @Override
    public Upload upload(String name) {
        return new S3Upload(this, client, location.bucket(), name, key(name));
    }

    @Override
    public List<Listed> list(String prefix) throws IOException {
        return call("list", prefix, () -> {
            List<Listed> all = new ArrayList<>();
            client.listObjectsV2Paginator(list -> list.bucket(location.bucket()).prefix(key(prefix)))
                    .contents()
                    .forEach(object -> all.add(new Listed(name(object.key()), object.size(), object.lastModified())));
            return all;
        });
    }

    @Override
    public void delete(List<String> names) throws IOException {
        for (int from = 0; from < names.size(); from += MOST_DELETED) {
            List<ObjectIdentifier> some = names.subList(from, Math.min(names.size(), from + MOST_DELETED)).stream()
                    .map(name -> ObjectIdentifier.builder().key(key(name)).build())
                    .toList();
            call("delete", names.get(from), () -> {
                var answer = client.deleteObjects(delete -> delete.bucket(location.bucket())
                        .delete(Delete.builder().objects(some).quiet(true).build()));
                if (answer.hasErrors()) {
                    throw new IOException("the object store did not delete "
                            + answer.errors().getFirst().key() + ": "
                            + answer.errors().getFirst().message());
                }
                return answer;
            });
        }
    }

    @Override
    public List<Unfinished> unfinished(String prefix) throws IOException {
        return call("list the uploads of", prefix, () -> {
            List<Unfinished> all = new ArrayList<>();
            client.listMultipartUploadsPaginator(
                            list -> list.bucket(location.bucket()).prefix(key(prefix)))
                    .uploads()
                    .forEach(upload ->
                            all.add(new Unfinished(name(upload.key()), upload.uploadId(), upload.initiated())));
            return all;
        });
    }

    @Override
    public void abort(Unfinished upload) throws IOException {
        call(
                "abort the upload of",
                upload.name(),
                () -> client.abortMultipartUpload(abort ->
                        abort.bucket(location.bucket()).key(key(upload.name())).uploadId(upload.id())));
    }

    @Override
    public Optional<String> address(String name, Duration valid) {
        return Optional.of(presigner
                .presignGetObject(presign -> presign.signatureDuration(valid)
                        .getObjectRequest(get -> get.bucket(location.bucket()).key(key(name))))
                .url()
                .toString());
    }

    private S3Presigner presigner() {
        var builder = S3Presigner.builder()
                .credentialsProvider(credentials)
                .region(Region.of(location.region()))
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(location.isPathStyle())
                        .build());
        location.endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    /** Time to send so many bytes, twice if need be, beside what any request gets. */
    static Consumer<AwsRequestOverrideConfiguration.Builder> longEnoughFor(int bytes) {
        Duration sending = Duration.ofSeconds(bytes / LEAST_BYTES_A_SECOND);
        return request -> request.apiCallAttemptTimeout(LONGEST_ATTEMPT.plus(sending))
                .apiCallTimeout(LONGEST_CALL.plus(sending.multipliedBy(2)));
    }

    private String key(String name) {
        return location.prefix() + name;
    }

    private String name(String key) {
        return key.substring(location.prefix().length());
    }

    private String describe(String name) {
        return name + " in " + location;
    }

    /** Something that is asked of the store. */
    interface Call<T> {
        T run() throws IOException;
    }

    /** The one place that tells a store that is down from one that refuses. */
    <T> T call(String what, String name, Call<T> call) throws IOException {
        try {
            return call.run();
        } catch (AbortedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("cannot " + what + " " + describe(name) + ": the server stops", e);
        } catch (S3Exception e) {
            String message = "the object store cannot " + what + " " + describe(name) + ": " + e.getMessage();
            throw isTemporary(e) ? new StoreDownException(message, e) : new IOException(message, e);
        } catch (SdkClientException e) {
            throw new StoreDownException("cannot " + what + " " + describe(name) + ": " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            // The SDK says it this way that the XML of an answer was cut.
            throw new StoreDownException("cannot " + what + " " + describe(name) + ": " + e.getMessage(), e);
        } catch (SdkException e) {
            throw new IOException("cannot " + what + " " + describe(name) + ": " + e.getMessage(), e);
        } catch (IllegalStateException e) {
            // Apache's client says it this way that it was closed.
            throw new IOException("cannot " + what + " " + describe(name) + ": the server stops", e);
        }
    }

    /** What is missing, an object or the bucket, is said in the answer's body; when that is cut, nobody knows. */
    private static boolean isCutShort(S3Exception e) {
        return e.statusCode() == NOT_FOUND
                && !(e instanceof NoSuchKeyException)
                && (e.awsErrorDetails() == null || isEmpty(e.awsErrorDetails().errorCode()));
    }

    private static boolean isEmpty(@Nullable String code) {
        return code == null || code.isEmpty();
    }

    private static boolean isTemporary(S3Exception e) {
        return (e.statusCode() >= 500 && e.statusCode() != NOT_IMPLEMENTED)
                || e.isThrottlingException()
                || e.statusCode() == CONFLICT
                || isCutShort(e);
    }

    @Override
    public void close() {
        presigner.close();
        client.close();
        LOG.debug("closed {}", location);
    }

    /** An answer's body; closed early, it ends the connection: reading the rest of 20 GB only to drop it helps nobody. */
    private static final class Answer extends InputStream {
        private final ResponseInputStream<GetObjectResponse> body;
        private final String name;

        Answer(ResponseInputStream<GetObjectResponse> body, String name) {
            this.body = body;
            this.name = name;
        }

        @Override
        public int read() throws IOException {
            try {
                return body.read();
            } catch (SdkException e) {
                throw broken(e);
            }
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            try {
                return body.read(to, offset, length);
            } catch (SdkException e) {
                throw broken(e);
            }
        }

        private IOException broken(SdkException e) {
            return new StoreDownException("the object store broke off in " + name + ": " + e.getMessage(), e);
        }

        @Override
        public void close() {
            body.abort();
        }
    }
}
