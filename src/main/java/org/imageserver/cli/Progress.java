package org.imageserver.cli;

import java.io.PrintStream;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Says on the standard error how far long work has come: a bar on a person's terminal; elsewhere, as in the log of a
 * scheduled job, a line every half a minute, so that short work says nothing. It does so by itself, also while the work
 * waits for its input. Thread-safe.
 */
final class Progress implements AutoCloseable {
    private static final long REDRAW_MILLISECONDS = 200;
    private static final long BETWEEN_LINES_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final OptionalLong total;
    private final PrintStream target;
    private final boolean isTerminal;
    private final LongSupplier nanoTime;
    private final long begun;

    private String what;
    private long done;
    private long lastLine;

    /** How many columns of the line are written on. */
    private int drawn;

    private boolean isOver;

    /** For tests, which call {@link #tick} themselves. */
    Progress(String what, OptionalLong total, PrintStream target, boolean isTerminal, LongSupplier nanoTime) {
        this.what = what;
        this.total = total;
        this.target = target;
        this.isTerminal = isTerminal;
        this.nanoTime = nanoTime;
        this.begun = nanoTime.getAsLong();
        this.lastLine = begun;
    }

    /** Begins; the total is in bytes, where it is known: a stream from a pipe just ends. */
    static Progress start(String what, OptionalLong total) {
        Progress progress = new Progress(what, total, System.err, Terminal.isErr(), System::nanoTime);
        Thread.ofPlatform().name("progress").daemon().start(progress::tickUntilTheEnd);
        return progress;
    }

    private synchronized void tickUntilTheEnd() {
        try {
            while (!isOver) {
                wait(REDRAW_MILLISECONDS);
                tick();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** So many bytes are done. */
    synchronized void reached(long bytes) {
        done = bytes;
    }

    /** The work goes on with another part. */
    synchronized void describe(String part) {
        what = part;
    }

    /** Other output, which would be mixed with a bar. */
    synchronized void print(Runnable output) {
        erase();
        output.run();
    }

    /** Shows how things stand, if it is time. */
    synchronized void tick() {
        if (isOver) {
            return;
        }
        long now = nanoTime.getAsLong();
        String text = ProgressText.of(what, done, total, now - begun, isTerminal);
        if (isTerminal) {
            // Over the one that is there: a line that is erased first flickers.
            target.print((drawn > 0 ? "\r" : "") + text + " ".repeat(Math.max(0, drawn - text.length())));
            target.flush();
            drawn = text.length();
        } else if (now - lastLine >= BETWEEN_LINES_NANOS) {
            target.println(text);
            lastLine = now;
        }
    }

    private void erase() {
        if (drawn > 0) {
            target.print("\r" + " ".repeat(drawn) + "\r");
            target.flush();
            drawn = 0;
        }
    }

    @Override
    public synchronized void close() {
        isOver = true;
        notifyAll();
        erase();
    }
}
