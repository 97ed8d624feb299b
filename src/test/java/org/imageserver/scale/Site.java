package org.imageserver.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.imageserver.TestServer;
import org.imageserver.storage.objects.FaultProxy;
import org.imageserver.storage.objects.S3Location;
import org.imageserver.storage.objects.S3Proxy;
import org.imageserver.storage.objects.TestBuckets;

/** Servers on one bucket, and the line between them and it. */
final class Site implements AutoCloseable {
    private final FaultProxy line;
    private final List<TestServer> servers = new ArrayList<>();

    private Site(FaultProxy line) {
        this.line = line;
    }

    /** Starts so many servers, each of which keeps its own things below the directory. */
    static Site start(Path directory, TestBuckets buckets, int servers, String... entries) throws IOException {
        // As all tools of S3 find them, too.
        System.setProperty("aws.accessKeyId", S3Proxy.KEY);
        System.setProperty("aws.secretAccessKey", S3Proxy.SECRET);
        S3Location bucket = buckets.newBucket();
        Site site = new Site(FaultProxy.to(buckets.endpoint()));
        for (int server = 0; server < servers; server++) {
            Path own = Files.createDirectories(directory.resolve("server-" + server));
            site.servers.add(TestServer.start(own, configuration(site.line, bucket, entries)));
        }
        return site;
    }

    private static String configuration(FaultProxy line, S3Location bucket, String... entries) {
        return """
                "anonymous_writes": true,
                "verify_streams": "off",
                %s
                "storage": {"type": "s3", "endpoint": "%s", "bucket": "%s", "prefix": "images"}
                """.formatted(String.join("", entries), line.address(), bucket.bucket());
    }

    FaultProxy line() {
        return line;
    }

    TestServer server(int number) {
        return servers.get(number);
    }

    /** Publishes an active image and returns its uuid. */
    String publish(int server, String name, byte[] file) {
        HttpResponse<String> published = tryToPublish(server, name, file);
        assertThat(published.statusCode()).as(published.body()).isEqualTo(200);
        return TestServer.json(published).path("uuid").asText();
    }

    HttpResponse<String> tryToPublish(int server, String name, byte[] file) {
        return server(server)
                .send("POST", "/publish?version=1&type=other&os=other&name=" + name, BodyPublishers.ofByteArray(file));
    }

    HttpResponse<String> act(int server, String uuid, String action, String json) {
        return server(server).send("POST", "/images/" + uuid + "?action=" + action, BodyPublishers.ofString(json));
    }

    /** Waits until a server has a whole copy of the file. */
    void awaitCopy(int server, String uuid) throws IOException {
        server(server).getBytes("/images/" + uuid + "/file");
        await().until(() -> {
            var catalogue = server(server).server().catalogue();
            try (var file = catalogue.files().open(catalogue.snapshot(), Peer.ADMIN, uuid, 0)) {
                return file.channel().isPresent();
            }
        });
    }

    /** What servers say in their logs when they are cut off from the store. */
    void forgiveOutage() {
        forgive("the object store cannot be read");
    }

    /** What a test wants them to say: each sees the lines of all. */
    void forgive(String part) {
        servers.forEach(server -> server.log().forgive(part));
    }

    @Override
    public void close() throws IOException {
        line.plan(FaultProxy.Plan.NONE);
        try (line) {
            servers.forEach(TestServer::close);
        }
    }
}
