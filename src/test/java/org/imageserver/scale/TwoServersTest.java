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
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.storage.objects.FaultProxy;
import org.imageserver.storage.objects.TestBuckets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done on one server is seen on the other, and files look the same from everywhere. */
class TwoServersTest {
    @TempDir
    static Path objects;

    private static TestBuckets buckets;

    @TempDir
    private Path directory;

    private Site site;

    @BeforeAll
    static void startStore() throws IOException {
        buckets = TestBuckets.start(objects);
    }

    @AfterAll
    static void stopStore() {
        buckets.close();
    }

    @BeforeEach
    void start() throws IOException {
        site = Site.start(directory, buckets, 2);
    }

    @AfterEach
    void stop() throws IOException {
        site.close();
    }

    static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        bytes[0] = 'x';
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/images/UUID", "/images/UUID/file", "/datasets/UUID", "/images/UUID?account=x", "/i/UUID"})
    void readsByItsUuidAtOnceWhatTheOtherPublished(String target) {
        for (String method : List.of("GET", "HEAD")) {
            String uuid = site.publish(0, "a", bytes(200_000));
            int known = site.server(0).get(target.replace("UUID", uuid)).statusCode();
            assertThat(site.server(1).send(method, target.replace("UUID", uuid)).statusCode())
                    .as(method)
                    .isEqualTo(known);
        }
    }

    @Test
    void servesTheBytesThatTheOtherReceived() {
        byte[] small = bytes(1000);
        byte[] large = bytes(12_000_000);
        for (byte[] file : List.of(small, large)) {
            String uuid = site.publish(0, "a", file);
            assertThat(site.server(1).getBytes("/images/" + uuid + "/file").body())
                    .isEqualTo(file);
            assertThat(site.server(0).getBytes("/images/" + uuid + "/file").body())
                    .isEqualTo(file);
        }
    }

    @Test
    void changesAtOnceWhatTheOtherPublished() {
        String uuid = site.publish(0, "a", bytes(1000));
        HttpResponse<String> updated = site.act(1, uuid, "update", "{\"description\": \"by the other\"}");
        assertThat(updated.statusCode()).as(updated.body()).isEqualTo(200);
        assertThat(TestServer.json(updated).path("description").asText()).isEqualTo("by the other");
        assertThat(site.server(1).send("DELETE", "/images/" + uuid).statusCode())
                .isEqualTo(204);
        assertThat(site.act(0, uuid, "update", "{\"description\": \"too late\"}")
                        .statusCode())
                .isEqualTo(404);
    }

    private void awaitOnBoth(String target, String part) {
        for (int server = 0; server < 2; server++) {
            int here = server;
            await().until(() -> site.server(here).get(target).body().contains(part));
        }
    }

    @Test
    void listsWhatTheOtherDid() {
        String uuid = site.publish(0, "first-name", bytes(1000));
        awaitOnBoth("/images", uuid);
        assertThat(site.server(1).names("/images")).containsExactly("first-name");

        site.act(1, uuid, "update", "{\"description\": \"second description\"}");
        awaitOnBoth("/images", "second description");

        site.act(0, uuid, "disable", "");
        await().until(() -> site.server(1).names("/images").isEmpty());
        site.act(0, uuid, "enable", "");
        await().until(() -> !site.server(1).names("/images").isEmpty());

        site.server(1).send("DELETE", "/images/" + uuid);
        await().until(() -> site.server(0).names("/images").isEmpty());
        assertThat(site.server(0).get("/images/" + uuid).statusCode()).isEqualTo(404);
        assertThat(site.server(0).get("/images/" + uuid + "/file").statusCode()).isEqualTo(404);
    }

    @Test
    void showsTheIconThatTheOtherGot() {
        String uuid = site.publish(0, "a", bytes(1000));
        assertThat(site.server(1).get("/images/" + uuid).statusCode()).isEqualTo(200);
        byte[] icon = bytes(100_000);
        assertThat(site.server(0)
                        .send(
                                "PUT",
                                "/images/" + uuid + "/icon",
                                BodyPublishers.ofByteArray(icon),
                                "Content-Type",
                                "image/png")
                        .statusCode())
                .isEqualTo(200);
        assertThat(site.server(1).getBytes("/images/" + uuid + "/icon").body())
                .as("asked for before the next look")
                .isEqualTo(icon);
        site.server(1).send("DELETE", "/images/" + uuid + "/icon");
        await().until(() -> site.server(0).get("/images/" + uuid + "/icon").statusCode() == 404);
    }

    @Test
    void letsInWhomTheOtherLetIn() {
        String uuid = site.publish(0, "a", bytes(1000));
        String account = "22222222-2222-4222-8222-222222222222";
        String accounts = "[\"" + account + "\"]";
        HttpResponse<String> added =
                site.server(0).send("POST", "/images/" + uuid + "/acl?action=add", BodyPublishers.ofString(accounts));
        assertThat(added.statusCode()).as(added.body()).isEqualTo(200);
        await().until(() -> site.server(1).get("/images/" + uuid).body().contains(account));
        site.server(1).send("POST", "/images/" + uuid + "/acl?action=remove", BodyPublishers.ofString(accounts));
        await().until(() -> !site.server(0).get("/images/" + uuid).body().contains(account));
    }

