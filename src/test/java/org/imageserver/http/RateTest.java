package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateTest {
    private long now = -5_000_000_000L;
    private final Rate rate = new Rate(() -> now);

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void isOfTheLastSecondsOnly() {
        assertThat(rate.perSecond()).isZero();
        for (int second = 0; second < 20; second++) {
            rate.add(second < 10 ? 1_000_000 : 1000);
            pass(Duration.ofSeconds(1));
        }
        assertThat(rate.perSecond()).isEqualTo(1000);
    }

    @Test
    void isWhatCameSoFarInTheFirstSeconds() {
        rate.add(300);
        assertThat(rate.perSecond()).isEqualTo(300);
        pass(Duration.ofSeconds(2));
        rate.add(300);
        assertThat(rate.perSecond()).isEqualTo(300);
        pass(Duration.ofSeconds(1));
        assertThat(rate.perSecond()).isEqualTo(200);
    }

    @Test
    void fallsToNothingAndBeginsAnewAfterAPause() {
        rate.add(1000);
        pass(Duration.ofSeconds(30));
        assertThat(rate.perSecond()).isZero();
        rate.add(500);
        assertThat(rate.perSecond()).isEqualTo(500);
    }
}
