package org.imageserver.http.web;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/** Numbers and times as people read them. */
final class Wording {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Wording() {}

    /** Bytes with three digits that count: {@code 1.25 GiB}, {@code 120 MiB}. */
    static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        String pattern = unit == 0 || value >= 99.95 ? "%.0f %s" : value >= 9.995 ? "%.1f %s" : "%.2f %s";
        return pattern.formatted(value, UNITS[unit]);
    }

    /** Mebibytes as people say them: {@code 512 MiB}, {@code 1 GiB}, {@code 1.5 GiB}. */
    static String memory(long mebibytes) {
        return size(mebibytes * 1024 * 1024)
                .replaceAll("\\.(0+|([0-9]*[1-9])0+) ", ".$2 ")
                .replace(". ", " ");
    }

    /** A count: {@code 10,000}. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** The day in UTC, {@code 2024-11-02}; empty when it never was. */
    static String day(Instant time) {
        return time.equals(Instant.EPOCH)
                ? ""
                : LocalDate.ofInstant(time, ZoneOffset.UTC).toString();
    }

    /** {@code 1 image}, {@code 2 images}. */
    static String plural(long number, String singular) {
        return count(number) + " " + singular + (number == 1 ? "" : "s");
    }
}
