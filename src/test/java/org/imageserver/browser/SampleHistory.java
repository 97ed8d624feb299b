package org.imageserver.browser;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.imageserver.statistics.Statistics;
import org.imageserver.storage.LocalStorage;

/** Two months of downloads as a server may have had them: more in the day than at night, hardly any on Sundays. */
final class SampleHistory {
    private static final Duration LENGTH = Duration.ofDays(60);
    private static final Set<DayOfWeek> WEEKEND = Set.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY);
    private static final long BYTES_OF_A_DOWNLOAD = 180L << 20;

    private SampleHistory() {}

    /** A clock that somebody turns. */
    private static final class Past implements InstantSource {
        private Instant now;

        Past(Instant begin) {
            now = begin;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    /**
     * Leaves it in a directory of images, for the next server there.
     *
     * @param images by their uuids, those first that are downloaded most
     */
    static void leave(Path directory, List<String> images) throws IOException {
        Instant end = Instant.now();
        Past clock = new Past(end.minus(LENGTH));
        Random random = new Random(64);
        try (LocalStorage storage = new LocalStorage(directory);
                Statistics statistics = new Statistics(storage, clock)) {
            while (clock.instant().isBefore(end)) {
                int downloads = (int) Math.round(busyness(clock.instant()) * random.nextDouble(4, 9));
                for (int i = 0; i < downloads; i++) {
                    double favour = random.nextDouble();
                    statistics.downloaded(images.get((int) (favour * favour * images.size())));
                    statistics.sent(random.nextLong(BYTES_OF_A_DOWNLOAD / 3, BYTES_OF_A_DOWNLOAD));
                }
                for (int i = 0; i < downloads * 60; i++) {
                    statistics.handled("Ping", 200, false, 1);
                }
                // What was counted is put to its hour when somebody asks.
                statistics.hours(1);
                clock.now = clock.now.plus(Duration.ofHours(1));
            }
        }
    }

    private static double busyness(Instant when) {
        ZonedDateTime time = when.atZone(ZoneOffset.UTC);
        double ofDay = 0.25 + Math.max(0, Math.sin((time.getHour() - 6) / 14.0 * Math.PI));
        return WEEKEND.contains(time.getDayOfWeek()) ? ofDay * 0.3 : ofDay;
    }
}
