package org.imageserver.http.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.CatalogueSettings;
import org.imageserver.catalogue.UploadPolicy;
import org.imageserver.manifest.ManifestRules;
import org.imageserver.storage.LocalStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the server tells those who watch it. */
class HealthTest {
    private static final String WATCHED = "\"verify_streams\": \"off\", \"metrics_listen\": [\"127.0.0.1:0\"]";

    @TempDir
    private Path directory;

    @Test
    void saysThatItLivesAndCanServe() {
        try (TestServer server = TestServer.start(directory)) {
            assertThat(server.get("/healthz").body()).isEqualTo("{\"status\":\"alive\"}");
            HttpResponse<String> ready = server.get("/readyz");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(ready.headers().firstValue("cache-control")).contains("no-store");
            assertThat(TestServer.json(ready).path("status").asText()).isEqualTo("ready");
            assertThat(TestServer.json(ready).at("/checks/0/message").asText())
                    .startsWith("the images were looked at 0 s ago, of every 2.0 s");
            assertThat(TestServer.json(ready).at("/checks/1/message").asText()).contains("MiB are free");
        }
    }

    @Test
    void isNotReadyWhileItsStorageCannotBeAsked() throws IOException {
        try (TestServer server = TestServer.start(directory, WATCHED)) {
            server.log().forgive("cannot be read; the images known so far are still served");
            Path images = directory.resolve("images");
            Path away = directory.resolve("away");
            Files.move(images, away);
            await().until(() -> server.get("/readyz").statusCode() == 503);
            HttpResponse<String> ready = server.get(server.watched("/readyz"));
            assertThat(TestServer.json(ready).path("status").asText()).isEqualTo("not ready");
            assertThat(TestServer.json(ready).at("/checks/1/result").asText()).isEqualTo("failed");
            assertThat(TestServer.json(ready).at("/checks/1/message").asText()).startsWith("it cannot be asked: ");
            assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
            HttpResponse<String> numbers = server.get(server.watched("/metrics"));
            assertThat(numbers.statusCode()).as("alerts need them now").isEqualTo(200);
            assertThat(numbers.body())
                    .contains("imageserver_snapshot_age_seconds ")
                    .doesNotContain("imageserver_storage_free_bytes");
            Files.move(away, images);
            await().until(() -> server.get("/readyz").statusCode() == 200);
        }
    }

    /** A server that looks no more may serve what was deleted an hour ago. */
    @Test
    void whatWasNotLookedAtForLongFails() throws IOException {
        CatalogueSettings settings = new CatalogueSettings(
                "00000000-0000-0000-0000-000000000000",
                ManifestRules.Mode.PUBLIC,
                new UploadPolicy(1000, UploadPolicy.Streams.OFF, false));
        try (Catalogue catalogue = new Catalogue(new LocalStorage(directory), settings)) {
            assertThat(new Health(catalogue, Duration.ofSeconds(1), Optional::empty)
                            .checks()
                            .getFirst()
                            .result())
                    .isEqualTo(Health.Result.OK);
            assertThat(new Health(catalogue, Duration.ofSeconds(-1000), Optional::empty)
                            .checks()
                            .getFirst())
                    .satisfies(check -> assertThat(check.result()).isEqualTo(Health.Result.FAILED))
                    .satisfies(check -> assertThat(check.message()).contains("what is served may be old"));
        }
    }

    @Test
    void theNumbersAreForAdminsAndForAnAddressOfTheirOwn() {
        try (TestServer server = TestServer.start(directory, WATCHED)) {
            TestAccount reader = server.account("reader", Role.READER);
            TestAccount admin = server.account("admin", Role.ADMIN);
            HttpResponse<String> stranger = server.get("/metrics");
            assertThat(stranger.statusCode()).isEqualTo(401);
            assertThat(stranger.headers().firstValue("www-authenticate")).isPresent();
            assertThat(stranger.body()).contains("metrics_listen");
            assertThat(server.get("/metrics", "Authorization", reader.bearer()).statusCode())
                    .isEqualTo(403);
            HttpResponse<String> numbers = server.get("/metrics", "Authorization", admin.bearer());
            assertThat(numbers.headers().firstValue("content-type").orElse("")).startsWith("text/plain; version=0.0.4");
            assertThat(numbers.body())
                    .contains("imageserver_http_requests_total{code=\"401\",endpoint=\"Metrics\"} 1.0\n");

            assertThat(server.get(server.watched("/metrics")).body()).contains("jvm_threads_current ");
            assertThat(server.get(server.watched("/images")).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void countsWhatItDoes() {
        try (TestServer server = TestServer.start(directory, WATCHED)) {
            String uuid = server.images().add(1, new byte[100]);
            String hidden = server.images().add(2, manifest -> manifest.put("public", false));
            server.rescan();
            server.getBytes("/images/" + uuid + "/file");
            server.get("/images/" + hidden);
            server.get("/nothing");
            await().untilAsserted(() -> assertThat(
                            server.get(server.watched("/metrics")).body())
                    .contains(
                            "imageserver_image_downloads_total{name=\"image-00000001\",uuid=\"" + uuid
                                    + "\",version=\"1.0.0\"} 1.0\n",
                            "imageserver_http_requests_total{code=\"200\",endpoint=\"GetImageFile\"} 1.0\n",
                            "imageserver_http_requests_total{code=\"404\",endpoint=\"GetImage\"} 1.0\n",
                            "imageserver_http_requests_total{code=\"404\",endpoint=\"none\"} 1.0\n",
                            "imageserver_http_request_duration_seconds_count{endpoint=\"GetImage\"} 1\n",
                            "imageserver_images{os=\"smartos\",state=\"active\"} 2.0\n",
                            "imageserver_files{state=\"off\"} 1.0\n",
                            "imageserver_jobs{state=\"running\"} 0.0\n")
                    .containsPattern("imageserver_http_sent_bytes_total [1-9][0-9.E]+\n")
                    .doesNotContain(hidden));
        }
    }
}
