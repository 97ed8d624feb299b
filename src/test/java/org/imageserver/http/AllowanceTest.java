package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How much a client may have, by a clock that the test turns. */
class AllowanceTest {
    private final AtomicLong clock = new AtomicLong();

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Test
    void fiveSecondsWorthAtOnceAndThenOneByOne() {
        Allowance ten = new Allowance(10, clock::get);
        for (int number = 0; number < 50; number++) {
            assertThat(ten.tryTake("a")).as("number " + number).isEmpty();
        }
        assertThat(ten.tryTake("a")).contains(Duration.ofMillis(100));
        assertThat(ten.tryTake("b")).as("somebody else").isEmpty();
        pass(Duration.ofMillis(100));
        assertThat(ten.tryTake("a")).isEmpty();
        assertThat(ten.tryTake("a")).isPresent();
        pass(Duration.ofHours(1));
        for (int number = 0; number < 50; number++) {
            assertThat(ten.tryTake("a")).isEmpty();
        }
        assertThat(ten.tryTake("a"))
                .as("what was not taken is not kept for ever")
                .isPresent();
    }

    @Test
    void whoTakesMoreWaitsForIt() {
        Allowance thousand = new Allowance(1000, clock::get);
        assertThat(thousand.take("a", 5000)).isZero();
        assertThat(thousand.take("a", 2000)).isEqualTo(Duration.ofSeconds(2));
        pass(Duration.ofSeconds(2));
        assertThat(thousand.take("a", 500)).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void changesFromOneMomentToTheNext() {
        Allowance none = new Allowance(0, clock::get);
        assertThat(none.isLimited()).isFalse();
        assertThat(none.take("a", Long.MAX_VALUE)).isZero();
        assertThat(none.tryTake("a")).isEmpty();
        none.change(0.2);
        assertThat(none.tryTake("a")).isEmpty();
        assertThat(none.tryTake("a")).contains(Duration.ofSeconds(5));
        none.change(0);
        assertThat(none.tryTake("a")).isEmpty();
    }

    /** A scan from a million addresses must not fill the memory. */
    @Test
    void remembersThoseThatCameLast() {
        Allowance one = new Allowance(0.2, clock::get);
        one.tryTake("first");
        assertThat(one.tryTake("first")).isPresent();
        for (int number = 0; number < 20_000; number++) {
            one.tryTake("client " + number);
        }
        assertThat(one.tryTake("client 19999")).as("still known").isPresent();
        assertThat(one.tryTake("first")).as("forgotten").isEmpty();
    }
}
