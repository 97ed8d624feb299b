package org.imageserver.storage.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.Checksums;
import org.imageserver.storage.OvertakenException;
import org.imageserver.storage.objects.FaultyObjects.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One order for the changes of all servers, whatever becomes of requests and answers. */
class ChangeLogTest {
    private static final BlobKey KEY = BlobKey.parse("image/manifest.json");
    private static final Duration DOUBT = TestStorages.DOUBT;

    private final MemoryObjects objects = new MemoryObjects();
    private final List<ChangeLog> opened = new ArrayList<>();

    private ChangeLog open(ObjectStore store) throws IOException {
        ChangeLog log = new ChangeLog(store, DOUBT);
        opened.add(log);
        log.open();
        return log;
    }

    @AfterEach
    void close() {
        opened.forEach(ChangeLog::close);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Change put(BlobKey key, String text) {
        return Change.put("test", new Change.Put(key, text.length(), new Content.Inline(utf8(text))));
    }

    private static boolean append(ChangeLog log, String key, String text) throws IOException {
        return log.append(now -> Optional.of(put(BlobKey.parse(key), text))).isPresent();
    }

    /** Everything that there is, in words. */
    private static Map<String, String> all(ChangeLog log) {
        Map<String, String> all = new TreeMap<>();
        for (Named named : log.namespace().all()) {
            String content = switch (named.content()) {
                case Content.Inline inline -> new String(inline.bytes(), StandardCharsets.UTF_8);
                case Content.Stored stored -> stored.toString();
            };
            all.put(named.info().key().value(), named.info() + " " + content);
        }
        return all;
    }

    private int changesInTheStore() {
        return objects.list("log/").size();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"REFUSED", "LOST"})
    void makesAChangeOnceThoughNobodyHeardTheAnswer(Fault fault) throws IOException {
        AtomicInteger left = new AtomicInteger(2);
        ChangeLog log = open(new FaultyObjects(
                objects,
                (operation, name) -> operation.equals("create") && left.getAndDecrement() > 0 ? fault : Fault.NONE));

        assertThat(append(log, "image/a", "1")).isTrue();

        assertThat(changesInTheStore()).isEqualTo(1);
        assertThat(log.head()).isEqualTo(1);
        assertThat(all(open(objects))).isEqualTo(all(log)).hasSize(1);
    }

    /** The change is made, and its maker gives up before he hears of it. */
    @Test
    void findsItsOwnChangeLaterWhenItCouldNotBeAskedAbout() throws IOException {
        FaultyObjects store = new FaultyObjects(objects);
        ChangeLog log = open(store);
        AtomicBoolean isFirst = new AtomicBoolean(true);
        store.plan((operation, name) -> isFirst.getAndSet(false) ? Fault.LOST : Fault.REFUSED);

        assertThatThrownBy(() -> append(log, "image/a", "1")).isInstanceOf(StoreDownException.class);
        assertThat(log.head()).isZero();

        store.plan(FaultyObjects.Plan.NONE);
        awaitCatchUp(log);
        assertThat(all(log)).containsKey("image/a");
        append(log, "image/b", "2");
        assertThat(changesInTheStore()).isEqualTo(2);
        assertThat(all(open(objects))).isEqualTo(all(log)).hasSize(2);
    }

    /** A change that was given up must not appear behind one that was decided without it. */
    @Test
    void decidesAgainWhenAChangeOfUnknownOutcomeTurnsUp() throws IOException {
        FaultyObjects store = new FaultyObjects(objects);
        ChangeLog log = open(store);
        AtomicBoolean isFirst = new AtomicBoolean(true);
        store.plan((operation, name) -> isFirst.getAndSet(false) ? Fault.LOST : Fault.REFUSED);
        assertThatThrownBy(() -> append(log, KEY.value(), "1")).isInstanceOf(StoreDownException.class);
        store.plan(FaultyObjects.Plan.NONE);

        List<Boolean> found = new ArrayList<>();
        await().ignoreException(StoreDownException.class).until(() -> {
            log.append(now -> {
                found.add(now.find(KEY).isPresent());
                return now.find(KEY).isPresent() ? Optional.empty() : Optional.of(put(KEY, "2"));
            });
            return true;
        });

        assertThat(found).containsExactly(false, true);
        assertThat(changesInTheStore()).isEqualTo(1);
    }

