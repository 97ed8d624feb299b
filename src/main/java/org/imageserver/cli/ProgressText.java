package org.imageserver.cli;

import java.util.Locale;
import java.util.OptionalLong;

/** How far work has come, in one line: share, amount, rate, and the time that is left if the rate stays as it was. */
final class ProgressText {
    /** The columns of a line: one less than a terminal has, or it would go on to the next line by itself. */
    static final int WIDTH = 79;

    private static final int SHORTEST_BAR = 6;
    private static final int LONGEST_BAR = 30;
    private static final int LONGEST_NAME = 24;
    private static final double NANOS = 1e9;
    private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB"};

    private ProgressText() {}

    /** Of so many bytes in so many nanoseconds; with a bar on a terminal. */
    static String of(String what, long done, OptionalLong total, long nanos, boolean isBarWanted) {
        long rate = nanos <= 0 ? 0 : Math.round(done / (nanos / NANOS));
        if (total.isEmpty()) {
            return shortened(what, LONGEST_NAME) + "  " + amount(done) + "  " + amount(rate) + "/s";
        }
        double share = total.getAsLong() == 0 ? 1 : Math.min(1, (double) done / total.getAsLong());
        String left = timeLeft(total.getAsLong() - done, rate);
        String figures = String.format(
                Locale.ROOT,
                isBarWanted ? " %3d %%  %s  %10s/s%-12s" : " %3d %%  %s  %s/s%s",
                (int) (share * 100),
                amountOf(done, total.getAsLong(), isBarWanted),
                amount(rate),
                left);
        if (!isBarWanted) {
            return shortened(what, LONGEST_NAME) + figures;
        }
        // The figures are as wide as they will be, or the bar would come and go with them.
        int room = WIDTH - figures.length() - 3;
        String name = shortened(what, Math.min(LONGEST_NAME, room - SHORTEST_BAR));
        return name + bar(share, Math.min(LONGEST_BAR, room - name.length())) + figures;
    }

    private static String shortened(String name, int columns) {
        return name.length() <= columns ? name : name.substring(0, columns - 3) + "...";
    }

    private static String bar(double share, int width) {
        int filled = (int) (share * width);
        return " [" + "#".repeat(filled) + ".".repeat(width - filled) + "]";
    }

    private static String timeLeft(long bytes, long rate) {
        if (rate < 1) {
            return "";
        }
        long seconds = Math.round((double) Math.max(0, bytes) / rate);
        long hours = seconds / 3600;
        return hours > 0
                ? String.format(Locale.ROOT, "  %d:%02d:%02d left", hours, seconds / 60 % 60, seconds % 60)
                : String.format(Locale.ROOT, "  %d:%02d left", seconds / 60, seconds % 60);
    }

    static String amount(long bytes) {
        int unit = unit(bytes);
        return inUnit(bytes, unit) + " " + UNITS[unit];
    }

    private static String amountOf(long done, long total, boolean isPadded) {
        int unit = unit(total);
        String whole = inUnit(total, unit);
        String part = inUnit(done, unit);
        String pad = isPadded ? " ".repeat(Math.max(0, whole.length() - part.length())) : "";
        return pad + part + " of " + whole + " " + UNITS[unit];
    }

    private static int unit(long bytes) {
        int unit = 0;
        for (long rest = bytes; rest >= 1024 && unit < UNITS.length - 1; rest /= 1024) {
            unit++;
        }
        return unit;
    }

    private static String inUnit(long bytes, int unit) {
        return String.format(Locale.ROOT, unit == 0 ? "%.0f" : "%.1f", bytes / Math.pow(1024, unit));
    }
}
