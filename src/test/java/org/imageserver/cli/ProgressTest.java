package org.imageserver.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What the bar and the lines say, at times that the test makes up. */
class ProgressTest {
    private static final long GIBIBYTE = 1L << 30;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE);

    @Test
    void aTerminalShowsShareAmountRateAndTheTimeLeft() {
        try (Progress progress = progress("importing", OptionalLong.of(3 * GIBIBYTE), true)) {
            pass(Duration.ofSeconds(10));
            progress.reached(GIBIBYTE);
            progress.tick();
            assertThat(said.toString(UTF_8))
                    .isEqualTo("importing [######.............]  33 %  1.0 of 3.0 GiB   102.4 MiB/s  0:20 left ")
                    .hasSizeLessThan(80);
        }
    }

    @Test
    void aLongNameLeavesTheLineWithinATerminal() {
        try (Progress progress = progress("verifying " + "x".repeat(200), OptionalLong.of(3000 * GIBIBYTE), true)) {
            pass(Duration.ofSeconds(1000));
            progress.reached(GIBIBYTE);
            progress.tick();
            assertThat(said.toString(UTF_8))
                    .isEqualTo("verifying xxxxx... [......]   0 %  0.0 of 2.9 TiB     1.0 MiB/s  833:03:20 left")
                    .hasSizeLessThan(80);
        }
    }

    /** A bar that comes and goes, or changes its length with each figure, cannot be read. */
    @Test
    void theBarStaysWhereItIs() {
        List<Integer> places = new ArrayList<>();
        try (Progress progress = progress("minimal-64-lts 24.4.2", OptionalLong.of(9 * GIBIBYTE), true)) {
            for (long reached : new long[] {0, 1000, 900_000_000, 5 * GIBIBYTE, 9 * GIBIBYTE}) {
                said.reset();
                pass(Duration.ofSeconds(60));
                progress.reached(reached);
                progress.tick();
                String line = said.toString(UTF_8).replace("\r", "");
                places.add(line.indexOf('[') * 100 + line.indexOf(']'));
                assertThat(line).hasSizeLessThan(80);
            }
        }
        assertThat(places.subList(2, 5)).containsOnly(places.get(2));
        assertThat(places.getFirst()).isPositive();
    }

    @Test
    void aLineIsWrittenOverTheOneThatIsThere() {
        try (Progress progress = progress("a long description", OptionalLong.empty(), true)) {
            progress.tick();
            progress.describe("short");
            progress.tick();
            assertThat(said.toString(UTF_8)).endsWith("\rshort  0 bytes  0 bytes/s             ");
        }
    }

    @Test
    void aStreamOfUnknownSizeHasAmountAndRate() {
        try (Progress progress = progress("importing", OptionalLong.empty(), true)) {
            pass(Duration.ofSeconds(2));
            progress.reached(5000);
            progress.tick();
            assertThat(said.toString(UTF_8)).isEqualTo("importing  4.9 KiB  2.4 KiB/s");
        }
    }

    @Test
    void theBarMakesRoomForOtherOutputAndGoesInTheEnd() {
        Progress progress = progress("checking", OptionalLong.of(10), true);
        progress.tick();
        progress.print(() -> said.writeBytes("damaged\n".getBytes(UTF_8)));
        progress.tick();
        progress.close();
        progress.tick();
        assertThat(said.toString(UTF_8)).containsPattern("\r +\rdamaged\n").endsWith(" \r");
    }

    @Test
    void aLogGetsALineEveryHalfAMinuteAndShortWorkSaysNothing() {
        try (Progress progress = progress("checking", OptionalLong.of(GIBIBYTE), false)) {
            pass(Duration.ofSeconds(29));
            progress.tick();
            assertThat(said.size()).isZero();
            progress.reached(GIBIBYTE / 2);
            pass(Duration.ofSeconds(1));
            progress.tick();
            progress.tick();
            pass(Duration.ofSeconds(30));
            progress.tick();
        }
        assertThat(said.toString(UTF_8).lines())
                .containsExactly(
                        "checking  50 %  0.5 of 1.0 GiB  17.1 MiB/s  0:30 left",
                        "checking  50 %  0.5 of 1.0 GiB  8.5 MiB/s  1:00 left");
    }

    private Progress progress(String what, OptionalLong total, boolean isTerminal) {
        return new Progress(what, total, new PrintStream(said, true, UTF_8), isTerminal, now::get);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
