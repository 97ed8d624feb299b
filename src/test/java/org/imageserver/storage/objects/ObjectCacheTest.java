package org.imageserver.storage.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.imageserver.TestLog;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.StoredBlob;
import org.imageserver.storage.objects.FaultyObjects.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies of objects on the local disk: made once, never wrong, and never in the way. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ObjectCacheTest {
    private static final int MEBIBYTE = 1024 * 1024;

    @TempDir
    private Path directory;

    private final MemoryObjects objects = new MemoryObjects();
    private final AtomicInteger reads = new AtomicInteger();
    private final FaultyObjects store = new FaultyObjects(objects, this::count);
    private final List<ObjectCache> opened = new ArrayList<>();
    private final TestLog log = new TestLog();
    private int stored;

    @BeforeEach
    void startCounting() {
        reads.set(0);
    }

    @AfterEach
    void close() {
        opened.forEach(ObjectCache::close);
        log.close();
    }

    private Fault count(String operation, String name) {
        if (operation.equals("stream")) {
            reads.incrementAndGet();
        }
        return Fault.NONE;
    }

    private ObjectCache cache(long limit) throws IOException {
        ObjectCache cache = new ObjectCache(store, directory.resolve("cache"), limit);
        opened.add(cache);
        return cache;
    }

    /** An object in the store, and what the log says of it. */
    private static final class Sample {
        private final BlobInfo info;
        private final Content.Stored content;
        private final byte[] bytes;

        private Sample(BlobInfo info, Content.Stored content, byte[] bytes) {
            this.info = info;
            this.content = content;
            this.bytes = bytes;
        }

        private BlobInfo info() {
            return info;
        }

        private Content.Stored content() {
            return content;
        }

        private byte[] bytes() {
            return bytes;
        }
    }

    private Sample store(int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        String name = "files/object-" + stored++;
        try (ObjectStore.Upload upload = objects.upload(name)) {
            ObjectStoreContract.send(upload, bytes);
            upload.finish();
        }
        Hashes hashes = new Hashes();
        hashes.update(bytes, 0, size);
        BlobInfo info = new BlobInfo(BlobKey.parse("image/" + stored), size, Instant.now(), "1");
        return new Sample(info, new Content.Stored(name, hashes.finish()), bytes);
    }

    /** The same name in the log, over other bytes in the store. */
    private void damage(Sample sample) throws IOException {
        byte[] bytes = sample.bytes().clone();
        bytes[bytes.length / 3] ^= 1;
        objects.delete(List.of(sample.content().object()));
        try (ObjectStore.Upload upload = objects.upload(sample.content().object())) {
            ObjectStoreContract.send(upload, bytes);
            upload.finish();
        }
    }

    private static StoredBlob open(ObjectCache cache, Sample sample) throws IOException {
        return cache.open(sample.info(), sample.content());
    }

    private static byte[] read(ObjectCache cache, Sample sample) throws IOException {
        try (StoredBlob blob = open(cache, sample);
                InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            return stream.readAllBytes();
        }
    }

    private static boolean isWhole(ObjectCache cache, Sample sample) throws IOException {
        try (StoredBlob blob = open(cache, sample)) {
            return blob.fileChannel().isPresent();
        }
    }

    private void awaitWhole(ObjectCache cache, Sample sample) throws IOException {
        assertThat(read(cache, sample)).isEqualTo(sample.bytes());
        await().until(() -> isWhole(cache, sample));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("cache"))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private interface Reader<T> {
        T read() throws Exception;
    }

    private static <T> List<T> atOnce(int count, Reader<T> reader) throws Exception {
        CyclicBarrier start = new CyclicBarrier(count);
        Callable<T> call = () -> {
            start.await();
            return reader.read();
        };
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            for (Future<T> result : threads.invokeAll(Collections.nCopies(count, call))) {
                results.add(result.get());
            }
        }
        return results;
    }

    @Test
    void readsAnObjectOnceHoweverManyWantIt() throws Exception {
        Sample sample = store(3 * MEBIBYTE + 17);
        ObjectCache cache = cache(100 * MEBIBYTE);

        List<Boolean> right = atOnce(50, () -> Arrays.equals(read(cache, sample), sample.bytes()));

        assertThat(right).hasSize(50).containsOnly(true);
        assertThat(reads).hasValue(1);
        await().until(() -> isWhole(cache, sample));
        assertThat(read(cache, sample)).isEqualTo(sample.bytes());
        assertThat(reads).as("the second time").hasValue(1);
    }

    @Test
    void givesTheKernelAFileOfTheseVeryBytes() throws IOException {
        Sample sample = store(MEBIBYTE);
        ObjectCache cache = cache(100 * MEBIBYTE);
        awaitWhole(cache, sample);
        try (StoredBlob blob = open(cache, sample)) {
            FileChannel channel = blob.fileChannel().orElseThrow();
            ByteBuffer all = ByteBuffer.allocate(2 * MEBIBYTE);
            while (channel.read(all, all.position()) >= 0) {
                // To the end.
            }
            assertThat(Arrays.copyOf(all.array(), all.position())).isEqualTo(sample.bytes());
        }
    }

    @Test
    void costsTheStoreNothingToLook() throws IOException {
        Sample sample = store(MEBIBYTE);
        ObjectCache cache = cache(100 * MEBIBYTE);
        for (int look = 0; look < 5; look++) {
            assertThat(isWhole(cache, sample)).isFalse();
        }
        assertThat(reads).hasValue(0);
        assertThat(files()).isEmpty();
    }

    @Test
    void readsRangesWhileTheCopyGrowsAndAfter() throws IOException {
        Sample sample = store(20 * MEBIBYTE);
        ObjectCache cache = cache(100 * MEBIBYTE);
        for (int round = 0; round < 2; round++) {
            for (int offset : List.of(0, 1, MEBIBYTE, 15 * MEBIBYTE, 20 * MEBIBYTE - 1)) {
                int length = Math.min(100_000, sample.bytes().length - offset);
                try (StoredBlob blob = open(cache, sample);
                        InputStream stream = blob.stream(offset, 100_000)) {
                    assertThat(stream.readAllBytes())
                            .isEqualTo(Arrays.copyOfRange(sample.bytes(), offset, offset + length));
                }
            }
            await().until(() -> isWhole(cache, sample));
        }
    }

    /** Somebody goes on with the last part of a large download: the rest of it is nobody's business. */
    @Test
    void copiesNothingForThoseWhoWantTheEnd() throws IOException {
        Sample sample = store(20 * MEBIBYTE);
        ObjectCache cache = cache(100 * MEBIBYTE);
        try (StoredBlob blob = open(cache, sample);
                InputStream stream = blob.stream(19 * MEBIBYTE, Long.MAX_VALUE)) {
            assertThat(stream.readAllBytes())
                    .isEqualTo(Arrays.copyOfRange(sample.bytes(), 19 * MEBIBYTE, 20 * MEBIBYTE));
        }
        assertThat(files()).isEmpty();
        assertThat(reads).hasValue(1);
    }

    @Test
    void nobodyGetsAllOfADamagedObject() throws Exception {
        Sample sample = store(3 * MEBIBYTE);
        damage(sample);
        ObjectCache cache = cache(100 * MEBIBYTE);

        List<Integer> got = atOnce(20, () -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (StoredBlob blob = open(cache, sample);
                    InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
                stream.transferTo(bytes);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining(sample.content().object()).hasMessageContaining("damaged");
            }
            return bytes.size();
        });

        assertThat(got).hasSize(20).allMatch(size -> size < sample.bytes().length);
        assertThat(isWhole(cache, sample)).isFalse();
        await().untilAsserted(() -> assertThat(files()).isEmpty());
        assertThat(log.errors())
                .isNotEmpty()
                .allMatch(error -> error.contains(sample.content().object()));
    }

    @Test
    void readersAskTheStoreThemselvesWhenACopyCannotBeMade() throws Exception {
        Sample sample = store(2 * MEBIBYTE);
        CountDownLatch isFailing = new CountDownLatch(4);
        store.plan((operation, name) -> {
            isFailing.countDown();
            return Fault.CUT;
        });
        ObjectCache cache = cache(100 * MEBIBYTE);
        try (StoredBlob blob = open(cache, sample);
                InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            byte[] first = stream.readNBytes(1000);
            isFailing.await();
            store.plan(FaultyObjects.Plan.NONE);
            byte[] rest = stream.readAllBytes();
            assertThat(first.length + rest.length).isEqualTo(sample.bytes().length);
            assertThat(rest).isEqualTo(Arrays.copyOfRange(sample.bytes(), 1000, sample.bytes().length));
        }
    }

    @Test
    void failsSoonWhenTheStoreDies() throws Exception {
        Sample sample = store(2 * MEBIBYTE);
        ObjectCache cache = cache(100 * MEBIBYTE);
        store.plan((operation, name) -> Fault.REFUSED);

        List<Boolean> failed = atOnce(20, () -> {
            try {
                read(cache, sample);
                return false;
            } catch (StoreDownException e) {
                return true;
            }
        });

        assertThat(failed).containsOnly(true);
        await().untilAsserted(() -> assertThat(files()).isEmpty());
        store.plan(FaultyObjects.Plan.NONE);
        awaitWhole(cache, sample);
    }

    @Test
    void goesOnWithWhatIsMissingWhenAnAnswerBreaks() throws IOException {
        Sample sample = store(2 * MEBIBYTE);
        AtomicInteger answers = new AtomicInteger();
        store.plan((operation, name) -> answers.getAndIncrement() < 6 ? Fault.CUT : Fault.NONE);
        ObjectCache cache = cache(100 * MEBIBYTE);
        awaitWhole(cache, sample);
        assertThat(answers).hasValue(7);
    }

    @Test
    void removesWhatIsUnusedForLongest() throws IOException {
        Sample first = store(MEBIBYTE);
        Sample second = store(MEBIBYTE);
        Sample third = store(MEBIBYTE);
        ObjectCache cache = cache(2 * MEBIBYTE + 1000);
        awaitWhole(cache, first);
        awaitWhole(cache, second);
        assertThat(read(cache, first)).isEqualTo(first.bytes());

        awaitWhole(cache, third);

        assertThat(isWhole(cache, second)).isFalse();
        assertThat(isWhole(cache, first)).isTrue();
        assertThat(files()).hasSize(2);
    }

    @Test
    void whoReadsACopyThatIsRemovedReadsOn() throws IOException {
        Sample first = store(MEBIBYTE);
        ObjectCache cache = cache(MEBIBYTE);
        awaitWhole(cache, first);
        try (StoredBlob blob = open(cache, first);
                InputStream stream = blob.stream(0, Long.MAX_VALUE)) {
            byte[] begin = stream.readNBytes(10);
            awaitWhole(cache, store(MEBIBYTE - 1));
            assertThat(begin.length + stream.readAllBytes().length).isEqualTo(MEBIBYTE);
        }
    }

    @Test
    void takesNoMoreRoomThanItMay() throws Exception {
        List<Sample> samples = new ArrayList<>();
        for (int number = 0; number < 12; number++) {
            samples.add(store(300_000 + number));
        }
        ObjectCache cache = cache(MEBIBYTE);
        Random random = new Random(3);
        for (int round = 0; round < 60; round++) {
            Sample sample = samples.get(random.nextInt(samples.size()));
            assertThat(read(cache, sample)).isEqualTo(sample.bytes());
        }
        await().untilAsserted(() -> assertThat(files()).noneMatch(file -> file.endsWith(".growing")));
        long size = 0;
        for (String file : files()) {
            size += Files.size(directory.resolve("cache").resolve(file));
        }
        assertThat(size).isBetween(300_000L, (long) MEBIBYTE);
    }

    @Test
    void servesWhatIsTooLargeForIt() throws IOException {
        Sample sample = store(2 * MEBIBYTE);
        ObjectCache cache = cache(MEBIBYTE);
        assertThat(read(cache, sample)).isEqualTo(sample.bytes());
        assertThat(isWhole(cache, sample)).isFalse();
        assertThat(files()).isEmpty();
    }

    @Test
    void keepsNothingWhereNothingIsToBeKept() throws IOException {
        Sample sample = store(MEBIBYTE);
        ObjectCache cache = cache(0);
        assertThat(read(cache, sample)).isEqualTo(sample.bytes());
        assertThat(directory.resolve("cache")).doesNotExist();
    }

    @Test
    void aRestartTakesUpWholeCopiesAndRemovesTheOthers() throws IOException {
        Sample old = store(MEBIBYTE);
        Sample young = store(MEBIBYTE);
        ObjectCache before = cache(100 * MEBIBYTE);
        awaitWhole(before, old);
        awaitWhole(before, young);
        Path oldFile = directory.resolve("cache/object-0");
        Files.setLastModifiedTime(oldFile, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
        Files.write(directory.resolve("cache/object-9.growing"), new byte[1000]);
        before.close();
        int readBefore = reads.get();

        ObjectCache after = cache(2 * MEBIBYTE);

        assertThat(files()).containsExactly("object-0", "object-1");
        assertThat(isWhole(after, old)).isTrue();
        assertThat(isWhole(after, young)).isTrue();
        assertThat(reads).hasValue(readBefore);
        assertThat(isWhole(after, old)).isTrue();
        assertThat(read(after, store(MEBIBYTE))).hasSize(MEBIBYTE);
        await().untilAsserted(() -> assertThat(files()).containsExactly("object-0", "object-2"));
    }

    @Test
    void aRestartWithLessRoomMakesRoomAsItGoes() throws IOException {
        ObjectCache before = cache(100 * MEBIBYTE);
        for (int number = 0; number < 4; number++) {
            awaitWhole(before, store(MEBIBYTE));
        }
        before.close();
        ObjectCache after = cache(2 * MEBIBYTE);
        awaitWhole(after, store(MEBIBYTE));
        assertThat(files()).hasSize(2).contains("object-4");
    }

    @Test
    void makesACopyAgainThatSomebodyRemovedOrChanged() throws IOException {
        Sample sample = store(MEBIBYTE);
        ObjectCache cache = cache(MEBIBYTE);
        awaitWhole(cache, sample);
        Files.delete(directory.resolve("cache/object-0"));
        awaitWhole(cache, sample);
        Files.write(directory.resolve("cache/object-0"), new byte[1000]);
        awaitWhole(cache, sample);
        assertThat(files()).containsExactly("object-0");
        assertThat(Files.size(directory.resolve("cache/object-0"))).isEqualTo(MEBIBYTE);
    }

    @Test
    void servesOnWhenItsDirectoryIsGone() throws IOException {
        Sample sample = store(MEBIBYTE);
        ObjectCache cache = cache(100 * MEBIBYTE);
        Files.delete(directory.resolve("cache"));
        assertThat(read(cache, sample)).isEqualTo(sample.bytes());
        assertThat(read(cache, sample)).isEqualTo(sample.bytes());
    }

    @Test
    void readersThatWaitWhenItEndsAreNotLeftWaiting() throws Exception {
        Sample sample = store(2 * MEBIBYTE);
        CountDownLatch isReading = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        store.plan((operation, name) -> {
            if (calls.getAndIncrement() == 0) {
                isReading.countDown();
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return Fault.REFUSED;
        });
        ObjectCache cache = cache(100 * MEBIBYTE);
        try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
            Future<byte[]> reader = threads.submit(() -> read(cache, sample));
            isReading.await();
            cache.close();
            assertThatThrownBy(reader::get).hasCauseInstanceOf(IOException.class);
        }
        assertThat(files()).isEmpty();
        store.plan(FaultyObjects.Plan.NONE);
        assertThat(read(cache, sample)).as("from the store, after its end").isEqualTo(sample.bytes());
    }

    @Test
    void servesOnWhenTheDiskIsFull() throws Exception {
        Path small = Files.createDirectories(directory.resolve("small"));
        boolean isMounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString());
        Assumptions.assumeTrue(
                isMounted, "NOT TESTED: a full disk under the cache. No tmpfs can be mounted here; run this as root.");
        try {
            ObjectCache cache = new ObjectCache(store, small.resolve("cache"), 100 * MEBIBYTE);
            opened.add(cache);
            Sample large = store(3 * MEBIBYTE);
            assertThat(read(cache, large)).isEqualTo(large.bytes());
            await().untilAsserted(() -> assertThat(small.resolve("cache")).isEmptyDirectory());
            int readBefore = reads.get();
            assertThat(read(cache, large)).isEqualTo(large.bytes());
            assertThat(reads).as("not tried again at once").hasValue(readBefore + 1);
            cache.close();
        } finally {
            assertThat(run("umount", small.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            System.err.println(e.getMessage());
            return false;
        }
    }
}
