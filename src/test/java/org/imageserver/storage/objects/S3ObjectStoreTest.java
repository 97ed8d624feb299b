package org.imageserver.storage.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.imageserver.storage.objects.FaultProxy.Fault;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** The contract on a server of the S3 protocol, and what only lines to it can do. */
class S3ObjectStoreTest extends ObjectStoreContract {
    @TempDir
    static Path directory;

    private static TestBuckets buckets;

    @BeforeAll
    static void startStore() throws IOException {
        buckets = TestBuckets.start(directory);
    }

    @AfterAll
    static void stopStore() {
        buckets.close();
    }

    @Override
    ObjectStore newStore() {
        return S3Proxy.connect(buckets.newBucket());
    }

    private static S3Location at(S3Location location, URI endpoint, String prefix) {
        return new S3Location(Optional.of(endpoint), location.bucket(), prefix, location.region(), true);
    }

    @Test
    void keepsSitesWithDifferentPrefixesApart() throws IOException {
        S3Location bucket = buckets.newBucket();
        try (ObjectStore one = S3Proxy.connect(at(bucket, buckets.endpoint(), ""));
                ObjectStore two = S3Proxy.connect(at(bucket, buckets.endpoint(), "two/"))) {
            assertThat(one.create("log/1", utf8("one"))).isTrue();
            assertThat(two.create("log/1", utf8("two"))).isTrue();
            assertThat(two.list("")).extracting(ObjectStore.Listed::name).containsExactly("log/1");
            assertThat(one.list("")).extracting(ObjectStore.Listed::name).containsExactly("log/1", "two/log/1");
        }
    }

    @Test
    void saysWhatAStoreRefuses() {
        S3Location bucket = buckets.newBucket();
        StaticCredentialsProvider wrong =
                StaticCredentialsProvider.create(AwsBasicCredentials.create(S3Proxy.KEY, "wrong"));
        try (ObjectStore refused = new S3ObjectStore(bucket, wrong)) {
            assertThatThrownBy(() -> refused.create("log/1", utf8("x")))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(StoreDownException.class)
                    .hasMessageContaining("log/1")
                    .hasMessageContaining(bucket.bucket());
        }
    }

    private interface Work {
        void run(ObjectStore store, FaultProxy line) throws IOException;
    }

    private static void through(FaultProxy.Plan plan, Work work) throws IOException {
        S3Location bucket = buckets.newBucket();
        try (FaultProxy line = FaultProxy.to(buckets.endpoint());
                ObjectStore store = S3Proxy.connect(at(bucket, line.address(), bucket.prefix()))) {
            line.plan(plan);
            work.run(store, line);
        }
    }

