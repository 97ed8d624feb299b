package org.imageserver.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.imageserver.auth.User;

/** The time when an account ends, as a person writes it. */
final class Expiry {
    private static final Pattern SPAN = Pattern.compile("([1-9][0-9]{0,4})([hd])");

    private Expiry() {}

    /**
     * Reads {@code 90d}, {@code 12h}, {@code 2026-12-31} (through that day, UTC) or {@code never}.
     *
     * @throws CommandFailure for anything else and for a day that is over
     */
    static Instant parse(String text, Instant now) throws CommandFailure {
        if (text.equals("never")) {
            return User.NEVER;
        }
        Matcher span = SPAN.matcher(text);
        if (span.matches()) {
            long count = Long.parseLong(span.group(1));
            return now.plus(span.group(2).equals("h") ? Duration.ofHours(count) : Duration.ofDays(count));
        }
        Instant end = dayAfter(text);
        if (!now.isBefore(end)) {
            throw new CommandFailure(CommandFailure.WRONG_USE, "--expires " + text + ": that day is over");
        }
        return end;
    }

    private static Instant dayAfter(String text) throws CommandFailure {
        try {
            return LocalDate.parse(text)
                    .plusDays(1)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant();
        } catch (DateTimeException e) {
            throw new CommandFailure(
                    CommandFailure.WRONG_USE,
                    "--expires " + text + ": expected a span such as 90d or 12h, a day such as 2030-12-31, or never");
        }
    }
}
