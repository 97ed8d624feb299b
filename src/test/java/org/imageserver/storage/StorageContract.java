package org.imageserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link Storage} does. An implementation extends this with one method, and with tests of what is its own. */
abstract class StorageContract extends StorageFixture {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5000, 3_000_001})
    void readsBackWhatWasWritten(int size) throws IOException {
        byte[] bytes = random(size);
        BlobInfo written = write(KEY, bytes);

        assertThat(read(KEY)).isEqualTo(bytes);
        assertThat(written.key()).isEqualTo(KEY);
        assertThat(written.size()).isEqualTo(size);
        assertThat(written.modified())
                .isBetween(
                        Instant.now().minus(Duration.ofHours(1)), Instant.now().plusSeconds(60));
    }

    @Test
    void takesHeapAndDirectBuffersFromWhereTheyStandToTheirLimit() throws IOException {
        byte[] bytes = random(2_000_000);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(bytes.length).put(bytes).position(10).limit(1_500_000);
        ByteBuffer heap = ByteBuffer.wrap(bytes, 1_500_000, 400_000);
        try (PendingBlob pending = storage.begin(KEY)) {
            assertThat(pending.write(direct)).isEqualTo(1_499_990);
            assertThat(pending.write(heap)).isEqualTo(400_000);
            pending.commit();
        }
        assertThat(direct.remaining() + heap.remaining()).isZero();
        assertThat(read(KEY)).isEqualTo(Arrays.copyOfRange(bytes, 10, 1_900_000));
    }

    @Test
    void tellsTheSameOfABlobByCommitStatListAndOpen() throws IOException {
        BlobInfo written = write(KEY, random(10));

        assertThat(storage.stat(KEY)).contains(written);
        assertThat(storage.list("")).containsExactly(written);
        try (StoredBlob blob = storage.open(KEY)) {
            assertThat(blob.info()).isEqualTo(written);
        }
    }

    @Test
    void showsNothingOfABlobThatIsNotCommittedAndLeavesNothingOfIt() throws IOException {
        try (PendingBlob pending = storage.begin(KEY)) {
            pending.write(ByteBuffer.wrap(random(1000)));
            assertThat(storage.stat(KEY)).isEmpty();
            assertThat(storage.list("")).isEmpty();
        }
        assertThat(storage.stat(KEY)).isEmpty();
        assertThat(storage.list("")).isEmpty();
    }

    @Test
    void keepsTheOldBlobWhenTheSourceOfTheNewOneBreaks() throws IOException {
        write(KEY, utf8("old"));
        assertThatThrownBy(() -> {
                    try (PendingBlob pending = storage.begin(KEY)) {
                        Channels.newOutputStream(pending).write(random(100_000));
                        throw new IOException("source broke");
                    }
                })
                .hasMessage("source broke");
        assertThat(read(KEY)).isEqualTo(utf8("old"));
    }

    @Test
    void closesWhatIsPendingForGood() throws IOException {
        PendingBlob closed = storage.begin(KEY);
        closed.write(ByteBuffer.wrap(random(10)));
        closed.close();
        closed.close();

        assertThat(closed.isOpen()).isFalse();
        assertThatThrownBy(closed::commit).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> closed.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThat(storage.stat(KEY)).isEmpty();
    }

    @Test
    void commitsOnce() throws IOException {
        try (PendingBlob pending = storage.begin(KEY)) {
            pending.write(ByteBuffer.wrap(utf8("x")));
            pending.commit();
            assertThatThrownBy(pending::commit).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> pending.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        }
        assertThat(read(KEY)).isEqualTo(utf8("x"));
    }

    @Test
    void keepsTheBytesOfAnOpenBlobWhenItIsReplacedOrDeleted() throws IOException {
        byte[] oldBytes = random(300_000);
        BlobInfo oldInfo = write(KEY, oldBytes);
        try (StoredBlob old = storage.open(KEY)) {
            write(KEY, utf8("new"));
            assertThat(old.info()).isEqualTo(oldInfo);
            assertThat(readAll(old)).isEqualTo(oldBytes);
            assertThat(read(KEY)).isEqualTo(utf8("new"));

            storage.delete(KEY);
            assertThat(readAll(old)).isEqualTo(oldBytes);
        }
    }

    @Test
    void readersSeeOldOrNewAndNeverAMixture() throws Exception {
        int size = 100_000;
        write(KEY, filled(size, 0));
        List<Callable<Boolean>> tasks = new ArrayList<>();
        tasks.add(() -> {
            for (int i = 1; i <= 40; i++) {
                write(KEY, filled(size + i, i));
            }
            return true;
        });
        for (int reader = 0; reader < 3; reader++) {
            tasks.add(() -> {
                for (byte[] seen = read(KEY); seen[0] != 40; seen = read(KEY)) {
                    assertThat(seen).isEqualTo(filled(size + seen[0], seen[0]));
                }
                return true;
            });
        }
        assertThat(together(tasks)).containsOnly(true);
    }

    @Test
    void readsRangesAndClipsThemToTheBlob() throws IOException {
        byte[] bytes = random(200_000);
        write(KEY, bytes);
        try (StoredBlob blob = storage.open(KEY)) {
            assertThat(range(blob, 0, bytes.length)).isEqualTo(bytes);
            assertThat(range(blob, 0, Long.MAX_VALUE)).isEqualTo(bytes);
            assertThat(range(blob, 5, 150_000)).isEqualTo(Arrays.copyOfRange(bytes, 5, 150_005));
            assertThat(range(blob, 199_999, 1)).isEqualTo(Arrays.copyOfRange(bytes, 199_999, 200_000));
            assertThat(range(blob, 199_990, 1000)).isEqualTo(Arrays.copyOfRange(bytes, 199_990, 200_000));
            assertThat(range(blob, 100, 0)).isEmpty();
            assertThat(range(blob, 200_000, 10)).isEmpty();
            assertThat(range(blob, Long.MAX_VALUE, Long.MAX_VALUE)).isEmpty();
            assertThatIllegalArgumentException().isThrownBy(() -> blob.stream(-1, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> blob.stream(0, -1));
        }
    }

    @Test
    void readsStreamsSideBySideByteByByteAndWithSkips() throws IOException {
        write(KEY, new byte[] {1, -2, 3, 4, 5});
        try (StoredBlob blob = storage.open(KEY);
                InputStream one = blob.stream(0, 4);
                InputStream other = blob.stream(1, 4)) {
            assertThat(one.read()).isEqualTo(1);
            assertThat(other.read()).isEqualTo(254);
            assertThat(one.read()).isEqualTo(254);
            assertThat(one.skip(1)).isEqualTo(1);
            assertThat(one.available()).isEqualTo(1);
            assertThat(one.read()).isEqualTo(4);
            assertThat(one.read()).isEqualTo(-1);
            assertThat(one.skip(1)).isZero();
            assertThat(other.readAllBytes()).containsExactly(3, 4, 5);
        }
    }

    @Test
    void whenThereIsAFileChannelItHoldsExactlyTheBlob() throws IOException {
        write(KEY, utf8("0123456789"));
        try (StoredBlob blob = storage.open(KEY)) {
            write(KEY, utf8("new"));
            for (FileChannel channel : blob.fileChannel().stream().toList()) {
                ByteBuffer buffer = ByteBuffer.allocate(20);
                channel.read(buffer, 3);
                assertThat(Arrays.copyOf(buffer.array(), buffer.position())).isEqualTo(utf8("3456789"));
                assertThat(channel.size()).isEqualTo(blob.info().size());
            }
        }
    }

    @Test
    void namesTheKeyThatIsMissing() {
        assertThatThrownBy(() -> storage.open(KEY))
                .isInstanceOf(NoSuchBlobException.class)
                .hasMessageContaining("image/manifest.json")
                .extracting(e -> ((NoSuchBlobException) e).key())
                .isEqualTo(KEY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"image", "image/manifest", "image/manifest.json/below", "manifest.json", "image/manifest.json2"})
    void doesNotTakeANeighbourForABlob(String value) throws IOException {
        write(KEY, utf8("x"));
        BlobKey other = BlobKey.parse(value);
        assertThatThrownBy(() -> storage.open(other)).isInstanceOf(NoSuchBlobException.class);
        assertThat(storage.stat(other)).isEmpty();
        assertThat(storage.delete(other)).isFalse();
        assertThat(read(KEY)).isEqualTo(utf8("x"));
    }

    @Test
    void deletesOnceAndSaysSo() throws IOException {
        write(KEY, utf8("x"));
        assertThat(storage.delete(KEY)).isTrue();
        assertThat(storage.delete(KEY)).isFalse();
        assertThat(storage.stat(KEY)).isEmpty();
    }

    @Test
    void deletesNothingButTheBlobItself() throws IOException {
        List<BlobKey> siblings = keys("image/manifest.json2", "image/file.gz", "image2/manifest.json", "imag/e");
        for (BlobKey sibling : siblings) {
            write(sibling, utf8(sibling.value()));
        }
        write(KEY, utf8("x"));
        storage.delete(KEY);
        for (BlobKey sibling : siblings) {
            assertThat(read(sibling)).isEqualTo(utf8(sibling.value()));
        }
    }

    @Test
    void listsByPrefixInOrderOfKeys() throws IOException {
        for (BlobKey key : keys("b/1", "ab/1", "a/2", "a/1", "a.txt", "a-b/1", "top")) {
            write(key, utf8("x"));
        }
        assertThat(listed("")).containsExactly("a-b/1", "a.txt", "a/1", "a/2", "ab/1", "b/1", "top");
        assertThat(listed("a")).containsExactly("a-b/1", "a.txt", "a/1", "a/2", "ab/1");
        assertThat(listed("a/")).containsExactly("a/1", "a/2");
        assertThat(listed("a/2")).containsExactly("a/2");
        assertThat(listed("top")).containsExactly("top");
        assertThat(listed("c")).isEmpty();
        assertThat(listed("c/")).isEmpty();
        assertThat(listed("top/")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "../", "./", "a/../", "a\0/", "\\/", "//", "\uD800/"})
    void listsNothingUnderAPrefixThatNoKeyCanHave(String prefix) throws IOException {
        write(KEY, utf8("x"));
        assertThat(storage.list(prefix)).isEmpty();
    }

    @Test
    void listsHiddenNamesOnlyWhenThePrefixReachesIntoThem() throws IOException {
        for (BlobKey key : keys(".state/cache", ".state/.lock", ".top", "image/.hidden", "image/file")) {
            write(key, utf8("x"));
        }
        assertThat(listed("")).containsExactly("image/file");
        assertThat(listed("image/")).containsExactly("image/file");
        assertThat(listed("image/.")).containsExactly("image/.hidden");
        assertThat(listed(".")).containsExactly(".state/cache", ".top");
        assertThat(listed(".state/")).containsExactly(".state/cache");
        assertThat(read(BlobKey.parse("image/.hidden"))).isEqualTo(utf8("x"));
    }

    @Test
    void listsMoreThanAThousandKeys() throws IOException {
        List<String> expected =
                IntStream.range(0, 1100).mapToObj("image/%05d"::formatted).toList();
        for (String key : expected.reversed()) {
            storage.createIfAbsent(BlobKey.parse(key), utf8(key));
        }
        assertThat(listed("")).isEqualTo(expected);
        assertThat(listed("image/0001")).hasSize(10);
    }

    @Test
    void storesNamesThatAreOddButLegal() throws IOException {
        List<BlobKey> odd = keys(
                "a b/ c ",
                "x/-rf",
                "x/*?[]",
                "x/%2e%2e",
                "x/a:b;c&d|e",
                "..a/b..",
                "x/...",
                "'\"$HOME`/~",
                "x/" + "n".repeat(255));
        for (BlobKey key : odd) {
            write(key, utf8(key.value()));
        }
        for (BlobKey key : odd) {
            assertThat(read(key)).isEqualTo(utf8(key.value()));
            assertThat(storage.list(key.value())).extracting(BlobInfo::key).containsExactly(key);
        }
    }

    @Test
    void leavesOneWholeBlobOfManyWriters() throws Exception {
        List<Callable<BlobInfo>> writers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            byte[] bytes = filled(70_000 + i, i);
            writers.add(() -> write(KEY, bytes));
        }
        List<BlobInfo> infos = together(writers);

        byte[] left = read(KEY);
        assertThat(left).isEqualTo(filled(70_000 + left[0], left[0]));
        assertThat(infos).contains(storage.stat(KEY).orElseThrow());
        assertThat(infos).extracting(BlobInfo::version).doesNotHaveDuplicates();
    }

    @Test
    void tellsEachOfManyWritersOfItsOwnBlob() throws Exception {
        List<Callable<Void>> writers = new ArrayList<>();
        for (int i = 1; i <= 16; i++) {
            byte[] bytes = filled(i, i);
            writers.add(() -> {
                for (int round = 0; round < 10; round++) {
                    assertThat(write(KEY, bytes).size()).isEqualTo(bytes.length);
                }
                return null;
            });
        }
        together(writers);
    }

    @Test
    void letsExactlyOneOfManyCreatorsWin() throws Exception {
        List<Callable<Boolean>> creators = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            byte[] bytes = filled(1000 + i, i);
            creators.add(() -> storage.createIfAbsent(KEY, bytes));
        }
        List<Boolean> won = together(creators);

        assertThat(won).containsOnlyOnce(true);
        int winner = won.indexOf(true);
        assertThat(read(KEY)).isEqualTo(filled(1000 + winner, winner));
    }

    @Test
    void createsOnlyWhatIsAbsent() throws IOException {
        write(KEY, utf8("old"));
        BlobInfo old = storage.stat(KEY).orElseThrow();
        assertThat(storage.createIfAbsent(KEY, utf8("new"))).isFalse();
        assertThat(storage.stat(KEY)).contains(old);

        storage.delete(KEY);
        assertThat(storage.createIfAbsent(KEY, utf8("new"))).isTrue();
        assertThat(read(KEY)).isEqualTo(utf8("new"));
    }

    @Test
    void writesAndDeletesSideBySideInTheSamePlace() throws Exception {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            BlobKey key = BlobKey.parse("image/" + i);
            tasks.add(() -> {
                int deleted = 0;
                for (int round = 0; round < 50; round++) {
                    write(key, utf8("x"));
                    deleted += storage.delete(key) ? 1 : 0;
                }
                return deleted;
            });
        }
        assertThat(together(tasks)).containsOnly(50);
        assertThat(storage.list("")).isEmpty();
    }

    @Test
    void givesEveryBlobUnderAKeyAVersionOfItsOwn() throws IOException {
        Set<String> versions = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            versions.add(write(KEY, filled(10, i)).version());
            versions.add(storage.stat(KEY).orElseThrow().version());
        }
        assertThat(versions).hasSize(100);

        for (int i = 0; i < 100; i++) {
            storage.delete(KEY);
            storage.createIfAbsent(KEY, filled(10, i));
            versions.add(storage.stat(KEY).orElseThrow().version());
        }
        assertThat(versions).hasSize(200);
    }

    @Test
    void isEmptyWhenEverythingIsDeleted() throws IOException {
        for (BlobKey key : keys("a/1", "a/2", "b/1", "top", "deep/er/still")) {
            write(key, utf8("x"));
        }
        for (BlobKey key : keys("a/1", "a/2", "b/1", "top", "deep/er/still")) {
            storage.delete(key);
        }
        assertThat(storage.list("")).isEmpty();
    }
}