    /** Tells of the first so many requests that there was a fault. */
    private static FaultProxy.Plan first(int count, Fault fault) {
        AtomicInteger left = new AtomicInteger(count);
        return (method, target) -> left.getAndDecrement() > 0 ? fault : Fault.NONE;
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"ERROR_500", "DOWN_503", "REFUSED"})
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void tellsThatAStoreIsDown(Fault fault) throws IOException {
        through((method, target) -> fault, (store, line) -> {
            assertThatThrownBy(() -> store.create("log/1", utf8("x")))
                    .isInstanceOf(StoreDownException.class)
                    .hasMessageContaining("log/1");
            assertThatThrownBy(() -> store.read("log/1")).isInstanceOf(StoreDownException.class);
            assertThatThrownBy(() -> store.list("log/")).isInstanceOf(StoreDownException.class);
            line.plan(FaultProxy.Plan.NONE);
            assertThat(store.create("log/1", utf8("x"))).isTrue();
        });
    }

    /** A store that takes connections and never answers must not hold a request for minutes. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void givesUpOnAStoreThatHangs() throws IOException {
        through((method, target) -> Fault.HANG, (store, line) -> {
            assertThatThrownBy(() -> store.read("log/1"))
                    .isInstanceOf(StoreDownException.class)
                    .hasMessageContaining("log/1");
            assertThatThrownBy(() -> store.create("log/1", utf8("x"))).isInstanceOf(StoreDownException.class);
        });
    }

    @Test
    void readsASmallObjectWhoseAnswerWasCut() throws IOException {
        through(FaultProxy.Plan.NONE, (store, line) -> {
            byte[] bytes = random(100_000);
            store.create("log/1", bytes);
            line.plan(first(1, Fault.CUT_ANSWER));
            assertThat(store.read("log/1")).contains(bytes);
        });
    }

    /** "Not found" without the rest may mean the object or the bucket: neither may be concluded. */
    @Test
    void concludesNothingFromHalfOfANotFound() throws IOException {
        through((method, target) -> Fault.CUT_ANSWER, (store, line) -> {
            assertThatThrownBy(() -> store.read("log/1"))
                    .isInstanceOf(StoreDownException.class)
                    .hasMessageContaining("log/1");
            assertThatThrownBy(() -> store.read("log/1", 0, 1)).isInstanceOf(StoreDownException.class);
            line.plan(FaultProxy.Plan.NONE);
            assertThat(store.read("log/1")).isEmpty();
            assertThatThrownBy(() -> store.read("log/1", 0, 1)).isInstanceOf(FileNotFoundException.class);
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"ERROR_500", "DOWN_503", "REFUSED", "LOST_ANSWER"})
    void finishesAnUploadInSpiteOfAFaultAtEachStep(Fault fault) throws IOException {
        for (String step : List.of("?uploads", "partNumber=1", "uploadId")) {
            AtomicInteger left = new AtomicInteger(1);
            FaultProxy.Plan plan =
                    (method, target) -> target.contains(step) && left.getAndDecrement() > 0 ? fault : Fault.NONE;
            through(plan, (store, line) -> {
                byte[] bytes = random(100_000);
                try (ObjectStore.Upload upload = store.upload("files/a")) {
                    send(upload, bytes);
                    upload.finish();
                }
                assertThat(left.get()).as("faults left at " + step).isNotPositive();
                assertThat(store.read("files/a")).contains(bytes);
            });
        }
    }

    @Test
    void finishesAnUploadWhoseLastAnswerWasLost() throws IOException {
        AtomicInteger left = new AtomicInteger(1);
        FaultProxy.Plan plan =
                (method, target) -> method.equals("POST") && target.contains("uploadId") && left.getAndDecrement() > 0
                        ? Fault.LOST_ANSWER
                        : Fault.NONE;
        through(plan, (store, line) -> {
            byte[] bytes = random(100_000);
            try (ObjectStore.Upload upload = store.upload("files/a")) {
                send(upload, bytes);
                upload.finish();
            }
            assertThat(left.get()).isNotPositive();
            assertThat(store.read("files/a")).contains(bytes);
        });
    }

    /** The client of the protocol has a failure of its own for XML that does not begin. */
    @ParameterizedTest
    @CsvSource({"?uploads, CUT_ANSWER", "?uploads, CUT_HEAD", "uploadId, CUT_ANSWER", "uploadId, CUT_HEAD"})
    void tellsOfAnUploadWhoseAnswersAreCutThatTheStoreIsDown(String step, Fault fault) throws IOException {
        FaultProxy.Plan plan = (method, target) -> method.equals("POST") && target.contains(step) ? fault : Fault.NONE;
        through(plan, (store, line) -> {
            try (ObjectStore.Upload upload = store.upload("files/a")) {
                assertThatThrownBy(() -> {
                            send(upload, random(100_000));
                            upload.finish();
                        })
                        .isInstanceOf(StoreDownException.class)
                        .hasMessageContaining("files/a");
            }
            assertThat(line.counts()).containsKey(fault);
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"CUT_ANSWER", "CUT_HEAD"})
    void tellsOfACutListThatTheStoreIsDown(Fault fault) throws IOException {
        through(
                (method, target) -> fault,
                (store, line) -> assertThatThrownBy(() -> store.list("log/")).isInstanceOf(StoreDownException.class));
    }

    /** The client asks again by itself, and then meets its own object. */
    @Test
    void doesNotKnowItsOwnObjectWhenTheAnswerWasLost() throws IOException {
        through(first(1, Fault.LOST_ANSWER), (store, line) -> {
            assertThat(store.create("log/1", utf8("mine"))).isFalse();
            assertThat(store.read("log/1")).contains(utf8("mine"));
        });
    }
}
