package org.imageserver.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.imageserver.Policies;
import org.imageserver.TestServer;
import org.imageserver.catalogue.Trash;
import org.imageserver.config.Settings;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.objects.S3Location;
import org.imageserver.storage.objects.TestBuckets;

/**
 * What one release has left: a directory with its configuration, the objects of a bucket, and what servers of that release
 * answered from them.
 */
record Release(Path kept) {
    private static final String SITE = "site.tar.gz";
    private static final String ANSWERS = "site.json";
    private static final String BUCKET = "bucket.tar.gz";
    private static final String BUCKET_ANSWERS = "bucket.json";

    /** Makes what the server of today leaves, and keeps it. */
    static Release make(Path target, Path scratch) throws Exception {
        Files.createDirectories(target);
        Path site = Files.createDirectories(scratch.resolve("made"));
        Answers answers = KeptSite.make(site, Files.createDirectories(scratch.resolve("upstream")));
        Archive.pack(site, target.resolve(SITE));
        Archive.unpack(target.resolve(SITE), scratch.resolve("asked"));
        try (TestServer server = TestServer.open(scratch.resolve("asked"))) {
            awaitReading(server);
            Answers.write(target.resolve(ANSWERS), answers.of(server));
        }
        return new Release(target);
    }

    /** The same for a bucket. */
    static Release makeBucket(Path target, TestBuckets buckets, Path scratch) throws Exception {
        Files.createDirectories(target);
        Path objects = Files.createDirectories(scratch.resolve("objects"));
        Answers answers = KeptBucket.make(buckets, objects, scratch.resolve("server"));
        Archive.pack(objects, target.resolve(BUCKET));
        try (TestServer server = KeptBucket.serve(KeptBucket.fill(buckets, objects), scratch.resolve("bucket-asked"))) {
            Answers.write(target.resolve(BUCKET_ANSWERS), answers.of(server));
        }
        return new Release(target);
    }

    /** Puts the objects into a bucket, and fails unless a server finds all there; also without what spares it reading. */
    void openBucket(TestBuckets buckets, Path scratch) throws Exception {
        Path objects = scratch.resolve("objects");
        Archive.unpack(kept.resolve(BUCKET), objects);
        compareBucket(KeptBucket.fill(buckets, objects), scratch.resolve("with"));
        Archive.remove(objects.resolve("checkpoint"));
        compareBucket(KeptBucket.fill(buckets, objects), scratch.resolve("without"));
    }

    private void compareBucket(S3Location bucket, Path scratch) throws IOException {
        JsonNode answers = Answers.read(kept.resolve(BUCKET_ANSWERS));
        try (TestServer server = KeptBucket.serve(bucket, scratch)) {
            Answers.compareNumbers(server, answers);
            Answers.kept(answers).compare(server, answers);
            assertThat(server.log().warnings()).isEmpty();
        }
    }

    /** Until the files were read in the background, as each version of a file is once. */
    private static void awaitReading(TestServer server) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(server.get(server.watched("/metrics")).body())
                                .containsPattern("imageserver_files\\{state=\"not_yet\"} 0"));
    }

    /** Opens a copy of it as an upgrade does, and fails unless all is there. */
    void open(Path scratch) throws Exception {
        Archive.unpack(kept.resolve(SITE), scratch);
        JsonNode answers = Answers.read(kept.resolve(ANSWERS));
        List<Trash.Thrown> thrown = trash(scratch).list();
        assertThat(thrown).extracting(Trash.Thrown::name).containsExactly("thrown-away");
        try (TestServer server = TestServer.open(scratch)) {
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> Answers.compareNumbers(server, answers));
            awaitReading(server);
            Answers.kept(answers).compare(server, answers);
            String[] alice = Answers.kept(answers).headers("alice");
            goOnWithTheUpload(server, alice);
            String uuid = thrown.getFirst().uuid();
            assertThat(server.get("/images/" + uuid).statusCode()).isEqualTo(404);
            assertThat(server.log().warnings())
                    .as("about what could not be read")
                    .noneMatch(line -> line.contains(".image-server") || line.contains("damaged;"));
        }
    }

    private static Trash trash(Path site) throws Exception {
        Settings settings = Settings.read(site.resolve("config.json"), Settings.Overrides.NONE);
        return new Trash(new LocalStorage(settings.serveDir()), Policies.ofImages(settings));
    }

    private static void goOnWithTheUpload(TestServer server, String... alice) throws IOException {
        JsonNode upload = TestServer.json(server.get("/uploads", alice)).path(0);
        int offset = upload.path("offset").asInt();
        assertThat(offset).as("%s", upload).isPositive();
        String[] headers = Arrays.copyOf(alice, alice.length + 6);
        List<String> tus = List.of(
                "Tus-Resumable",
                "1.0.0",
                "Upload-Offset",
                Integer.toString(offset),
                "Content-Type",
                "application/offset+octet-stream");
        for (int index = 0; index < tus.size(); index++) {
            headers[alice.length + index] = tus.get(index);
        }
        byte[] rest = new byte[upload.path("size").asInt() - offset];
        assertThat(server.send(
                                "PATCH",
                                "/uploads/" + upload.path("id").asText(),
                                BodyPublishers.ofByteArray(rest),
                                headers)
                        .statusCode())
                .isEqualTo(204);
        assertThat(server.names("/images")).contains("unfinished");
    }
}
