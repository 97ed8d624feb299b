package org.imageserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
    private static final String ADDRESS = "192.0.2.1";

    private final TestClock clock = new TestClock();
    private final LoginThrottle throttle = new LoginThrottle(clock, 100);

    @Test
    void aFewMistakesAreFree() {
        fail(ADDRESS, 9);
        assertThat(throttle.remainingWait(ADDRESS)).isEmpty();
        fail(ADDRESS, 1);
        assertThat(throttle.remainingWait(ADDRESS)).contains(Duration.ofSeconds(1));
    }

    @Test
    void theWaitDoublesUpToFiveMinutes() {
        fail(ADDRESS, 9);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            fail(ADDRESS, 1);
            Duration wait = throttle.remainingWait(ADDRESS).orElseThrow();
            waits.add(wait.toSeconds());
            clock.pass(wait);
            assertThat(throttle.remainingWait(ADDRESS)).isEmpty();
        }
        assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L);
    }

    @Test
    void theWaitCountsDown() {
        fail(ADDRESS, 12);
        clock.pass(Duration.ofSeconds(1));
        assertThat(throttle.remainingWait(ADDRESS)).contains(Duration.ofSeconds(3));
    }

    @Test
    void aQuarterOfAnHourWithoutAFailureForgets() {
        fail(ADDRESS, 20);
        clock.pass(Duration.ofMinutes(16));
        fail(ADDRESS, 1);
        assertThat(throttle.remainingWait(ADDRESS)).isEmpty();
    }

    @Test
    void anotherAddressDoesNotWait() {
        fail(ADDRESS, 50);
        assertThat(throttle.remainingWait("192.0.2.2")).isEmpty();
    }

    @Test
    void aNetworkOfIpv6IsOneAddressAndTheNextIsAnother() {
        for (int i = 1; i <= 10; i++) {
            throttle.failed("2001:db8:0:1::" + i);
        }
        assertThat(throttle.remainingWait("2001:db8:0:1:ffff::1%eth0")).isPresent();
        assertThat(throttle.remainingWait("2001:db8:0:2::1")).isEmpty();
    }

    @Test
    void anIpv4AddressInIpv6FormIsThatAddress() {
        fail("::ffff:192.0.2.1", 10);
        assertThat(throttle.remainingWait(ADDRESS)).isPresent();
        assertThat(throttle.remainingWait("::ffff:192.0.2.2")).isEmpty();
    }

    @Test
    void takesWhatIsNoAddressAsItIs() {
        fail("unix:/run/images.sock", 10);
        assertThat(throttle.remainingWait("unix:/run/images.sock")).isPresent();
    }

    @Test
    void forgetsWhoFailedLongestAgoWhenItsMemoryIsFull() {
        fail(ADDRESS, 30);
        fail("192.0.2.2", 30);
        for (int i = 0; i < 98; i++) {
            fail("10.0.0." + i, 1);
        }
        fail(ADDRESS, 1);
        fail("10.0.1.1", 1);
        assertThat(throttle.remainingWait("192.0.2.2")).as("the oldest").isEmpty();
        assertThat(throttle.remainingWait(ADDRESS)).as("renewed").isPresent();
    }

    private void fail(String address, int times) {
        for (int i = 0; i < times; i++) {
            throttle.failed(address);
        }
    }
}
