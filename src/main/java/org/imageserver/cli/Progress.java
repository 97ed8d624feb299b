package org.imageserver.cli;

import java.io.PrintStream;
import java.util.Locale;

/** A line on a person's terminal that says how far long work has come; silent when nobody looks. Not thread-safe. */
final class Progress implements AutoCloseable {
    private static final int WIDTH = 30;
    private static final long REDRAW_NANOS = 200_000_000;
    private static final double MEBIBYTE = 1024 * 1024;

    private final String what;
    private final long total;
    private final boolean isShown = Terminal.isErr();
    private final PrintStream terminal = System.err;
    private final long begun = System.nanoTime();
    private long drawn = begun - REDRAW_NANOS;

    /** Begins; the total is in bytes. */
    Progress(String what, long total) {
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
        double share = total == 0 ? 1 : (double) bytes / total;
        double rate = bytes / MEBIBYTE / ((now - begun) / 1e9);
        int filled = (int) (share * WIDTH);
        terminal.print(String.format(
                Locale.ROOT,
                "\r%s [%s%s] %3.0f %% %.0f MiB/s ",
                what,
                "#".repeat(filled),
                ".".repeat(WIDTH - filled),
                share * 100,
                rate));
        terminal.flush();
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
