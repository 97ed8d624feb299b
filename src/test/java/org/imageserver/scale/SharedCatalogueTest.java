package org.imageserver.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.imageserver.TestImages;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.StorageDownException;
import org.imageserver.catalogue.Target;
import org.imageserver.storage.objects.FaultyObjects;
import org.imageserver.storage.objects.FaultyObjects.Fault;
import org.imageserver.storage.objects.MemoryObjects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a catalogue promises, it promises when others change the same images, and when answers get lost. */
class SharedCatalogueTest {
    private static final int ROUNDS = 30;

    @TempDir
    private Path directory;

    private final MemoryObjects objects = new MemoryObjects();
    private final FaultyObjects line = new FaultyObjects(objects);
    private Peer one;
    private Peer two;

    @BeforeEach
    void open() throws IOException {
        one = Peer.on(line, directory.resolve("one"));
        two = Peer.on(objects, directory.resolve("two"));
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        bytes[0] = 'x';
        return bytes;
    }

    private interface Work<T> {
        T run() throws Exception;
    }

    @SafeVarargs
    private static <T> List<T> atOnce(Work<T>... works) throws Exception {
        CyclicBarrier start = new CyclicBarrier(works.length);
        List<Callable<T>> calls = new ArrayList<>();
        for (Work<T> work : works) {
            calls.add(() -> {
                start.await();
                return work.run();
            });
        }
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(works.length)) {
            for (Future<T> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
        }
        return results;
    }

    /** A server that starts now sees whole images only, and what the others see. */
    private void assertWhole(Map<String, String> sha1s) throws IOException {
        try (Peer fresh = Peer.on(objects, directory.resolve("fresh"))) {
            assertThat(fresh.catalogue().snapshot().problems()).isEmpty();
            assertThat(fresh.images()).containsAll(sha1s.keySet());
            for (Image image : fresh.catalogue().snapshot().images()) {
                if (image.file().isPresent()) {
                    String sha1 = TestImages.sha1(fresh.file(image.uuid()));
                    assertThat(image.file().get().sha1()).contains(sha1);
                    assertThat(sha1s.getOrDefault(image.uuid(), sha1)).isEqualTo(sha1);
                }
            }
            assertThat(two.images()).isEqualTo(fresh.images());
        }
    }

    @Test
    void servesWhatAnotherServerPublished() throws IOException {
        byte[] file = bytes(500_000, 1);
        Image published = one.publish("a", file);
        assertThat(two.image(published.uuid()).json().bytes())
                .isEqualTo(published.json().bytes());
        assertThat(two.file(published.uuid())).isEqualTo(file);
        one.delete(published.uuid());
        assertThat(two.images()).isEmpty();
    }

    private static boolean wins(Work<Image> work) throws Exception {
        try {
            work.run();
            return true;
        } catch (ImageException e) {
            return false;
        }
    }

