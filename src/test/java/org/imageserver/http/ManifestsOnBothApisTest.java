package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lies on disk in either version is seen on IMGAPI in version 2 and on DSAPI in version 1. */
class ManifestsOnBothApisTest {
    private static final String V1_UUID = "9f7c2a4e-6f0e-11e3-9a5b-0be7a9c1d5e2";
    private static final String V2_UUID = "01b2c898-945f-11e1-a523-af1afbe22822";
    private static final String CREATOR = "352971aa-31ba-496c-9ade-a379feaecd52";
    private static final String VENDOR = "639e90cd-71ec-c449-bc7a-2446651cce7c";

    @TempDir
    private Path directory;

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(directory, """
                "image-creator": "acme", "image-creator-uuid": "%s", "image-vendor-uuid": "%s", "rescan_seconds": 0.1
                """.formatted(CREATOR, VENDOR));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ObjectNode image(String uuid) {
        return object(server.get("/images/" + uuid));
    }

    private ObjectNode dataset(String uuid) {
        return object(server.get("/datasets/" + uuid));
    }

    private static ObjectNode object(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return (ObjectNode) TestServer.json(answer);
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(ManifestsOnBothApisTest.class.getResourceAsStream("/manifests/" + name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aManifestOfTheOldImportScript() throws IOException {
        byte[] file = {1, 2, 3};
        server.images().put(V1_UUID, "web server-1.2.0.zfs.gz", file);
        server.images()
                .put(V1_UUID, "manifest.json", resource("import-image.json").replace("52428800", "3"));
        server.rescan();
        assertThat(image(V1_UUID))
                .hasToString(TestImages.json("""
                {"v": 2, "uuid": "%s", "owner": "%s", "name": "web server", "version": "1.2.0",
                 "state": "active", "disabled": false, "public": true, "published_at": "2014-03-01T12:30:00Z",
                 "type": "zone-dataset", "os": "smartos",
                 "files": [{"sha1": "da39a3ee5e6b4b0d3255bfef95601890afd80709", "size": 3, "compression": "gzip"}],
                 "description": "A small web server", "urn": "internal:internal:web server:1.2.0"}
                """.formatted(V1_UUID, CREATOR)).toString());

        ObjectNode dataset = dataset(V1_UUID);
        String url = "http://127.0.0.1:%d/datasets/%s/web%%20server-1.2.0.zfs.gz".formatted(server.port(), V1_UUID);
        assertThat(dataset.at("/files/0/url").asText()).isEqualTo(url);
        assertThat(dataset.at("/files/0/path").asText()).isEqualTo("web server-1.2.0.zfs.gz");
        assertThat(dataset.at("/files/0/compression").asText()).isEqualTo("gzip");
        assertThat(dataset.at("/files/0/size").intValue()).isEqualTo(3);
        assertThat(dataset.path("creator_uuid").asText()).isEqualTo(CREATOR);
        assertThat(dataset.path("vendor_uuid").asText()).isEqualTo(VENDOR);
        assertThat(dataset.path("creator_name").asText()).isEqualTo("internal");
        assertThat(dataset.path("published_at").asText()).isEqualTo("2014-03-01T12:30Z");
        assertThat(dataset.has("v")).isFalse();

        assertThat(server.getBytes(URI.create(url).getRawPath()).body()).isEqualTo(file);
    }

    @Test
    void aManifestOfVersionTwoWrittenByHand() throws IOException {
        server.images().put(V2_UUID, "file", new byte[5]);
        server.images().put(V2_UUID, "manifest.json", resource("seed-v2.json").replace("110742036", "5"));
        server.rescan();
        ObjectNode image = image(V2_UUID);
        assertThat(image.at("/files/0")).hasToString("""
                {"sha1":"ac67ad4c0a0e9f8d47f08b4ed3b2f1ad4cbf4c4e","size":5,"compression":"bzip2",\
                "dataset_guid":"13479086206297104093","mirror":"eu"}""");
        assertThat(server.get("/images/" + V2_UUID).body()).contains("""
                "built_by":{"host":"build-7","load":1.50,"serial":18446744073709551617}""");
        assertThat(image.path("description").asText()).isEqualTo("Ein Grundsystem für Zonen – 基本 🙂");

        ObjectNode dataset = dataset(V2_UUID);
        assertThat(dataset.path("creator_uuid").asText()).isEqualTo(CREATOR);
        assertThat(dataset.path("creator_name").asText()).isEqualTo("acme");
        assertThat(dataset.path("cloud_name").asText()).isEqualTo("acme");
        assertThat(dataset.path("urn").asText()).isEqualTo("acme:acme:base64:13.2.0");
        assertThat(dataset.path("created_at").asText()).isEqualTo("2013-11-05T18:31:12.000Z");
        assertThat(dataset.path("built_by")).isEqualTo(image.path("built_by"));
        for (String field : new String[] {"v", "owner", "state", "public"}) {
            assertThat(dataset.has(field)).as(field).isFalse();
        }
        String url = dataset.at("/files/0/url").asText();
        assertThat(url).endsWith("/datasets/" + V2_UUID + "/image.zfs.bz2");
        assertThat(server.get("/datasets/" + V2_UUID + "/image.zfs.bz2").statusCode())
                .isEqualTo(200);
    }

    /** What a disk image is made of must survive either way. */
    @Test
    void aZvolKeepsItsDrivers() {
        String uuid = server.images()
                .add(
                        1,
                        manifest -> manifest.put("type", "zvol")
                                .put("nic_driver", "virtio")
                                .put("disk_driver", "virtio")
                                .put("cpu_type", "host")
                                .put("image_size", "10240"));
        server.rescan();
        for (ObjectNode shown : new ObjectNode[] {image(uuid), dataset(uuid)}) {
            assertThat(shown.path("image_size").isIntegralNumber()).isTrue();
            assertThat(shown.path("image_size").intValue()).isEqualTo(10240);
            assertThat(shown.path("nic_driver").asText()).isEqualTo("virtio");
            assertThat(shown.path("type").asText()).isEqualTo("zvol");
        }
    }

    @Test
    void anLxImageKeepsItsRequirements() {
        String uuid = server.images()
                .add(
                        1,
                        manifest -> manifest.put("type", "lx-dataset")
                                .put("os", "linux")
                                .putObject("requirements")
                                .put("brand", "lx")
                                .putObject("min_platform")
                                .put("7.0", "20160225T122859Z"));
        server.rescan();
        assertThat(image(uuid).at("/requirements/brand").asText()).isEqualTo("lx");
        assertThat(dataset(uuid).at("/requirements/min_platform/7.0").asText()).isEqualTo("20160225T122859Z");
    }

    /** One docker image without tags would break all of imgadm avail. */
    @Test
    void aDockerImageHasTagsEvenIfItHasNone() {
        String uuid = server.images().add(1, manifest -> manifest.put("type", "docker"));
        server.rescan();
        assertThat(image(uuid).path("tags").isObject()).isTrue();
        assertThat(TestServer.json(server.get("/images")).get(0).path("tags").isObject())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "x.zfs.gz, gzip",
        "x.zfs.bz2, bzip2",
        "x.zfs.xz, xz",
        "x.zfs.zst, zstd",
        "x.zfs, none",
        "gz, none",
    })
    void aMissingCompressionComesFromTheNameOfTheFile(String name, String compression) {
        String uuid = TestImages.uuid(1);
        server.images().put(uuid, name, "abc");
        ObjectNode manifest = TestImages.manifest(uuid, "abc".getBytes(StandardCharsets.UTF_8));
        ((ObjectNode) manifest.at("/files/0")).put("path", name).remove("compression");
        server.images().put(uuid, "manifest.json", manifest.toString());
        server.rescan();
        assertThat(image(uuid).at("/files/0/compression").asText()).isEqualTo(compression);
        assertThat(image(uuid).at("/files/0").has("path")).isFalse();
        assertThat(dataset(uuid).at("/files/0/compression").asText()).isEqualTo(compression);
        assertThat(server.get("/images/" + uuid + "/file").body()).isEqualTo("abc");
        assertThat(server.get("/datasets/" + uuid + "/" + name).body()).isEqualTo("abc");
    }

    @Test
    void whatIsOnlyForOtherServersOrAdministratorsIsNotShown() {
        String uuid = server.images().add(1, manifest -> {
            manifest.putArray("channels").add("dev");
            manifest.put("icon", true);
            manifest.put("error", "old");
            ((ObjectNode) manifest.at("/files/0")).put("stor", "manta").put("url", "http://other/x");
        });
        server.rescan();
        ObjectNode image = image(uuid);
        assertThat(image.has("channels")).isFalse();
        assertThat(image.has("icon")).as("there is none").isFalse();
        assertThat(image.has("error")).isFalse();
        assertThat(image.at("/files/0").has("stor")).isFalse();
        assertThat(image.at("/files/0").has("url")).isFalse();
        assertThat(dataset(uuid).at("/files/0").has("stor")).isFalse();
        assertThat(dataset(uuid).has("channels")).isFalse();
    }

    @Test
    void sizeAndSha1AreComputedWhenTheManifestDoesNotSayThem() throws IOException {
        String uuid = TestImages.uuid(1);
        byte[] bytes = "some bytes".getBytes(StandardCharsets.UTF_8);
        Path file = server.images().put(uuid, "file", bytes);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofMinutes(1))));
        ObjectNode manifest = TestImages.manifest(uuid, bytes);
        manifest.putArray("files").addObject().put("compression", "none");
        Path onDisk = server.images().put(uuid, "manifest.json", manifest.toString());
        byte[] written = Files.readAllBytes(onDisk);
        await().until(() -> server.names("/images").size() == 1);
        assertThat(image(uuid).at("/files/0/size").intValue()).isEqualTo(bytes.length);
        await().until(() -> image(uuid).at("/files/0").has("sha1"));
        for (JsonNode shown : new JsonNode[] {image(uuid), dataset(uuid)}) {
            assertThat(shown.at("/files/0/sha1").asText()).isEqualTo(TestImages.sha1(bytes));
        }
        assertThat(Files.readAllBytes(onDisk)).as("the operator's own").isEqualTo(written);
    }

    @Test
    void anIconIsShownAndSent() {
        String uuid = server.images().add(1);
        server.images().put(uuid, "icon.png", "pixels");
        server.rescan();
        assertThat(image(uuid).path("icon").asBoolean()).isTrue();
        HttpResponse<String> icon = server.get("/images/" + uuid + "/icon");
        assertThat(icon.headers().firstValue("content-type")).contains("image/png");
        assertThat(icon.body()).isEqualTo("pixels");
        await().untilAsserted(() -> assertThat(
                        server.get("/images/" + uuid + "/icon").headers().firstValue("content-md5"))
                .contains("05mEggjai4CjBq8P1iuwPw=="));
    }
}
