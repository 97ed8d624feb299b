package org.imageserver.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.imageserver.TestLog;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.MemoryStorage;
import org.imageserver.storage.PendingBlob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is counted, when it is put where, and that it is still there after a restart. */
class StatisticsTest {
    private static final String IMAGE = new UUID(1, 1).toString();
    private static final BlobKey FILE = BlobKey.parse(".image-server/statistics.json");

    private final MemoryStorage storage = new MemoryStorage();
    private final TestLog log = new TestLog();
    private Instant now = Instant.parse("2026-11-22T10:30:00Z");
    private Statistics statistics = started();

    @AfterEach
    void close() {
        statistics.close();
        log.close();
    }

    private Statistics started() {
        Statistics made = new Statistics(storage, () -> now);
        made.start();
        return made;
    }

    private void restart() {
        statistics.close();
        statistics = started();
    }

    private void handle(int requests) {
        for (int request = 0; request < requests; request++) {
            statistics.handled("Ping", 200, false, 0);
        }
    }

    private static List<Long> requests(List<Traffic> traffic) {
        return traffic.stream().map(Traffic::requests).toList();
    }

    @Test
    void countsByHourAndDay() {
        handle(2);
        statistics.sent(100);
        statistics.sent(23);
        statistics.downloaded(IMAGE);
        assertThat(statistics.hours(2))
                .containsExactly(
                        new Traffic(Instant.parse("2026-11-22T09:00:00Z"), 0, 0, 0),
                        new Traffic(Instant.parse("2026-11-22T10:00:00Z"), 2, 123, 1));
        now = now.plus(Duration.ofHours(14));
        handle(1);
        assertThat(requests(statistics.hours(15))).startsWith(2L, 0L).endsWith(0L, 1L);
        assertThat(statistics.days(2))
                .containsExactly(
                        new Traffic(Instant.parse("2026-11-22T00:00:00Z"), 2, 123, 1),
                        new Traffic(Instant.parse("2026-11-23T00:00:00Z"), 1, 0, 0));
    }

    @Test
    void countsDownloadsOfEachImageByDay() {
        String other = new UUID(1, 2).toString();
        statistics.downloaded(IMAGE);
        statistics.downloaded(IMAGE);
        assertThat(statistics.downloads(IMAGE)).isEqualTo(2);
        assertThat(statistics.downloadsByDay(IMAGE, 3)).containsExactly(0L, 0L, 2L);
        now = now.plus(Duration.ofDays(2));
        statistics.downloaded(IMAGE);
        statistics.downloaded(other);
        assertThat(statistics.downloadsByDay(IMAGE, 3)).containsExactly(2L, 0L, 1L);
        assertThat(statistics.downloads(IMAGE)).isEqualTo(3);
        assertThat(statistics.downloads(new UUID(1, 3).toString())).isZero();
        assertThat(statistics.mostDownloaded(3))
                .containsExactly(new Statistics.Downloaded(IMAGE, 3), new Statistics.Downloaded(other, 1));
        assertThat(statistics.mostDownloaded(2))
                .containsExactly(new Statistics.Downloaded(IMAGE, 1), new Statistics.Downloaded(other, 1));
    }

