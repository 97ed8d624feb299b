package org.imageserver.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.imageserver.scale.Event.Change;
import org.imageserver.scale.Event.Outcome;
import org.imageserver.storage.objects.FaultProxy;
import org.imageserver.storage.objects.S3Location;
import org.imageserver.storage.objects.TestBuckets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers, eight writers and sixteen readers on one bucket, over a bad line, while servers and the store are killed:
 * what everybody was told must be true of one catalogue. {@code -Dscale.seconds=120} makes it longer, {@code
 * -Dscale.seed=N} repeats one.
 */
class ThreeServersIT {
    private static final int SERVERS = 3;
    private static final int WRITERS = 8;
    private static final int READERS = 16;
    private static final long SECONDS = Long.getLong("scale.seconds", 20);
    private static final long SEED = Long.getLong("scale.seed", new Random().nextInt());

    /** Of all requests to the store. */
    private static final double FAULTS = Double.parseDouble(System.getProperty("scale.faults", "0.05"));

    private static final boolean KILLS = !System.getProperty("scale.kills", "").equals("none");

    @TempDir
    private Path directory;

    private final Queue<Event> history = new ConcurrentLinkedQueue<>();
    private final Client client = new Client(history);
    private final List<ServerProcess> servers = new ArrayList<>();
    private int serverKills;
    private int storeKills;

    @Test
    void whatClientsAreToldIsTrueOfOneCatalogue() throws Exception {
        System.out.printf("three servers: %d s, seed %d%n", SECONDS, SEED);
        try (TestBuckets buckets = TestBuckets.start(directory);
                FaultProxy line = FaultProxy.to(buckets.endpoint())) {
            S3Location bucket = buckets.newBucket();
            for (int number = 0; number < SERVERS; number++) {
                String name = "server-" + number;
                servers.add(ServerProcess.start(name, directory.resolve(name), bucket, line.address()));
            }
            servers.forEach(ServerProcess::awaitStart);
            try (Workload workload = new Workload(servers, client, SEED)) {
                workload.makeHotImages();
                line.plan(FaultProxy.Plan.random(SEED, FAULTS));
                long begun = System.nanoTime();
                run(workload, buckets);
                long nanos = System.nanoTime() - begun;
                line.plan(FaultProxy.Plan.NONE);
                List<Event.Last> last = awaitAgreement();
                report(workload, line, last, nanos);
                assertThat(Checker.check(List.copyOf(history), last))
                        .as("seed %d", SEED)
                        .isEmpty();
            }
            assertThat(changes(Outcome.OK)).as("acknowledged changes").isGreaterThan(10);
            for (ServerProcess server : servers) {
                assertThat(server.log()).doesNotContain("OutOfMemoryError");
            }
        } catch (Exception | AssertionError e) {
            servers.forEach(server -> server.errors().forEach(System.out::println));
            throw new AssertionError("seed " + SEED + ": " + e.getMessage(), e);
        } finally {
            servers.forEach(ServerProcess::close);
        }
    }

    private void run(Workload workload, TestBuckets buckets) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        BooleanSupplier goesOn = () -> end.getCount() > 0;
        List<Callable<Void>> all = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            int number = writer;
            all.add(() -> workload.write(number, goesOn));
        }
        for (int reader = 0; reader < READERS; reader++) {
            int number = reader;
            all.add(() -> workload.read(number, goesOn));
        }
        all.add(() -> workload.measure(goesOn));
        try (ExecutorService threads = Executors.newFixedThreadPool(all.size())) {
            List<Future<Void>> running = all.stream().map(threads::submit).toList();
            try {
                kill(buckets);
            } finally {
                end.countDown();
            }
            for (Future<Void> done : running) {
                done.get();
            }
        }
    }

    /** A server every few seconds, and the store now and then, until the time is up. */
    private void kill(TestBuckets buckets) throws IOException, InterruptedException {
        Random random = new Random(SEED);
        CountDownLatch never = new CountDownLatch(1);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        for (int round = 1; System.nanoTime() < end; round++) {
            boolean isOver = never.await(2000 + random.nextInt(3000), TimeUnit.MILLISECONDS);
            assertThat(isOver).isFalse();
            if (!KILLS) {
                continue;
            }
            if (round % 3 == 0 && buckets.own().isPresent()) {
                buckets.own().get().stop();
                buckets.own().get().restart();
                storeKills++;
            } else {
                servers.get(random.nextInt(SERVERS)).killAndRestart();
                serverKills++;
            }
            for (ServerProcess server : servers) {
                server.restartIfEnded();
            }
        }
    }

    /** In the end, all servers show the same. */
    private List<Event.Last> awaitAgreement() throws InterruptedException {
        servers.forEach(ServerProcess::awaitStart);
        Set<Set<String>> lists = new HashSet<>();
        await("all servers list the same").atMost(Duration.ofMinutes(2)).until(() -> {
            lists.clear();
            int count = 0;
            for (ServerProcess server : servers) {
                Optional<Set<String>> list = client.list(server);
                list.ifPresent(lists::add);
                count += list.isPresent() ? 1 : 0;
            }
            return count == SERVERS && lists.size() == 1;
        });
        List<Event.Last> all = new ArrayList<>();
        for (String uuid : lists.iterator().next()) {
            Set<Event.Last> one = new HashSet<>();
            for (ServerProcess server : servers) {
                await("image " + uuid)
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> client.last(server, uuid).map(one::add).isPresent());
            }
            assertThat(one).as("image %s, as all servers show it", uuid).hasSize(1);
            all.addAll(one);
        }
        return all;
    }

    private long changes(Outcome outcome) {
        return history.stream()
                .filter(event -> event instanceof Change change && change.outcome() == outcome)
                .count();
    }

    private void report(Workload workload, FaultProxy line, List<Event.Last> last, long nanos) {
        double seconds = nanos / 1e9;
        System.out.printf(
                "%d changes acknowledged (%.1f a second), %d refused, %d of unknown outcome, %d unasked; %d images in the end;"
                        + " %d events; servers killed %d times, the store %d times; memory %s MiB%n",
                changes(Outcome.OK),
                changes(Outcome.OK) / seconds,
                changes(Outcome.REFUSED),
                changes(Outcome.UNKNOWN),
                changes(Outcome.UNASKED),
                last.size(),
                history.size(),
                serverKills,
                storeKills,
                servers.stream().map(ServerProcess::memory).toList());
        System.out.printf("requests to the store: %s%n", line.counts());
        System.out.println("a change takes "
                + times(history.stream()
                        .filter(event -> event instanceof Change change && change.isOk())
                        .map(event -> event.ended() - event.begun())));
        System.out.println("it is seen on another server after " + times(workload.freshness().stream()));
    }

    private static String times(Stream<Long> nanos) {
        List<Long> sorted = nanos.sorted().toList();
        return sorted.isEmpty()
                ? "an unknown time"
                : "p50 %d ms, p99 %d ms, at most %d ms (%d measured)"
                        .formatted(
                                sorted.get(sorted.size() / 2) / 1_000_000,
                                sorted.get(sorted.size() * 99 / 100) / 1_000_000,
                                sorted.getLast() / 1_000_000,
                                sorted.size());
    }
}
