package org.imageserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.imageserver.auth.Outcome.Later;
import org.junit.jupiter.api.Test;

class SignedRequestsTest {
    private final TestClock clock = new TestClock();
    private final SignedRequests requests = new SignedRequests(clock, Duration.ofMinutes(10), 10);

    @Test
    void writesWaitWhenTheMemoryIsFullBecauseForgettingWouldLetOneInAgain() {
        for (int i = 0; i < 5; i++) {
            assertThat(admit("POST", "date: " + i)).isEmpty();
        }
        clock.pass(Duration.ofMinutes(9));
        assertThat(admit("POST", "date: 5")).contains(new Later(Duration.ofSeconds(61)));
        assertThat(admit("GET", "date: 5")).isEmpty();
        clock.pass(Duration.ofSeconds(61));
        assertThat(admit("POST", "date: 5")).isEmpty();
    }

    @Test
    void readsNeverFillIt() {
        for (int i = 0; i < 100; i++) {
            assertThat(admit("GET", "date: " + i)).isEmpty();
        }
        assertThat(admit("POST", "date: x")).isEmpty();
    }

    @Test
    void remembersForTheWholeTime() {
        admit("POST", "date: 1");
        clock.pass(Duration.ofMinutes(10));
        assertThat(admit("POST", "date: 1")).isPresent();
        clock.pass(Duration.ofSeconds(1));
        assertThat(admit("POST", "date: 1")).isEmpty();
    }

    private Optional<Outcome> admit(String method, String signed) {
        return requests.admit(
                "owner",
                signed.getBytes(StandardCharsets.UTF_8),
                Logins.attempt(method, "/x", Logins.ADDRESS, Map.of()));
    }
}
