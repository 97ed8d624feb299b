package org.imageserver.statistics;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.imageserver.storage.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what the server does. To count costs some additions that do not contend; once a minute what was counted is put
 * to its hour and day and written down. So a time is right to a minute, and an end without a warning loses a minute.
 * Counts are kept over restarts; single requests are not. Thread-safe; what tells of times may wait for the disk.
 */
public final class Statistics implements AutoCloseable {
    /** Hours that are kept: eight days. */
    public static final int HOURS = 8 * 24;

    /** Days that are kept: a year and a month. */
    public static final int DAYS = DayCounts.MOST_DAYS;

    private static final Logger LOG = LoggerFactory.getLogger(Statistics.class);
    private static final Duration SETTLED_EVERY = Duration.ofMinutes(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final int MOST_FAILURES = 50;

    private final StatisticsFile file;
    private final InstantSource clock;
    private final LongAdder requests = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final Requests byEndpoint = new Requests();
    private final Downloads downloads = new Downloads();
    private final Series hours = new Series(Duration.ofHours(1), HOURS);
    private final Series days = new Series(DAY, DAYS);
    private final Slowest slowest = new Slowest();
    private final Deque<HandledRequest> failures = new ArrayDeque<>();
    private final ScheduledExecutorService settler = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("statistics").factory());
    private long settledBytes;
    private volatile Consumer<String> whenDownloaded = uuid -> {};
    private boolean isChanged;
    private String lastFailure = "";

    /** Makes statistics that begin with zeros. */
    public Statistics(Storage storage, InstantSource clock) {
        this.file = new StatisticsFile(storage);
        this.clock = clock;
    }