    @Test
    void takesUpWhatAnotherServerChangedAndDecidesAgain() throws IOException {
        ChangeLog one = open(objects);
        ChangeLog two = open(objects);
        append(one, KEY.value(), "by one");
        List<Boolean> found = new ArrayList<>();

        Optional<ChangeLog.Applied> change = two.append(now -> {
            found.add(now.find(KEY).isPresent());
            return now.find(KEY).isPresent() ? Optional.empty() : Optional.of(put(KEY, "by two"));
        });

        assertThat(change).isEmpty();
        assertThat(found).containsExactly(false, true);
        assertThat(all(two)).isEqualTo(all(one));
    }

    @Test
    void beginsADecisionAgainThatWasOvertaken() throws IOException {
        ChangeLog one = open(objects);
        ChangeLog two = open(objects);
        List<Long> decidedAt = new ArrayList<>();

        String result = two.decide(() -> {
            decidedAt.add(two.head());
            if (decidedAt.size() < 3) {
                append(one, "other/" + decidedAt.size(), "x");
            }
            append(two, KEY.value(), "on " + two.head());
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(decidedAt).containsExactly(0L, 1L, 2L);
        one.catchUp();
        assertThat(all(one)).isEqualTo(all(two)).hasSize(3);
        assertThat(all(one).get(KEY.value())).endsWith("on 2");
    }

    @Test
    void guardsOnlyTheFirstChangeOfADecision() throws IOException {
        ChangeLog one = open(objects);
        ChangeLog two = open(objects);
        AtomicInteger begun = new AtomicInteger();
        two.decide(() -> {
            begun.incrementAndGet();
            append(two, "image/first", "x");
            append(one, "other/a", "x");
            append(two, "image/second", "x");
            return "done";
        });
        assertThat(begun).hasValue(1);
        assertThat(two.head()).isEqualTo(3);
    }

    @Test
    void leavesAFailureWithinADecisionToItsMaker() throws IOException {
        ChangeLog log = open(objects);
        assertThatThrownBy(() -> log.decide(() -> {
                    throw new IOException("refused");
                }))
                .hasMessage("refused");
        append(log, "image/a", "after it");
        assertThatThrownBy(() -> log.decide(() -> {
                    append(open(objects), "other/a", "x");
                    log.catchUp();
                    throw new IOException("decided on old news");
                }))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(OvertakenException.class);
    }

    /** Several servers on a bad line, each adding what nobody else adds. */
    @Test
    void neitherLosesNorDoublesNorReordersWhenThingsGoWrong() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("ChangeLogTest seed " + seed);
        int servers = 4;
        int each = 60;
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        List<Callable<Void>> writers = new ArrayList<>();
        for (int server = 0; server < servers; server++) {
            FaultyObjects store = new FaultyObjects(objects);
            ChangeLog log = open(store);
            store.plan(FaultyObjects.Plan.random(seed + server, 0.3));
            String name = "server-" + server;
            writers.add(() -> {
                for (int change = 0; change < each; change++) {
                    String key = name + "/" + change;
                    try {
                        append(log, key, key);
                        acknowledged.add(key);
                    } catch (StoreDownException e) {
                        awaitCatchUp(log);
                    }
                    assertThat(all(log).keySet())
                            .as("read your writes")
                            .containsAll(acknowledged.stream()
                                    .filter(done -> done.startsWith(name))
                                    .toList());
                }
                return null;
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(servers)) {
            for (Future<Void> writer : threads.invokeAll(writers)) {
                writer.get();
            }
        }
        ChangeLog afterwards = open(objects);
        assertThat(all(afterwards).keySet()).as("seed %d", seed).containsAll(acknowledged);
        assertThat(acknowledged).as("seed %d", seed).hasSizeGreaterThan(servers * each / 2);
        assertThat(changesInTheStore())
                .as("each change once")
                .isEqualTo(all(afterwards).size());
        for (ChangeLog log : opened) {
            awaitCatchUp(log);
            assertThat(all(log)).isEqualTo(all(afterwards));
        }
    }

    /** A store that has failed is left alone for a moment. */
    private static void awaitCatchUp(ChangeLog log) {
        await().pollInterval(Duration.ofMillis(5))
                .ignoreException(StoreDownException.class)
                .until(() -> {
                    log.catchUp();
                    return true;
                });
    }

    /** Whoever looks on sees names come, and none of them go. */
    @Test
    void showsAFoldThatOnlyGrows() throws Exception {
        FaultyObjects bad = new FaultyObjects(objects, FaultyObjects.Plan.NONE);
        ChangeLog reader = open(bad);
        bad.plan(FaultyObjects.Plan.random(new Random().nextLong(), 0.3));
        ChangeLog writer = open(objects);
        AtomicBoolean isDone = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
            Future<Integer> looks = threads.submit(() -> {
                Set<String> seen = Set.of();
                long head = 0;
                int count = 0;
                while (!isDone.get() || reader.head() < 200) {
                    try {
                        reader.catchUp();
                    } catch (StoreDownException e) {
                        assertThat(e).hasMessageContaining("log/");
                    }
                    Set<String> now = all(reader).keySet();
                    assertThat(now).containsAll(seen);
                    assertThat(reader.head()).isGreaterThanOrEqualTo(head);
                    seen = now;
                    head = reader.head();
                    count++;
                }
                return count;
            });
            for (int change = 0; change < 200; change++) {
                append(writer, "image/" + change, "x");
            }
            isDone.set(true);
            assertThat(looks.get()).isPositive();
        }
        assertThat(all(reader)).isEqualTo(all(writer)).hasSize(200);
    }

    /** More than two checkpoints' worth, of all that can happen to a name. */
    private ChangeLog manyChanges() throws IOException {
        ChangeLog log = open(objects);
        Random random = new Random(7);
        for (int change = 0; change < 600; change++) {
            BlobKey key = BlobKey.parse("image-" + random.nextInt(50) + "/file");
            int number = change;
            if (random.nextInt(4) == 0) {
                log.append(now -> now.find(key).map(named -> Change.delete("test", key)));
            } else if (random.nextInt(4) == 0) {
                Content stored = new Content.Stored("files/" + number, new Checksums("m" + number, "s1", "s256"));
                log.append(now -> Optional.of(Change.put("test", new Change.Put(key, number, stored))));
            } else {
                append(log, key.value(), "text " + number);
            }
        }
        log.append(now -> Optional.of(Change.collect("test", List.of("files/gone", "files/lost"))));
        return log;
    }

    private List<String> checkpoints() {
        return objects.list("checkpoint/").stream()
                .map(ObjectStore.Listed::name)
                .toList();
    }

    private static String checkpoint(long number) {
        return "checkpoint/%020d".formatted(number);
    }

    /** Only what a server reads when it starts. */
    private static final class Counting {
        private final AtomicInteger entries = new AtomicInteger();

        private ObjectStore on(ObjectStore store) {
            return new FaultyObjects(store, (operation, name) -> {
                if (operation.equals("read") && name.startsWith("log/")) {
                    entries.incrementAndGet();
                }
                return Fault.NONE;
            });
        }
    }

    @Test
    void startsFromACheckpointAsFromTheLog() throws IOException {
        ChangeLog writer = manyChanges();
        await().until(() -> checkpoints().contains(checkpoint(512)));

        Counting counting = new Counting();
        ChangeLog fromCheckpoint = open(counting.on(objects));
        assertThat(counting.entries.get()).as("entries read").isEqualTo((int) (writer.head() - 512) + 1);
        objects.delete(checkpoints());
        ChangeLog fromLog = open(objects);

        assertThat(all(fromCheckpoint)).isEqualTo(all(writer)).isEqualTo(all(fromLog));
        assertThat(fromCheckpoint.head()).isEqualTo(fromLog.head()).isEqualTo(writer.head());
        assertThat(fromCheckpoint.namespace().isCollected("files/gone")).isTrue();
        assertThat(fromLog.namespace().isCollected("files/lost")).isTrue();
    }

    @Test
    void writesACheckpointWhenItHadToReadALot() throws IOException {
        manyChanges();
        await().until(() -> checkpoints().contains(checkpoint(512)));
        objects.delete(checkpoints());
        long head = open(objects).head();
        await().until(() -> checkpoints().contains(checkpoint(head)));
    }

    private static byte[] half(byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length / 2);
    }

    @Test
    void readsAnOlderCheckpointWhenTheNewestIsDamaged() throws IOException {
        ChangeLog writer = manyChanges();
        await().until(() -> checkpoints().containsAll(List.of(checkpoint(256), checkpoint(512))));
        byte[] newest = objects.read(checkpoint(512)).orElseThrow();
        for (byte[] damaged : List.of(half(newest), utf8("{}"), utf8("no gzip"), new byte[] {0})) {
            objects.delete(List.of(checkpoint(512)));
            objects.create(checkpoint(512), damaged);
            assertThat(all(open(objects))).isEqualTo(all(writer));
        }
        objects.delete(List.of(checkpoint(256)));
        objects.create("checkpoint/notes.txt", utf8("somebody's"));
        assertThat(all(open(objects))).as("from the log alone").isEqualTo(all(writer));
    }

    @Test
    void doesNotTakeAStoreThatIsDownForADamagedCheckpoint() throws IOException {
        manyChanges();
        await().until(() -> checkpoints().contains(checkpoint(512)));
        FaultyObjects down = new FaultyObjects(
                objects, (operation, name) -> operation.equals("stream") ? Fault.REFUSED : Fault.NONE);
        assertThatThrownBy(() -> open(down)).isInstanceOf(StoreDownException.class);
    }

    @Test
    void refusesWhatALaterVersionWrote() throws IOException {
        ChangeLog log = open(objects);
        objects.create(ChangeLog.name(1), utf8("{\"v\": 2, \"changes\": \"other\"}"));
        String expected = "log/00000000000000000001 in the object store is of format 2, and this server knows format 1:"
                + " run the same version everywhere";
        assertThatThrownBy(log::catchUp).hasMessage(expected);
        assertThatThrownBy(() -> append(log, "image/a", "x")).hasMessage(expected);
        assertThatThrownBy(() -> open(objects)).hasMessage(expected);
        assertThat(changesInTheStore()).isEqualTo(1);
    }

    @Test
    void refusesACheckpointOfALaterVersion() throws IOException {
        manyChanges();
        await().until(() -> checkpoints().contains(checkpoint(512)));
        objects.create(checkpoint(513), gzip("{\"v\": 2}\n"));
        assertThatThrownBy(() -> open(objects))
                .hasMessageContaining(checkpoint(513))
                .hasMessageContaining("format 2")
                .hasMessageContaining("run the same version everywhere");
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(utf8(text));
        }
        return bytes.toByteArray();
    }

