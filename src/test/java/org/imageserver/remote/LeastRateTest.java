package org.imageserver.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeastRateTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LeastRate rate = new LeastRate();

    private boolean keepsUpFor(int seconds, long bytesASecond) {
        return IntStream.range(0, seconds).allMatch(second -> rate.isKeptUp(SECOND, bytesASecond));
    }

    @Test
    void givesUpOnOneWhoTrickles() {
        assertThat(keepsUpFor(59, 1023)).isTrue();
        assertThat(keepsUpFor(1, 1023)).isFalse();
    }

    @Test
    void letsASlowOneGoOn() {
        assertThat(keepsUpFor(600, 1024)).isTrue();
    }

    @Test
    void countsEachMinuteByItself() {
        assertThat(keepsUpFor(60, 1_000_000)).isTrue();
        assertThat(keepsUpFor(60, 1)).isFalse();
    }

    @Test
    void takesNoNoteOfTimeThatWasNotWaitedFor() {
        assertThat(rate.isKeptUp(0, 1)).isTrue();
        assertThat(keepsUpFor(59, 0)).isTrue();
    }
}
