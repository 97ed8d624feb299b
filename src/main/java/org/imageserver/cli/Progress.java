package org.imageserver.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.OptionalLong;

/** A line on a person's terminal that says how far long work has come; silent when nobody looks. Not thread-safe. */
final class Progress implements AutoCloseable {
    private static final int WIDTH = 30;
    private static final long REDRAW_NANOS = 200_000_000;
    private static final double MEBIBYTE = 1024 * 1024;

    private final String what;
    private final OptionalLong total;
    private final boolean isShown = Terminal.isErr();
    private final PrintStream terminal = System.err;
    private final long begun = System.nanoTime();
    private long drawn = begun - REDRAW_NANOS;

    /** Begins; the total is in bytes, where it is known: a stream from a pipe just ends. */
    Progress(String what, OptionalLong total) {
        this.what = what;
        this.total = total;
    }

    /** So many bytes are done. */
    void reached(long bytes) {
        long now = System.nanoTime();
        if (!isShown || now - drawn < REDRAW_NANOS) {
            return;
        }
        drawn = now;
        double done = bytes / MEBIBYTE;
        double rate = done / ((now - begun) / 1e9);
        String amount =
                total.isPresent() ? bar(bytes, total.getAsLong()) : String.format(Locale.ROOT, "%.1f MiB", done);
        terminal.print(String.format(Locale.ROOT, "\r%s %s, %.0f MiB/s ", what, amount, rate));
        terminal.flush();
    }

    private static String bar(long bytes, long total) {
        double share = total == 0 ? 1 : Math.min(1, (double) bytes / total);
        int filled = (int) (share * WIDTH);
        return String.format(
                Locale.ROOT, "[%s%s] %3.0f %%", "#".repeat(filled), ".".repeat(WIDTH - filled), share * 100);
    }

    /** Makes room for a line of other output. */
    void clear() {
        if (isShown) {
            terminal.print("\r" + " ".repeat(WIDTH + what.length() + 30) + "\r");
            terminal.flush();
        }
    }

    @Override
    public void close() {
        clear();
    }
}