    @Test
    void activatesHereWhatWasUploadedThere() {
        byte[] file = bytes(300_000);
        String manifest = "{\"name\": \"a\", \"version\": \"1\", \"type\": \"other\", \"os\": \"other\"}";
        String uuid = TestServer.json(site.server(0).send("POST", "/images", BodyPublishers.ofString(manifest)))
                .path("uuid")
                .asText();
        HttpResponse<String> added = site.server(1)
                .send("PUT", "/images/" + uuid + "/file?compression=none", BodyPublishers.ofByteArray(file));
        assertThat(added.statusCode()).as(added.body()).isEqualTo(200);
        assertThat(site.act(0, uuid, "activate", "").statusCode()).isEqualTo(200);
        assertThat(site.act(1, uuid, "activate", "").statusCode()).isEqualTo(422);
        assertThat(site.server(1).getBytes("/images/" + uuid + "/file").body()).isEqualTo(file);
    }

    /** All that an answer says, but for what differs from answer to answer. */
    private static Map<String, String> said(HttpResponse<byte[]> answer) {
        Map<String, String> said = new TreeMap<>();
        answer.headers().map().forEach((name, values) -> said.put(name, String.join(", ", values)));
        List.of("date", "x-request-id", "x-response-time", "last-modified").forEach(said::remove);
        said.put("status", Integer.toString(answer.statusCode()));
        said.put("sha1", TestImages.sha1(answer.body()));
        return said;
    }

    /** Cold, while it is copied and from the copy: as from a directory. */
    @Test
    void answersWithFilesAsADirectoryDoes() throws IOException {
        byte[] file = bytes(9_000_000);
        String uuid = TestImages.uuid(1);
        try (TestServer plain = TestServer.start(Files.createDirectories(directory.resolve("plain")))) {
            plain.images().add(1, file);
            plain.rescan();
            String manifest = plain.get("/images/" + uuid).body();
            site.server(0)
                    .send("POST", "/images/" + uuid + "?action=import", BodyPublishers.ofString(withoutFile(manifest)));
            HttpResponse<String> added = site.server(0)
                    .send("PUT", "/images/" + uuid + "/file?compression=none", BodyPublishers.ofByteArray(file));
            assertThat(added.statusCode()).as(added.body()).isEqualTo(200);
            site.act(0, uuid, "activate", "");
            String target = "/images/" + uuid + "/file";
            await().until(() ->
                    plain.getBytes(target).headers().firstValue("content-md5").isPresent());
            String etag = plain.getBytes(target).headers().firstValue("etag").orElseThrow();
            List<List<String>> requests = List.of(
                    List.of("Range", "bytes=0-0"),
                    List.of("Range", "bytes=8999999-"),
                    List.of("Range", "bytes=-1000"),
                    List.of("Range", "bytes=100-5000000"),
                    List.of("Range", "bytes=9000000-"),
                    List.of("Range", "bytes=5-1"),
                    List.of("If-None-Match", etag),
                    List.of("If-Match", "\"other\""),
                    List.of("Range", "bytes=10-20", "If-Range", etag),
                    List.of("Range", "bytes=10-20", "If-Range", "\"other\""),
                    List.of("Accept-Encoding", "gzip"));
            for (int round = 0; round < 2; round++) {
                for (List<String> headers : requests) {
                    String[] given = headers.toArray(String[]::new);
                    assertThat(said(site.server(round).getBytes(target, given)))
                            .as("%s, round %d", headers, round)
                            .isEqualTo(said(plain.getBytes(target, given)));
                }
                site.awaitCopy(round, uuid);
            }
            for (List<String> headers : requests) {
                String[] given = headers.toArray(String[]::new);
                assertThat(said(site.server(0).getBytes(target, given)))
                        .as("%s, from the copy", headers)
                        .isEqualTo(said(plain.getBytes(target, given)));
            }
            HttpResponse<String> head = site.server(1).send("HEAD", target);
            assertThat(head.headers().firstValue("content-length")).contains("9000000");
            assertThat(head.headers().firstValue("etag")).contains(etag);
        }
    }

    private static String withoutFile(String manifest) {
        var json = TestImages.json(manifest);
        json.remove(List.of("files", "state"));
        return json.toString();
    }

    @Test
    void asksTheStoreOnceForAFileThatManyWant() throws Exception {
        byte[] file = bytes(5_000_000);
        String uuid = site.publish(0, "a", file);
        List<Future<byte[]>> readers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(30)) {
            for (int reader = 0; reader < 30; reader++) {
                readers.add(threads.submit(() ->
                        site.server(1).getBytes("/images/" + uuid + "/file").body()));
            }
            for (Future<byte[]> reader : readers) {
                assertThat(reader.get()).isEqualTo(file);
            }
        }
        site.awaitCopy(1, uuid);
        assertThat(site.line().targets())
                .filteredOn(target -> target.startsWith("GET ") && target.contains("/files/"))
                .as("reads of files")
                .hasSize(1);
    }

    /** A look that is broken off by the stop is no outage, and nobody is woken for it. */
    @Test
    void stopsInTheMiddleOfALookWithoutAnError() {
        site.line().plan((method, target) -> FaultProxy.Fault.HANG);
        await().until(() -> site.line().counts().getOrDefault(FaultProxy.Fault.HANG, 0L) >= 2);
        site.server(0).close();
        site.server(1).close();
    }
}
