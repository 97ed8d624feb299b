package org.imageserver.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** Dates as HTTP headers have them (RFC 9110, 5.6.7), whole seconds. */
final class HttpDate {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static volatile Now now = new Now(0, format(Instant.EPOCH));

    private HttpDate() {}

    /** A second and its date: formatting one costs more than looking a request up. */
    private record Now(long second, String date) {}

    /** The present time. */
    static String now() {
        long second = System.currentTimeMillis() / 1000;
        Now known = now;
        if (known.second() != second) {
            known = new Now(second, format(Instant.ofEpochSecond(second)));
            now = known;
        }
        return known.date();
    }

    static String format(Instant instant) {
        return FORMAT.format(instant);
    }

    /** Reads a date; a client's unreadable date is as good as none. */
    static Optional<Instant> parse(String text) {
        try {
            return Optional.of(FORMAT.parse(text, Instant::from));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** What a client can know of a time, having seen only whole seconds. */
    static Instant seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }
}