    @Test
    void remembersCountsOverARestart() {
        handle(3);
        statistics.sent(1L << 40);
        statistics.downloaded(IMAGE);
        assertThat(requests(statistics.days(1))).containsExactly(3L);
        now = now.plus(Duration.ofDays(5));
        statistics.downloaded(IMAGE);
        List<Traffic> days = statistics.days(10);
        List<Traffic> hours = statistics.hours(Statistics.HOURS);
        restart();
        assertThat(statistics.days(10)).isEqualTo(days);
        assertThat(statistics.hours(Statistics.HOURS)).isEqualTo(hours);
        assertThat(statistics.downloads(IMAGE)).isEqualTo(2);
        assertThat(statistics.downloadsByDay(IMAGE, 6)).containsExactly(1L, 0L, 0L, 0L, 0L, 1L);
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void goesOnCountingAfterARestart() {
        handle(3);
        statistics.downloaded(IMAGE);
        restart();
        handle(4);
        statistics.downloaded(IMAGE);
        assertThat(requests(statistics.days(1))).containsExactly(7L);
        assertThat(statistics.downloadsByDay(IMAGE, 1)).containsExactly(2L);
    }

    @Test
    void writesNothingWhenNothingHappens() {
        statistics.close();
        assertThat(storage.stat(FILE)).isEmpty();
    }

    @Test
    void aClockThatJumpsAheadAndComesBackCostsNoHistory() {
        for (int day = 0; day < Statistics.DAYS; day++) {
            handle(1);
            statistics.downloaded(IMAGE);
            assertThat(requests(statistics.days(1))).containsExactly(1L);
            now = now.plus(Duration.ofDays(1));
        }
        Instant before = now;
        now = Instant.parse("2099-01-01T00:00:00Z");
        handle(5);
        statistics.downloaded(IMAGE);
        assertThat(requests(statistics.days(1))).containsExactly(5L);
        now = before;
        handle(1);
        statistics.downloaded(IMAGE);
        restart();
        List<Long> days = requests(statistics.days(Statistics.DAYS));
        assertThat(Collections.frequency(days, 1L)).isEqualTo(Statistics.DAYS);
        assertThat(days).doesNotContain(5L);
        assertThat(Collections.frequency(statistics.downloadsByDay(IMAGE, Statistics.DAYS), 1L))
                .isEqualTo(Statistics.DAYS);
        assertThat(statistics.downloads(IMAGE)).isEqualTo(Statistics.DAYS + 2);
    }

    @Test
    void aClockThatJumpsBackCountsInThePast() {
        handle(1);
        assertThat(requests(statistics.days(1))).containsExactly(1L);
        now = Instant.parse("1969-12-31T23:59:59Z");
        handle(2);
        statistics.downloaded(IMAGE);
        assertThat(requests(statistics.days(2))).containsExactly(0L, 2L);
        assertThat(requests(statistics.hours(2))).containsExactly(0L, 2L);
        assertThat(statistics.downloadsByDay(IMAGE, 1)).containsExactly(1L);
        now = Instant.parse("2026-11-22T11:00:00Z");
        assertThat(requests(statistics.days(1))).containsExactly(1L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{\"hours\": 1}",
                "{\"hours\": [[1, 2]]}",
                "{\"hours\": [[\"a\", 2, 3, 4]]}",
                "{\"days\": [[20000, -2, 3, 4]]}",
                "{\"days\": [[20000, 99999999999999999999, 3, 4]]}",
                "{\"images\": {\"no-uuid\": [1]}}",
                "{\"images\": {\"00000000-0000-4000-8000-000000000000\": []}}",
                "{\"other\": true}"
            })
    void aDamagedFileCostsHistoryAndAWarning(String text) throws IOException {
        statistics.close();
        put(text);
        statistics = started();
        assertThat(log.warnings()).singleElement().asString().contains(FILE.value(), "damaged");
        handle(1);
        restart();
        assertThat(requests(statistics.days(1))).containsExactly(1L);
        assertThat(log.warnings()).hasSize(1);
    }

    private void put(String text) throws IOException {
        try (PendingBlob pending = storage.begin(FILE)) {
            pending.write(StandardCharsets.UTF_8.encode(text));
            pending.commit();
        }
    }

    @Test
    void aYearOfTenThousandImagesIsSmall() throws IOException {
        statistics.close();
        StringBuilder text = new StringBuilder("{\"images\": {");
        String days = "20000,7" + ",1,3".repeat(399);
        for (int image = 0; image < 10_000; image++) {
            text.append(image == 0 ? "" : ",").append("\"%s\":[3000,%s]".formatted(new UUID(7, image), days));
        }
        put(text.append("}}").toString());
        Downloads downloads = new Downloads();
        new StatisticsFile(storage)
                .load(new Series(Duration.ofHours(1), 1), new Series(Duration.ofDays(1), 1), downloads);
        assertThat(downloads.all()).hasSize(10_000);
        assertThat(downloads.all().values())
                .allSatisfy(counts -> assertThat(counts.packedBytes()).isLessThan(900));
    }

    private static HandledRequest request(int status, Duration took, Instant at) {
        return new HandledRequest(at, "GET", "/images", status, took, "id-" + took.toMillis());
    }

    private void handle(int status, boolean isChange, Duration took) {
        if (statistics.handled("Ping", status, isChange, took.toNanos())) {
            statistics.note(request(status, took, now), isChange);
        }
    }

    @Test
    void keepsTheSlowestRequestsOfADay() {
        for (int request = 1; request <= 100; request++) {
            handle(200, false, Duration.ofMillis(request * 10L));
        }
        assertThat(statistics.slowest()).hasSize(20);
        assertThat(statistics.slowest().getFirst().took()).isEqualTo(Duration.ofSeconds(1));
        assertThat(statistics.slowest().getLast().took()).isEqualTo(Duration.ofMillis(810));
        assertThat(statistics.handled("Ping", 200, false, Duration.ofMillis(800).toNanos()))
                .as("quicker than all of the slowest")
                .isFalse();
        now = now.plus(Duration.ofHours(25));
        assertThat(statistics.slowest()).isEmpty();
        handle(200, false, Duration.ofMillis(30));
        assertThat(statistics.slowest()).hasSize(1);
        handle(200, false, Duration.ofMillis(5));
        assertThat(statistics.slowest()).as("what nobody calls slow").hasSize(1);
    }

    @Test
    void keepsTheLastFailures() {
        for (int request = 1; request <= 60; request++) {
            handle(500, false, Duration.ofMillis(request));
        }
        assertThat(statistics.failures()).hasSize(50);
        assertThat(statistics.failures().getFirst().id()).isEqualTo("id-60");
    }

    @Test
    void callsThatAFailureWhichTheServerOrAChangeMet() {
        handle(404, false, Duration.ZERO);
        handle(400, false, Duration.ZERO);
        handle(401, true, Duration.ZERO);
        handle(404, true, Duration.ZERO);
        handle(405, true, Duration.ZERO);
        assertThat(statistics.failures()).isEmpty();
        handle(422, true, Duration.ZERO);
        handle(503, false, Duration.ZERO);
        assertThat(statistics.failures()).extracting(HandledRequest::status).containsExactly(503, 422);
    }
}