    @Test
    void namesAChangeThatCannotBeRead() throws IOException {
        for (String damaged :
                List.of("{\"v\": 1, \"id\":", "[]", "null", "{\"v\": 1}", "{\"v\": 1, \"puts\": 3}", " ")) {
            MemoryObjects store = new MemoryObjects();
            store.create(ChangeLog.name(1), utf8(damaged));
            assertThatThrownBy(() -> open(store))
                    .as(damaged)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("log/00000000000000000001");
        }
    }

    @Test
    void keepsNoMoreThanAFewCheckpoints() throws IOException {
        ChangeLog log = open(objects);
        for (int change = 0; change < 5 * 256; change++) {
            append(log, "image/a", "x");
        }
        await().until(() -> checkpoints().contains(checkpoint(1280)));
        await().untilAsserted(() -> assertThat(checkpoints()).hasSize(3));
        assertThat(changesInTheStore()).as("the log keeps everything").isEqualTo(1280);
    }

    @Test
    void doesNotNameWhatWasCollected() throws IOException {
        ChangeLog log = open(objects);
        log.append(now -> Optional.of(Change.collect("test", List.of("files/gone"))));
        assertThat(log.namespace().isCollected("files/gone")).isTrue();
        assertThat(Instant.now()).isAfterOrEqualTo(log.namespace().collected().get("files/gone"));
    }
}