    @Test
    void oneOfManyImportsOfAUuidWins() throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            String uuid = TestImages.uuid(round);
            byte[] first = bytes(100_000, 2L * round);
            byte[] second = bytes(100_000, 2L * round + 1);
            List<Boolean> won = atOnce(
                    () -> wins(() -> one.importImage(uuid, "first", first)),
                    () -> wins(() -> two.importImage(uuid, "second", second)),
                    () -> wins(() -> one.importImage(uuid, "first", first)),
                    () -> wins(() -> two.importImage(uuid, "second", second)));
            assertThat(won).as("round %d", round).containsOnlyOnce(true);
            boolean isFirst = won.get(0) || won.get(2);
            assertThat(one.image(uuid).name()).isEqualTo(isFirst ? "first" : "second");
            assertThat(two.image(uuid).name()).isEqualTo(isFirst ? "first" : "second");
            assertThat(two.file(uuid)).isEqualTo(isFirst ? first : second);
        }
        assertThat(two.storage().list("")).as("a manifest and a file for each").hasSize(2 * ROUNDS);
    }

    @Test
    void oneOfTwoChangesOfTheSameVersionWins() throws Exception {
        Image known = one.create("a");
        two.images();
        for (int round = 0; round < ROUNDS; round++) {
            Image before = known;
            String mine = "one, round " + round;
            String theirs = "two, round " + round;
            List<Boolean> won = atOnce(() -> one.updateIf(before, mine), () -> two.updateIf(before, theirs));
            assertThat(won).as("round %d", round).containsOnlyOnce(true);
            known = one.image(known.uuid());
            assertThat(known.description()).isEqualTo(won.getFirst() ? mine : theirs);
            assertThat(two.image(known.uuid()).json().bytes())
                    .isEqualTo(known.json().bytes());
        }
    }

    @Test
    void anOriginIsDeletedOrBuiltOnButNotBoth() throws Exception {
        int built = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String origin = one.publish("origin", bytes(1000, round)).uuid();
            two.images();
            String name = "dependent-" + round;
            List<Boolean> won = atOnce(() -> one.delete(origin), () -> wins(() -> two.createOn(origin, name)));
            assertThat(won).as("round %d", round).containsOnlyOnce(true);
            boolean isBuilt = won.get(1);
            built += isBuilt ? 1 : 0;
            for (Peer peer : List.of(one, two)) {
                assertThat(peer.images().contains(origin)).as("round %d", round).isEqualTo(isBuilt);
                assertThat(peer.catalogue().snapshot().images().stream()
                                .anyMatch(image -> image.name().equals(name)))
                        .as("round %d", round)
                        .isEqualTo(isBuilt);
            }
        }
        System.out.println("of " + ROUNDS + " origins, " + built + " were built on");
    }

    /** All updates of both are in the end in force: none was decided on what the other had changed already. */
    @Test
    void loseNoUpdateOfOneAnother() throws Exception {
        String uuid = one.create("a").uuid();
        two.images();
        atOnce(
                () -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        one.update(uuid, "description", "round " + round);
                    }
                    return true;
                },
                () -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        two.update(uuid, "homepage", "http://example.com/" + round);
                    }
                    return true;
                });
        String last = new String(two.image(uuid).json().bytes(), StandardCharsets.UTF_8);
        assertThat(last).contains("round " + (ROUNDS - 1)).contains("http://example.com/" + (ROUNDS - 1));
    }

    /** Runs something before the n-th change that server one tries from now on. */
    private void beforeChange(int number, Work<?> work) {
        AtomicInteger left = new AtomicInteger(number);
        line.plan((operation, name) -> {
            if (operation.equals("create") && name.startsWith("log/") && left.decrementAndGet() == 0) {
                try {
                    work.run();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
            return Fault.NONE;
        });
    }

    @Test
    void leavesTheFilesOfAnImageThatWasMadeAgainWhileItWasDeleted() throws Exception {
        String uuid = TestImages.uuid(1);
        one.importImage(uuid, "old", bytes(100_000, 1));
        one.addIcon(uuid);
        byte[] file = bytes(100_000, 2);
        beforeChange(2, () -> {
            two.images();
            two.importImage(uuid, "new", file);
            return two.addIcon(uuid);
        });

        assertThat(one.delete(uuid)).isTrue();

        assertThat(one.image(uuid).name()).isEqualTo("new");
        assertThat(one.image(uuid).icon()).isPresent();
        assertThat(one.file(uuid)).isEqualTo(file);
        two.images();
        assertThat(two.storage().list(uuid + "/")).hasSize(3);
    }

    @Test
    void removesTheFileWhenItsOriginWasDeletedWhileItWasReceived() throws Exception {
        String origin = one.publish("origin", bytes(1000, 1)).uuid();
        two.images();
        // The first change names the file, the second would make the image.
        beforeChange(2, () -> {
            two.images();
            return two.delete(origin);
        });
        assertThatThrownBy(() -> one.catalogue()
                        .publisher()
                        .importWithFile(
                                Author.of(Peer.ADMIN),
                                TestImages.uuid(2),
                                Peer.manifest("dependent")
                                        .put("v", 2)
                                        .put("uuid", TestImages.uuid(2))
                                        .put("published_at", "2020-01-01T00:00:00.000Z")
                                        .put("origin", origin),
                                Peer.upload(bytes(1000, 2))))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(origin);
        assertThat(two.images()).isEmpty();
        assertThat(two.storage().list("")).isEmpty();
    }

    /** The store makes the n-th change from now on, then nobody hears of it for longer than anybody waits. */
    private void loseChange(int number) {
        AtomicInteger left = new AtomicInteger(number);
        line.plan((operation, name) -> {
            boolean isChange = operation.equals("create") && name.startsWith("log/");
            if (isChange && left.decrementAndGet() == 0) {
                return Fault.LOST;
            }
            return left.get() <= 0 ? Fault.REFUSED : Fault.NONE;
        });
    }

    private void awaitRecovery() {
        line.plan(FaultyObjects.Plan.NONE);
        await().ignoreException(StorageDownException.class).until(() -> one.images() != null);
    }

    @Test
    void anImageWhosePublicationGotNoAnswerIsWholeOrNotThere() throws IOException {
        byte[] file = bytes(100_000, 1);
        loseChange(2);
        assertThatThrownBy(() -> one.publish("lost", file)).isInstanceOf(StorageDownException.class);
        awaitRecovery();
        assertThat(one.images()).hasSize(1);
        assertWhole(Map.of(one.images().getFirst(), TestImages.sha1(file)));
    }

    /** The change is made, and by the time that it is taken back, the store answers again. */
    @Test
    void takesBackAPublicationThatItCannotAnswerFor() throws IOException {
        AtomicInteger changes = new AtomicInteger();
        AtomicInteger looks = new AtomicInteger();
        line.plan((operation, name) -> {
            if (operation.equals("create") && name.startsWith("log/") && changes.incrementAndGet() == 2) {
                return Fault.LOST;
            }
            boolean isInDoubt = changes.get() == 2 && operation.equals("create");
            return isInDoubt && looks.incrementAndGet() < 2 ? Fault.REFUSED : Fault.NONE;
        });
        try {
            one.publish("lost", bytes(100_000, 1));
        } catch (StorageDownException e) {
            assertThat(e).hasMessageContaining("try again later");
        }
        awaitRecovery();
        assertWhole(Map.of());
        assertThat(one.catalogue().snapshot().problems()).isEmpty();
    }

    @Test
    void anImageWhoseNewFileGotNoAnswerHasTheOldOneOrTheNew() throws IOException {
        String uuid = one.create("a").uuid();
        byte[] old = bytes(100_000, 1);
        byte[] file = bytes(100_000, 2);
        one.addFile(uuid, old);
        loseChange(2);
        assertThatThrownBy(() -> one.addFile(uuid, file)).isInstanceOf(StorageDownException.class);
        awaitRecovery();
        assertWhole(Map.of(uuid, TestImages.sha1(file)));
    }

    @Test
    void aFileWhoseNameGotNoAnswerIsNotServed() throws IOException {
        loseChange(1);
        assertThatThrownBy(() -> one.publish("lost", bytes(100_000, 1))).isInstanceOf(StorageDownException.class);
        awaitRecovery();
        assertThat(one.images()).isEmpty();
        assertWhole(Map.of());
    }

    /** A manifest beyond what fits into a change is an object of its own. */
    @Test
    void showsAnImageAsItWasWhileItsNewManifestCannotBeRead() throws IOException {
        String uuid = two.create("a").uuid();
        assertThat(one.images()).containsExactly(uuid);
        two.update(uuid, "description", "x".repeat(512));
        String large = "y".repeat(100_000);
        two.catalogue()
                .editor()
                .update(Target.of(Peer.ADMIN, uuid), TestImages.json("{\"tags\": {\"large\": \"" + large + "\"}}"));
        line.plan((operation, name) -> operation.equals("stream") ? Fault.REFUSED : Fault.NONE);

        assertThat(one.images()).containsExactly(uuid);
        assertThat(one.images()).as("at the next look").containsExactly(uuid);
        assertThat(one.catalogue().snapshot().problems()).isEmpty();

        line.plan(FaultyObjects.Plan.NONE);
        assertThat(one.image(uuid).tags()).containsEntry("large", large);
    }

    @RepeatedTest(3)
    void keepsWhatItAcknowledgedOnABadLine() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("SharedCatalogueTest seed " + seed);
        FaultyObjects other = new FaultyObjects(objects);
        Map<String, String> acknowledged = new ConcurrentHashMap<>();
        try (Peer three = Peer.on(other, directory.resolve("three"))) {
            line.plan(FaultyObjects.Plan.random(seed, 0.3));
            other.plan(FaultyObjects.Plan.random(seed + 1, 0.3));
            atOnce(
                    () -> writeAndDelete(one, acknowledged, seed),
                    () -> writeAndDelete(three, acknowledged, seed + 1),
                    () -> writeAndDelete(two, acknowledged, seed + 2));
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
        awaitRecovery();
        assertWhole(acknowledged);
        assertThat(one.images()).isEqualTo(two.images());
        assertThat(one.catalogue().snapshot().problems()).isEmpty();
    }

    private static boolean writeAndDelete(Peer peer, Map<String, String> acknowledged, long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            byte[] file = bytes(1 + random.nextInt(200_000), random.nextLong());
            try {
                String uuid = peer.publish("n", file).uuid();
                if (random.nextInt(3) > 0) {
                    acknowledged.put(uuid, TestImages.sha1(file));
                } else {
                    peer.update(uuid, "description", "about to go");
                    peer.delete(uuid);
                }
            } catch (StorageDownException | ImageException e) {
                assertThat(e.getMessage()).isNotBlank();
            } catch (IOException e) {
                throw new AssertionError("no failure of the store has another name", e);
            }
        }
        return true;
    }
}
