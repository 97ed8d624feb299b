package org.imageserver.scale;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.imageserver.scale.Event.Change;
import org.imageserver.scale.Event.Outcome;

/** What writers and readers do to several servers at once. Seeded; thread-safe. */
final class Workload implements AutoCloseable {
    /** So many are enough to be in each other's way, and leave the machine something. */
    private static final long PAUSE_NANOS = 20_000_000;

    private static final int HOT_IMAGES = 3;

    private final List<ServerProcess> servers;
    private final Client client;
    private final long seed;
    private final Queue<Long> freshness = new ConcurrentLinkedQueue<>();
    private final List<String> known = new CopyOnWriteArrayList<>();
    private final List<String> hot = new CopyOnWriteArrayList<>();
    private final ExecutorService racers = Executors.newVirtualThreadPerTaskExecutor();

    Workload(List<ServerProcess> servers, Client client, long seed) {
        this.servers = servers;
        this.client = client;
        this.seed = seed;
    }

    /** How long it took until another server listed what one had acknowledged, in nanoseconds. */
    List<Long> freshness() {
        return List.copyOf(freshness);
    }

    /** Images that everybody changes. */
    void makeHotImages() throws InterruptedException {
        for (int number = 0; number < HOT_IMAGES; number++) {
            Change made = client.publish(servers.getFirst(), "hot-" + number, bytes(new Random(number), 1000));
            if (!made.isOk()) {
                throw new AssertionError("nothing is wrong yet: " + made);
            }
            hot.add(made.uuid());
        }
    }

    private ServerProcess any(Random random) {
        return servers.get(random.nextInt(servers.size()));
    }

    private static byte[] bytes(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        bytes[0] = 'x';
        return bytes;
    }

    /** Changes things until it is time to stop. */
    Void write(int writer, BooleanSupplier goesOn) throws Exception {
        Random random = new Random(seed * 31 + writer);
        List<String> mine = new ArrayList<>();
        for (int round = 0; goesOn.getAsBoolean(); round++) {
            String name = "writer-" + writer + "-" + round;
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> publish(name, random, mine);
                case 3 -> update(mine, name, random);
                case 4 -> disable(mine, random);
                case 5 -> delete(mine, random);
                case 6, 7 -> updateHot(name, random);
                case 8 -> raceImports(name, random);
                default -> raceOrigin(name, random);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return null;
    }

    private void publish(String name, Random random, List<String> mine) throws InterruptedException {
        int size = random.nextInt(3) == 0 ? 1 + random.nextInt(60_000) : 70_000 + random.nextInt(900_000);
        Change made = client.publish(any(random), name, bytes(random, size));
        if (made.isOk()) {
            mine.add(made.uuid());
            known.add(made.uuid());
        }
    }

    private static Optional<String> one(List<String> uuids, Random random) {
        return uuids.isEmpty() ? Optional.empty() : Optional.of(uuids.get(random.nextInt(uuids.size())));
    }

    private void update(List<String> uuids, String description, Random random) throws InterruptedException {
        Optional<String> uuid = one(uuids, random);
        if (uuid.isPresent()) {
            Optional<String> tag = client.get(any(random), uuid.get());
            if (tag.isPresent()) {
                client.update(any(random), uuid.get(), tag.get(), description);
            }
        }
    }

    private void updateHot(String name, Random random) throws Exception {
        String uuid = hot.get(random.nextInt(hot.size()));
        Optional<String> tag = client.get(any(random), uuid);
        if (tag.isPresent()) {
            ServerProcess first = any(random);
            ServerProcess second = any(random);
            atOnce(List.of(
                    () -> client.update(first, uuid, tag.get(), name + "-first"),
                    () -> client.update(second, uuid, tag.get(), name + "-second")));
        }
    }

    /** One client says it of its own images alone, one time after the other. */
    private void disable(List<String> mine, Random random) throws InterruptedException {
        Optional<String> uuid = one(mine, random);
        if (uuid.isPresent()) {
            client.setDisabled(any(random), uuid.get(), random.nextBoolean());
        }
    }

    private void delete(List<String> mine, Random random) throws InterruptedException {
        Optional<String> uuid = one(mine, random);
        if (uuid.isPresent()) {
            client.delete(any(random), uuid.get());
            mine.remove(uuid.get());
        }
    }

    private void raceImports(String name, Random random) throws Exception {
        String uuid =
                new UUID((random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() >>> 2) | (1L << 63)).toString();
        List<Callable<Change>> racers = new ArrayList<>();
        for (ServerProcess server : servers) {
            racers.add(() -> client.importImage(
                    server, uuid, name + "-at-" + server.life().charAt(7)));
        }
        atOnce(racers);
    }

    private void raceOrigin(String name, Random random) throws Exception {
        Change origin = client.publish(any(random), name + "-origin", bytes(random, 1000));
        if (origin.isOk()) {
            known.add(origin.uuid());
            ServerProcess first = any(random);
            ServerProcess second = any(random);
            atOnce(List.of(
                    () -> client.delete(first, origin.uuid()),
                    () -> client.createOn(second, origin.uuid(), name + "-dependent")));
        }
    }

    private void atOnce(List<Callable<Change>> changes) throws InterruptedException, ExecutionException {
        CyclicBarrier start = new CyclicBarrier(changes.size());
        List<Future<Change>> racing = new ArrayList<>();
        for (Callable<Change> change : changes) {
            racing.add(racers.submit(() -> {
                start.await();
                return change.call();
            }));
        }
        for (Future<Change> racer : racing) {
            racer.get();
        }
    }

    /** Reads things until it is time to stop. */
    Void read(int reader, BooleanSupplier goesOn) throws InterruptedException {
        Random random = new Random(seed * 37 + reader);
        while (goesOn.getAsBoolean()) {
            ServerProcess server = any(random);
            Optional<String> uuid = one(known, random);
            switch (random.nextInt(4)) {
                case 0 -> client.list(server);
                case 1 -> {
                    if (uuid.isPresent()) {
                        client.get(server, uuid.get());
                    }
                }
                default -> {
                    if (uuid.isPresent()) {
                        client.file(server, uuid.get());
                    }
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return null;
    }

    /** Measures how soon one server shows what another one acknowledged. */
    Void measure(BooleanSupplier goesOn) throws InterruptedException {
        Random random = new Random(seed);
        for (int round = 0; goesOn.getAsBoolean(); round++) {
            int first = random.nextInt(servers.size());
            ServerProcess other = servers.get((first + 1) % servers.size());
            String life = other.life();
            Change made = client.publish(servers.get(first), "measured-" + round, bytes(random, 1000));
            if (made.outcome() == Outcome.OK) {
                known.add(made.uuid());
                boolean isListed = false;
                while (!isListed && goesOn.getAsBoolean() && life.equals(other.life())) {
                    isListed = client.list(other)
                            .filter(uuids -> uuids.contains(made.uuid()))
                            .isPresent();
                }
                if (isListed) {
                    freshness.add(System.nanoTime() - made.ended());
                }
            }
        }
        return null;
    }

    @Override
    public void close() {
        racers.close();
    }
}
