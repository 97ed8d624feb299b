package org.imageserver.storage.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every {@link ObjectStore} does: all that the log and the files stand on. */
abstract class ObjectStoreContract {
    /** The least that stores take as a part that is not the last. */
    private static final int PART = 5 * 1024 * 1024;

    private static final int RACERS = 16;

    /** More than any store tells or removes at once. */
    private static final int MORE_THAN_A_PAGE = 1001;

    protected ObjectStore store;

    /** An empty place. */
    abstract ObjectStore newStore() throws IOException;

    @BeforeEach
    void openStore() throws IOException {
        store = newStore();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] read(String name) throws IOException {
        return store.read(name).orElseThrow();
    }

    private List<String> names(String prefix) throws IOException {
        return store.list(prefix).stream().map(ObjectStore.Listed::name).toList();
    }

    @Test
    void createsWhatIsNotThereAndLeavesWhatIs() throws IOException {
        assertThat(store.create("log/1", utf8("first"))).isTrue();
        assertThat(store.create("log/1", utf8("second"))).isFalse();
        assertThat(read("log/1")).isEqualTo(utf8("first"));
    }

    @Test
    void letsOneOfManyCreate() throws Exception {
        for (int race = 0; race < 5; race++) {
            String name = "race/" + race;
            List<Integer> winners = new ArrayList<>();
            List<Boolean> answers = atOnce(racer -> store.create(name, utf8("by " + racer)));
            for (int racer = 0; racer < RACERS; racer++) {
                if (answers.get(racer)) {
                    winners.add(racer);
                }
            }
            assertThat(winners).as("winners of race %d", race).hasSize(1);
            assertThat(read(name)).isEqualTo(utf8("by " + winners.getFirst()));
        }
    }

    private interface Racer<T> {
        T run(int number) throws Exception;
    }

    private static <T> List<T> atOnce(Racer<T> racer) throws Exception {
        CyclicBarrier start = new CyclicBarrier(RACERS);
        List<Callable<T>> calls = new ArrayList<>();
        for (int number = 0; number < RACERS; number++) {
            int mine = number;
            calls.add(() -> {
                start.await();
                return racer.run(mine);
            });
        }
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(RACERS)) {
            for (Future<T> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
        }
        return results;
    }

    @Test
    void readsNothingWhereNothingIs() throws IOException {
        assertThat(store.read("log/1")).isEmpty();
        assertThatThrownBy(() -> {
                    try (InputStream stream = store.read("files/none", 0, 10)) {
                        stream.readAllBytes();
                    }
                })
                .isInstanceOf(FileNotFoundException.class)
                .hasMessageContaining("files/none");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0, 300000", "1, 2", "299999, 300000", "1234, 200000"})
    void readsARange(int offset, int end) throws IOException {
        byte[] bytes = random(300_000);
        upload("files/a", bytes);
        try (InputStream stream = store.read("files/a", offset, end)) {
            assertThat(stream.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, offset, end));
        }
    }

    /** Whoever leaves a large download early must not keep others from theirs. */
    @Test
    void readsOnAfterStreamsWereClosedEarly() throws IOException {
        byte[] bytes = random(3_000_000);
        upload("files/a", bytes);
        for (int reader = 0; reader < 60; reader++) {
            try (InputStream stream = store.read("files/a", reader, bytes.length)) {
                assertThat((byte) stream.read()).isEqualTo(bytes[reader]);
            }
        }
        assertThat(read("files/a")).isEqualTo(bytes);
    }

    static void send(ObjectStore.Upload upload, byte[] part) throws IOException {
        upload.part(part.length, () -> new ByteArrayInputStream(part));
    }

    private void upload(String name, byte[]... parts) throws IOException {
        try (ObjectStore.Upload upload = store.upload(name)) {
            for (byte[] part : parts) {
                send(upload, part);
            }
            upload.finish();
        }
    }

    @Test
    void joinsTheParts() throws IOException {
        byte[] whole = random(2 * PART + 100);
        try (ObjectStore.Upload upload = store.upload("files/large")) {
            send(upload, Arrays.copyOfRange(whole, 0, PART));
            send(upload, Arrays.copyOfRange(whole, PART, 2 * PART));
            send(upload, Arrays.copyOfRange(whole, 2 * PART, whole.length));
            assertThat(store.read("files/large")).as("unfinished").isEmpty();
            assertThat(names("files/")).as("unfinished").isEmpty();
            upload.finish();
        }
        ByteArrayOutputStream there = new ByteArrayOutputStream();
        try (InputStream stream = store.read("files/large", 0, whole.length)) {
            stream.transferTo(there);
        }
        assertThat(there.toByteArray()).isEqualTo(whole);
        assertThat(store.list("files/")).extracting(ObjectStore.Listed::size).containsExactly((long) whole.length);
        assertThat(store.unfinished("files/")).isEmpty();
    }

    @Test
    void keepsNothingOfAnUploadThatIsGivenUp() throws IOException {
        try (ObjectStore.Upload upload = store.upload("files/broken")) {
            send(upload, random(PART));
        }
        assertThat(names("files/")).isEmpty();
        assertThat(store.unfinished("files/")).isEmpty();
    }

    @Test
    void tellsOfUnfinishedUploadsAndAbortsThem() throws IOException {
        try (ObjectStore.Upload upload = store.upload("files/forgotten")) {
            send(upload, random(PART));
            assertThat(store.unfinished("elsewhere/")).isEmpty();
            List<ObjectStore.Unfinished> unfinished = store.unfinished("files/");
            assertThat(unfinished).extracting(ObjectStore.Unfinished::name).containsExactly("files/forgotten");

            store.abort(unfinished.getFirst());

            assertThat(store.unfinished("files/")).isEmpty();
            assertThatThrownBy(() -> {
                        send(upload, random(100));
                        upload.finish();
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("files/forgotten");
        }
        assertThat(names("files/")).isEmpty();
    }

    @Test
    void listsInTheOrderOfNames() throws IOException {
        for (String name : List.of("log/2", "log/10", "log/1", "logs", "files/a")) {
            store.create(name, utf8(name));
        }
        assertThat(names("log/")).containsExactly("log/1", "log/10", "log/2");
        assertThat(names("")).containsExactly("files/a", "log/1", "log/10", "log/2", "logs");
        assertThat(names("nothing/")).isEmpty();
        assertThat(store.list("files/").getFirst().size()).isEqualTo(7);
        assertThat(store.list("files/").getFirst().modified()).isNotNull();
    }

    @Test
    void listsAndDeletesMoreThanAPage() throws Exception {
        List<String> names = IntStream.range(0, MORE_THAN_A_PAGE)
                .mapToObj("page/%04d"::formatted)
                .toList();
        atOnce(racer -> {
            for (int name = racer; name < names.size(); name += RACERS) {
                store.create(names.get(name), new byte[1]);
            }
            return racer;
        });
        assertThat(names("page/")).isEqualTo(names);

        store.delete(names);

        assertThat(names("")).isEmpty();
    }

    @Test
    void deletesWhatIsThereAndMindsNotWhatIsNot() throws IOException {
        store.create("a", utf8("a"));
        store.create("b", utf8("b"));
        store.delete(List.of("a", "never"));
        store.delete(List.of());
        assertThat(names("")).containsExactly("b");
        assertThat(store.create("a", utf8("again"))).isTrue();
    }
}
