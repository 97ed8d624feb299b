package org.imageserver.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.imageserver.TestServer;
import org.imageserver.storage.objects.ObjectStore;
import org.imageserver.storage.objects.S3Location;
import org.imageserver.storage.objects.S3Proxy;
import org.imageserver.storage.objects.TestBuckets;
import org.imageserver.storage.objects.TestStorages;

/** What servers leave in a bucket: the changes, all names after some of them, and the bytes of files. */
final class KeptBucket {
    /** More than what is kept in the log itself. */
    private static final int LARGE = 70_000;

    private KeptBucket() {}

    /**
     * Puts images into a new bucket, and its objects into files.
     *
     * @return what to ask a server that opens it
     */
    static Answers make(TestBuckets buckets, Path objects, Path scratch) throws Exception {
        S3Location bucket = buckets.newBucket();
        try (ObjectStore store = S3Proxy.connect(bucket)) {
            try (TestServer server = serve(bucket, scratch)) {
                String base = publish(server, "base", "large");
                publish(server, "built&origin=" + base, "built");
                TestStorages.checkpoint(store);
                publish(server, "later", "later");
                String deleted = publish(server, "deleted", "deleted");
                send(server, "DELETE", "/images/" + deleted, "");
                send(server, "POST", "/images/" + base + "?action=update", "{\"description\": \"changed\"}");
                send(server, "POST", "/images/" + base + "?action=disable", "");
                send(
                        server,
                        "POST",
                        "/images",
                        "{\"name\": \"empty\", \"version\": \"1\", \"type\": \"other\", \"os\": \"other\"}");
            }
            for (ObjectStore.Listed object : store.list("")) {
                Path file = objects.resolve(object.name());
                Files.createDirectories(file.getParent());
                Files.write(file, store.read(object.name()).orElseThrow());
            }
        }
        return new Answers(Map.of());
    }

    private static String publish(TestServer server, String name, String text) {
        String bytes = text.equals("large") ? "large ".repeat(LARGE / 6) : text;
        HttpResponse<String> answer =
                send(server, "POST", "/publish?version=1&type=other&os=other&name=" + name, bytes);
        return TestServer.json(answer).path("uuid").asText();
    }

    private static HttpResponse<String> send(TestServer server, String method, String target, String body) {
        HttpResponse<String> answer = server.send(method, target, BodyPublishers.ofString(body));
        assertThat(answer.statusCode()).as(target + ": " + answer.body()).isBetween(200, 204);
        return answer;
    }

    /** A new bucket with these objects. */
    static S3Location fill(TestBuckets buckets, Path objects) throws IOException {
        S3Location bucket = buckets.newBucket();
        try (ObjectStore store = S3Proxy.connect(bucket);
                var files = Files.walk(objects)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                store.create(objects.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return bucket;
    }

    /** Starts a server on a bucket, which keeps what is its own below the directory. */
    static TestServer serve(S3Location bucket, Path directory) throws IOException {
        // As all tools of S3 find them, too.
        System.setProperty("aws.accessKeyId", S3Proxy.KEY);
        System.setProperty("aws.secretAccessKey", S3Proxy.SECRET);
        return TestServer.start(Files.createDirectories(directory), """
                "anonymous_writes": true, "verify_streams": "off", "metrics_listen": ["127.0.0.1:0"],
                "storage": {"type": "s3", "endpoint": "%s", "bucket": "%s", "prefix": "%s"}
                """.formatted(
                        bucket.endpoint().orElseThrow(), bucket.bucket(), bucket.prefix()));
    }
}
