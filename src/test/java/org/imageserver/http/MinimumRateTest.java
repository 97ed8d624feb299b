package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.imageserver.http.RequestBody.BrokenOffException;
import org.junit.jupiter.api.Test;

class MinimumRateTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final MinimumRate rate = new MinimumRate();

    @Test
    void givesUpOnOneWhoTrickles() throws BrokenOffException {
        for (int second = 1; second < 60; second++) {
            rate.waited(SECOND, second * 1000L);
        }

        assertThatThrownBy(() -> rate.waited(SECOND, 60_000))
                .isInstanceOf(BrokenOffException.class)
                .hasMessage("the client sent only 60000 bytes within a minute; less than 61440 is taken for dead");
    }

    @Test
    void letsASlowOneGoOn() {
        assertThatCode(() -> {
                    for (int second = 1; second < 600; second++) {
                        rate.waited(SECOND, second * 1100L);
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    void countsEachMinuteByItself() throws BrokenOffException {
        rate.waited(59 * SECOND, 1_000_000);
        rate.waited(SECOND, 1_000_000);
        rate.waited(59 * SECOND, 1_000_001);

        assertThatThrownBy(() -> rate.waited(SECOND, 1_000_001)).hasMessageContaining("only 1 bytes within a minute");
    }
}