    /** Takes up what was remembered, and from now on writes down what is counted, on a thread of its own. */
    public void start() {
        synchronized (this) {
            file.load(hours, days, downloads);
        }
        ScheduledFuture<?> unused = settler.scheduleWithFixedDelay(
                this::save, SETTLED_EVERY.toMillis(), SETTLED_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Counts bytes of answers that were sent. */
    public void sent(long count) {
        bytes.add(count);
    }

    /** Counts an image whose last byte was sent. */
    public void downloaded(String uuid) {
        downloads.count(UUID.fromString(uuid));
        whenDownloaded.accept(uuid);
    }

    /** Also tells somebody of each download, at once; he must not wait for anything. */
    public void whenDownloaded(Consumer<String> listener) {
        whenDownloaded = listener;
    }

    /**
     * Counts a request that was answered.
     *
     * @param endpoint that answered, as the API document has it
     * @param status of the answer
     * @param isChange whether it was to change something
     * @param nanos until the answer began, as far as the server is to blame
     * @return whether it should be described to {@link #note}
     */
    public boolean handled(String endpoint, int status, boolean isChange, long nanos) {
        requests.increment();
        byEndpoint.count(endpoint, status, nanos);
        return isFailure(status, isChange) || slowest.wouldKeep(nanos);
    }

    /** Keeps a request that {@link #handled} has asked for. */
    public void note(HandledRequest request, boolean isChange) {
        if (slowest.wouldKeep(request.took().toNanos())) {
            slowest.add(request);
        }
        if (isFailure(request.status(), isChange)) {
            keepFailure(request);
        }
    }

    /**
     * A fault of the server's, or a change that was refused for what it is. That clients ask for what is not there is
     * their daily work, and scanners try every address.
     */
    private static boolean isFailure(int status, boolean isChange) {
        return status >= 500 || (isChange && status >= 400 && status != 401 && status != 404 && status != 405);
    }

    private synchronized void keepFailure(HandledRequest request) {
        failures.addFirst(request);
        if (failures.size() > MOST_FAILURES) {
            failures.removeLast();
        }
    }

    /** Requests since the start, by endpoint. */
    public Requests requests() {
        return byEndpoint;
    }

    /** Bytes of answers that were sent since the start. */
    public synchronized long bytesSent() {
        return settledBytes + bytes.sum();
    }

    /** Hours up to now, oldest first, the last one being the present; at most {@link #HOURS}. */
    public synchronized List<Traffic> hours(int count) {
        return hours.until(settle(), count);
    }

    /** Days in UTC up to now, oldest first, the last one being today; at most {@link #DAYS}. */
    public synchronized List<Traffic> days(int count) {
        return days.until(settle(), count);
    }

    /** How often an image was downloaded since it is counted. Never waits, unlike what tells of times. */
    public long downloads(String uuid) {
        return downloads.total(UUID.fromString(uuid));
    }

    /** How often an image was downloaded on each of the last days, oldest first, the last one being today. */
    public synchronized List<Long> downloadsByDay(String uuid, int count) {
        long today = day(settle());
        NavigableMap<Long, Long> known = downloads.days(UUID.fromString(uuid));
        List<Long> counts = new ArrayList<>(count);
        for (long day = today - count + 1; day <= today; day++) {
            counts.add(known.getOrDefault(day, 0L));
        }
        return counts;
    }

    /** The first day of which anything is known; empty when that is nothing. */
    public synchronized Optional<Instant> countedSince() {
        settle();
        return days.all().isEmpty()
                ? Optional.empty()
                : Optional.of(begin(days.all().firstKey()));
    }

    /** The last day on which an image was downloaded; empty when nobody has, or so long ago that it is forgotten. */
    public synchronized Optional<Instant> lastDownload(String uuid) {
        settle();
        NavigableMap<Long, Long> known = downloads.days(UUID.fromString(uuid));
        return known.isEmpty() ? Optional.empty() : Optional.of(begin(known.lastKey()));
    }

    private static Instant begin(long day) {
        return Instant.ofEpochSecond(day * DAY.toSeconds());
    }

    /** An image and how often it was downloaded. */
    public record Downloaded(String uuid, long count) {}

    /** The images that were downloaded on the last days, the most downloaded first. */
    public synchronized List<Downloaded> mostDownloaded(int lastDays) {
        long today = day(settle());
        return downloads.all().entrySet().stream()
                .filter(entry -> entry.getValue().lastDay() > today - lastDays)
                .map(entry -> downloadsSince(today - lastDays + 1, today, entry))
                .filter(downloaded -> downloaded.count() > 0)
                .sorted(Comparator.comparingLong(Downloaded::count).reversed().thenComparing(Downloaded::uuid))
                .toList();
    }

    private static Downloaded downloadsSince(long first, long today, Map.Entry<UUID, DayCounts> entry) {
        long count = entry.getValue().days().subMap(first, true, today, true).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return new Downloaded(entry.getKey().toString(), count);
    }

    /** The slowest requests of the last 24 hours, slowest first. */
    public List<HandledRequest> slowest() {
        return slowest.until(clock.instant());
    }

    /** The last failures, newest first: faults of the server's, and changes that were refused. */
    public synchronized List<HandledRequest> failures() {
        return List.copyOf(failures);
    }

    /** Puts what was counted since the last time to the present hour and day. */
    private Instant settle() {
        Instant now = clock.instant();
        Traffic counted = Traffic.of(requests.sumThenReset(), bytes.sumThenReset(), downloads.settle(day(now)));
        settledBytes += counted.bytes();
        if (!counted.isNothing()) {
            hours.add(now, counted);
            days.add(now, counted);
            isChanged = true;
        }
        return now;
    }

    private static long day(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), DAY.toSeconds());
    }

    private synchronized void save() {
        settle();
        slowest.until(clock.instant());
        if (!isChanged) {
            return;
        }
        try {
            file.save(hours, days, downloads);
            isChanged = false;
            lastFailure = "";
        } catch (IOException | RuntimeException e) {
            // The thread must live on: the storage may come back. Each fault is said once.
            if (!lastFailure.equals(e.toString())) {
                LOG.warn("statistics cannot be remembered in {}: {}", StatisticsFile.REMEMBERED, e.toString());
                lastFailure = e.toString();
            }
        }
    }

    /** Writes down what is not written yet, and waits for that. Idempotent. */
    @Override
    public void close() {
        settler.shutdown();
        try {
            if (!settler.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("the statistics are still being written; a storage that hangs?");
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        save();
    }
}
