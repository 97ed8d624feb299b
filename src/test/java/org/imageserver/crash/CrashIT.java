package org.imageserver.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that publishes, and looks at what it left: everything that it acknowledged is there with the right
 * bytes, nothing else is, and one sweep makes the directory clean.
 */
class CrashIT {
    /** How often a signal comes at any moment: between two steps, or within one. */
    private static final int KILLS_BY_SIGNAL = 155;

    /** Every step of the child's first round, which has about 60, and the beginning of the second. */
    private static final int STEPS = 75;

    private static final int KILLED = 137;
    private static final int MOST_ACKNOWLEDGED_BEFORE = 30;
    private static final int LONGEST_WAIT_MICROS = 6000;
    private static final long SEED = new Random().nextLong();

    @TempDir
    private Path directory;

    private final AtomicLong operations = new AtomicLong();
    private final AtomicLong leftovers = new AtomicLong();

    @Test
    void keepsWhatWasAcknowledgedWhenKilledAtAnyMoment() throws Exception {
        List<Callable<Void>> runs = new ArrayList<>();
        for (int run = 0; run < KILLS_BY_SIGNAL; run++) {
            Random random = new Random(SEED + run);
            String name = "signal-" + run;
            runs.add(() -> run(name, random, 0, "never"));
        }
        report("kills by SIGKILL at random moments", runs);
    }

    @Test
    void keepsWhatWasAcknowledgedWhenEndedAtEachStepOfTheStorage() throws Exception {
        List<Callable<Void>> runs = new ArrayList<>();
        for (int step = 1; step <= STEPS; step++) {
            for (String when : List.of("before", "after")) {
                int at = step;
                runs.add(() -> run(when + "-" + at, new Random(SEED), at, when));
            }
        }
        report("ends before and after each step of the storage", runs);
    }

    private void report(String what, List<Callable<Void>> runs) throws Exception {
        long began = System.nanoTime();
        try (ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            for (Future<Void> done : threads.invokeAll(runs)) {
                done.get();
            }
        }
        System.out.printf(
                "%d %s: %d operations acknowledged, all there; %d leftovers swept; %d s, seed %d%n",
                runs.size(),
                what,
                operations.get(),
                leftovers.get(),
                (System.nanoTime() - began) / 1_000_000_000,
                SEED);
    }

    private Void run(String name, Random random, int step, String when) throws IOException, InterruptedException {
        Path images = Files.createDirectories(directory.resolve(name));
        Process child = start(images, random.nextLong(), step, when);
        try {
            List<String> lines = new ArrayList<>();
            try (BufferedReader output = child.inputReader(StandardCharsets.UTF_8)) {
                if (step == 0) {
                    waitAndKill(child, output, lines, random);
                }
                output.lines().forEach(lines::add);
            }
            assertThat(child.waitFor())
                    .as(() -> name + ":\n" + String.join("\n", lines))
                    .isEqualTo(KILLED);
            Acknowledged acknowledged = Acknowledged.read(lines);
            operations.addAndGet(acknowledged.operations());
            leftovers.addAndGet(new Restart(images, acknowledged).check());
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(name + ", seed " + SEED + ": " + e.getMessage(), e);
        } finally {
            child.destroyForcibly();
        }
        return null;
    }

    /** Chosen by what it has done, not by the clock alone: most of a short life would be the start of the JVM. */
    private static void waitAndKill(Process child, BufferedReader output, List<String> lines, Random random)
            throws IOException {
        int wanted = random.nextInt(MOST_ACKNOWLEDGED_BEFORE);
        for (int done = 0; done < wanted; ) {
            String line = output.readLine();
            if (line == null) {
                return;
            }
            lines.add(line);
            done += line.startsWith("done") ? 1 : 0;
        }
        LockSupport.parkNanos(1000L * random.nextInt(LONGEST_WAIT_MICROS));
        // Not by the Process, which would close the pipe and take the last lines away.
        child.toHandle().destroyForcibly();
    }

    /** A JVM that starts fast: no optimizing compiler, no logging. */
    private static Process start(Path images, long seed, int step, String when) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:-BytecodeVerificationRemote",
                        "-Xmx64m",
                        "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider",
                        "-Dslf4j.internal.verbosity=WARN",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingPublisher.class.getName(),
                        images.toString(),
                        Long.toString(seed),
                        Integer.toString(step),
                        when)
                .redirectErrorStream(true)
                .start();
    }
}
