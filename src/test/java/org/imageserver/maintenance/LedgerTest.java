package org.imageserver.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.imageserver.maintenance.Ledger.Made;
import org.junit.jupiter.api.Test;

/** Histories that cannot be are found out, and others are not. */
class LedgerTest {
    private final Ledger ledger = new Ledger();

    private List<String> violations(Set<String> there, Set<String> thrown) {
        return ledger.violations(there, thrown, 1);
    }

    @Test
    void badBytesAreForgivenUntilTheServerKnows() {
        ledger.made(new Made("a", "base", "good", true, 0, 0));
        ledger.flips("a", 10);
        ledger.served("a", 5, 11, "bad");
        ledger.flipped(10, 12);
        ledger.known("a", 13, 20);
        ledger.served("a", 19, 30, "bad");
        assertThat(violations(Set.of("a"), Set.of())).isEmpty();
        ledger.served("a", 21, 30, "bad");
        assertThat(violations(Set.of("a"), Set.of())).singleElement().asString().contains("bad bytes were served");
    }

    @Test
    void whoReadAFileBeforeItWasFlippedNeedNotKnow() {
        ledger.flips("a", 10);
        assertThat(ledger.unknown(11)).isEmpty();
        assertThat(ledger.unknown(Long.MAX_VALUE)).containsExactly("a");
        ledger.flipped(10, 12);
        assertThat(ledger.unknown(12)).isEmpty();
        assertThat(ledger.unknown(13)).containsExactly("a");
        ledger.known("a", 12, 20);
        assertThat(ledger.unknown(13)).containsExactly("a");
        assertThat(ledger.flipsOf("a", 12)).isZero();
        assertThat(ledger.flipsOf("a", 13)).isOne();
    }

    @Test
    void badBytesOfASoundFileAreNot() {
        ledger.made(new Made("a", "base", "good", true, 0, 0));
        ledger.served("a", 5, 9, "bad");
        ledger.flips("a", 10);
        assertThat(violations(Set.of("a"), Set.of())).hasSize(1);
    }

    @Test
    void whatIsNowhereIsLost() {
        ledger.made(new Made("a", "base", "x", true, 0, 0));
        ledger.made(new Made("b", "base", "x", true, 1, 1));
        ledger.mayBeDeleted("b");
        assertThat(violations(Set.of(), Set.of())).singleElement().asString().contains("is lost", "uuid=a");
    }

    @Test
    void theRulesTakeNeitherTheNewestNorWhatIsPinned() {
        ledger.made(new Made("old", "base", "x", true, 0, 0));
        ledger.made(new Made("pinned", "base", "x", false, 1, 1));
        ledger.made(new Made("new", "base", "x", true, 2, 2));
        assertThat(violations(Set.of("pinned", "new"), Set.of("old"))).isEmpty();
        assertThat(violations(Set.of(), Set.of("old", "pinned", "new"))).hasSize(2);
    }

    @Test
    void ofTwoThatWereMadeAtOnceTheRulesMayTakeEither() {
        ledger.made(new Made("first", "base", "x", true, 0, 10));
        ledger.made(new Made("inside", "base", "x", true, 5, 6));
        assertThat(violations(Set.of("inside"), Set.of("first"))).isEmpty();
        assertThat(violations(Set.of("first"), Set.of("inside"))).isEmpty();
    }

    @Test
    void anOriginMustBeInTheSameList() {
        ledger.listed(Map.of("a", Optional.empty(), "b", Optional.of("a")));
        assertThat(violations(Set.of(), Set.of())).isEmpty();
        ledger.listed(Map.of("b", Optional.of("a")));
        assertThat(violations(Set.of(), Set.of())).hasSize(1);
    }
}
