package org.imageserver.storage.objects;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;

/** A multipart upload, begun with its first part. */
final class S3Upload implements ObjectStore.Upload {
    private static final Logger LOG = LoggerFactory.getLogger(S3Upload.class);

    /** Some stores copy all parts, in bytes, before they answer. */
    private static final int LARGE = 16 * 1024 * 1024;

    private final S3ObjectStore store;
    private final S3Client client;
    private final String bucket;
    private final String name;
    private final String key;
    private final List<CompletedPart> parts = new ArrayList<>();
    private @Nullable String id;
    private boolean isFinished;

    S3Upload(S3ObjectStore store, S3Client client, String bucket, String name, String key) {
        this.store = store;
        this.client = client;
        this.bucket = bucket;
        this.name = name;
        this.key = key;
    }

    @Override
    public void part(int size, Supplier<InputStream> bytes) throws IOException {
        String upload = id();
        int number = parts.size() + 1;
        String tag = store.call(
                "store part " + number + " of",
                name,
                () -> client.uploadPart(
                                part -> part.bucket(bucket)
                                        .key(key)
                                        .uploadId(upload)
                                        .partNumber(number)
                                        .overrideConfiguration(S3ObjectStore.longEnoughFor(size)),
                                RequestBody.fromContentProvider(bytes::get, size, "application/octet-stream"))
                        .eTag());
        parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
    }

    private String id() throws IOException {
        String known = id;
        if (known == null) {
            known = store.call(
                    "begin",
                    name,
                    () -> client.createMultipartUpload(
                                    create -> create.bucket(bucket).key(key))
                            .uploadId());
            id = known;
        }
        return known;
    }

    @Override
    public void finish() throws IOException {
        String upload = id();
        store.call("finish", name, () -> {
            try {
                client.completeMultipartUpload(complete -> complete.bucket(bucket)
                        .key(key)
                        .uploadId(upload)
                        .multipartUpload(all -> all.parts(parts))
                        .overrideConfiguration(S3ObjectStore.longEnoughFor(LARGE)));
            } catch (NoSuchUploadException e) {
                // The client asks again when an answer is lost. Nobody else uses this name.
                client.headObject(head -> head.bucket(bucket).key(key));
            }
            return upload;
        });
        isFinished = true;
    }

    @Override
    public void close() {
        String begun = id;
        if (isFinished || begun == null) {
            return;
        }
        isFinished = true;
        try {
            store.call(
                    "give up",
                    name,
                    () -> client.abortMultipartUpload(
                            abort -> abort.bucket(bucket).key(key).uploadId(begun)));
        } catch (IOException e) {
            LOG.warn("an upload that broke off lies in the object store until it is swept: {}", name, e);
        }
    }
}
