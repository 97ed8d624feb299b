package org.imageserver.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.imageserver.tls.Keytool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When an authority is asked, and how seldom. */
class RenewalTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir
    private Path directory;

    @Test
    void whatNobodyElseHasSignedIsReplacedAtOnce() throws IOException {
        Keytool.Pair own = Keytool.selfSigned(
                directory, new Keytool.Wish("CN=a.example.com", List.of("a.example.com"), 90, List.of()));
        assertThat(Renewal.due(own.certificate(), List.of("a.example.com"))).isEqualTo(Instant.EPOCH);
    }

    @Test
    void pausesGrowToHalfADay() {
        assertThat(Renewal.pause(1)).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(13));
        assertThat(Renewal.pause(3)).isBetween(Duration.ofMinutes(40), Duration.ofMinutes(50));
        assertThat(Renewal.pause(1000)).isBetween(Duration.ofHours(12), Duration.ofHours(15));
    }

    private Attempts after(int attempts) throws IOException {
        Path file = directory.resolve("attempts.json");
        for (int attempt = 0; attempt < attempts; attempt++) {
            Attempts.read(file).with(NOW.plusSeconds(attempt)).write(file);
        }
        return Attempts.read(file);
    }

    @Test
    void anHourHasFewAttemptsHoweverOftenTheServerIsStarted() throws IOException {
        assertThat(after(Attempts.MOST - 1).next(NOW.plusSeconds(60))).isEqualTo(NOW.plusSeconds(60));
        Attempts most = after(1);
        assertThat(most.times()).hasSize(Attempts.MOST);
        Instant firstAnHourAgo = most.times().getFirst().plus(Duration.ofHours(1));
        assertThat(most.next(NOW.plusSeconds(60))).isEqualTo(firstAnHourAgo);
        assertThat(most.next(firstAnHourAgo)).isEqualTo(firstAnHourAgo);
    }

    @Test
    void aClockThatWasSetBackDelaysLittle() throws IOException {
        Attempts most = after(Attempts.MOST);
        Instant aLittle = NOW.minusSeconds(600);
        assertThat(most.next(aLittle)).isEqualTo(NOW.plus(Duration.ofHours(1)));
        Instant longBefore = NOW.minus(Duration.ofDays(3650));
        assertThat(most.next(longBefore)).isEqualTo(longBefore);
        assertThat(most.notBefore(NOW.plusSeconds(7200)).next(longBefore)).isEqualTo(longBefore);
    }

    @Test
    void waitsAsLongAsTheAuthoritySays() throws IOException {
        Path file = directory.resolve("attempts.json");
        Instant told = NOW.plus(Duration.ofDays(2));
        after(1).notBefore(told).write(file);
        assertThat(Attempts.read(file).next(NOW.plusSeconds(1))).isEqualTo(told);
        assertThat(Attempts.read(file).next(told.plusSeconds(1))).isEqualTo(told.plusSeconds(1));
    }

    @Test
    void aDamagedFileIsWrittenAnew() throws IOException {
        Path file = directory.resolve("attempts.json");
        for (String damage : List.of("", "{", "[]", "{\"attempts\": [\"yesterday\"]}", "null")) {
            Files.writeString(file, damage);
            assertThat(Attempts.read(file).next(NOW)).as(damage).isEqualTo(NOW);
        }
    }
}
