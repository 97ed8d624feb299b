package org.imageserver.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.storage.objects.FaultProxy;
import org.imageserver.storage.objects.FaultProxy.Fault;
import org.imageserver.storage.objects.S3Proxy;
import org.imageserver.storage.objects.TestBuckets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Without its store, a server serves what it has, says 503 to the rest, and goes on by itself afterwards. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class StoreDownTest {
    @TempDir
    static Path objects;

    private static TestBuckets buckets;

    @TempDir
    private Path directory;

    private Site site;
    private String small = "";
    private String cached = "";
    private String cold = "";

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
        small = site.publish(0, "small", TwoServersTest.bytes(1000));
        cached = site.publish(0, "cached", TwoServersTest.bytes(300_000));
        cold = site.publish(0, "cold", TwoServersTest.bytes(400_000));
        site.awaitCopy(0, cached);
    }

    @AfterEach
    void stop() throws IOException {
        site.line().plan(FaultProxy.Plan.NONE);
        site.forgiveOutage();
        site.close();
    }

    private static void assertDown(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(TestServer.json(answer).path("code").asText()).isEqualTo("StorageIsDown");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.headers().firstValue("Content-MD5")).isEmpty();
        assertThat(answer.headers().firstValue("ETag")).isEmpty();
    }

    private void assertServesWhatItHas() {
        TestServer server = site.server(0);
        assertThat(server.get("/ping").statusCode()).isEqualTo(200);
        assertThat(server.names("/images")).containsExactlyInAnyOrder("small", "cached", "cold");
        assertThat(server.get("/images/" + cold).statusCode()).isEqualTo(200);
        assertThat(server.getBytes("/images/" + small + "/file").body()).isEqualTo(TwoServersTest.bytes(1000));
        assertThat(server.getBytes("/images/" + cached + "/file").body()).isEqualTo(TwoServersTest.bytes(300_000));
        assertThat(server.send("HEAD", "/images/" + cold + "/file").statusCode())
                .isEqualTo(200);
    }

    private static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(calls.size())) {
            for (Future<T> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
        }
        return results;
    }

    private void awaitRecovery() {
        await().atMost(Duration.ofMinutes(1))
                .until(() -> site.tryToPublish(0, "after", TwoServersTest.bytes(100_000))
                                .statusCode()
                        == 200);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> site.server(0).get("/images/" + cold + "/file").statusCode() == 200);
        assertThat(site.server(0).getBytes("/images/" + cold + "/file").body())
                .isEqualTo(TwoServersTest.bytes(400_000));
        assertThat(site.server(0).get("/images/" + TestImages.uuid(99)).statusCode())
                .isEqualTo(404);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> site.server(1)
                        .get("/images")
                        .body()
                        .equals(site.server(0).get("/images").body()));
        assertThat(site.server(1).names("/images")).contains("small", "cached", "cold", "after");
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"REFUSED", "DOWN_503", "HANG"})
    void servesWhatItHasAndSays503ToTheRest(Fault fault) throws Exception {
        site.line().plan((method, target) -> fault);

        List<HttpResponse<String>> refused = atOnce(List.of(
                () -> site.server(0).get("/images/" + cold + "/file"),
                () -> site.server(0).get("/images/" + cold + "/file", "Range", "bytes=100-300000"),
                () -> site.server(0).get("/images/" + TestImages.uuid(99)),
                () -> site.tryToPublish(0, "inline", TwoServersTest.bytes(1000)),
                () -> site.tryToPublish(0, "object", TwoServersTest.bytes(500_000)),
                () -> site.act(0, small, "update", "{\"description\": \"x\"}"),
                () -> site.act(0, TestImages.uuid(98), "update", "{\"description\": \"x\"}"),
                () -> site.server(0).send("DELETE", "/images/" + small)));

        assertThat(refused).allSatisfy(StoreDownTest::assertDown);
        assertServesWhatItHas();
        site.line().plan(FaultProxy.Plan.NONE);
        awaitRecovery();
    }

    /** A crowd that wants what cannot be had must not keep others from what can. */
    @Test
    void servesWhatItHasToThoseBehindACrowd() throws Exception {
        site.line().plan((method, target) -> Fault.HANG);
        List<Callable<Integer>> crowd = new ArrayList<>();
        for (int number = 0; number < 60; number++) {
            String target = number % 2 == 0 ? "/images/" + cold + "/file" : "/images/" + TestImages.uuid(100 + number);
            crowd.add(() -> site.server(0).get(target).statusCode());
        }
        for (int number = 0; number < 20; number++) {
            crowd.add(() -> {
                assertServesWhatItHas();
                return 503;
            });
        }
        assertThat(atOnce(crowd)).containsOnly(503);
        site.line().plan(FaultProxy.Plan.NONE);
        awaitRecovery();
    }

    @Test
    void goesOnWhenAStoreIsKilledAndStartedAgain() throws Exception {
        Optional<S3Proxy> store = buckets.own();
        Assumptions.assumeTrue(store.isPresent(), "the store is not ours to kill");
        store.get().stop();
        assertDown(site.tryToPublish(1, "lost", TwoServersTest.bytes(100_000)));
        assertDown(site.server(0).get("/images/" + cold + "/file"));
        assertServesWhatItHas();
        store.get().restart();
        awaitRecovery();
    }
}
