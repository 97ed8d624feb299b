package org.imageserver.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.imageserver.scale.Event.Change;
import org.imageserver.scale.Event.Got;
import org.imageserver.scale.Event.Kind;
import org.imageserver.scale.Event.Last;
import org.imageserver.scale.Event.Listed;
import org.imageserver.scale.Event.Outcome;
import org.junit.jupiter.api.Test;

/** Histories that cannot be: each has one thing wrong, and is found out for that. */
class CheckerTest {
    private static final String A = "server-0, life 0";
    private static final String B = "server-1, life 0";

    private final List<Event> history = new ArrayList<>();
    private final List<Last> last = new ArrayList<>();
    private long now;

    /** One thing after the other, on server A. */
    private Change change(Kind kind, String uuid, String condition, String value, String tag, Outcome outcome) {
        Change change = new Change(now, now + 10, A, kind, uuid, condition, value, tag, outcome);
        now += 20;
        history.add(change);
        return change;
    }

    private void publish(String uuid) {
        change(Kind.PUBLISH, uuid, "", "sha1-" + uuid, "tag-0", Outcome.OK);
    }

    private void delete(String uuid, Outcome outcome) {
        change(Kind.DELETE, uuid, "", "", "", outcome);
    }

    private void update(String condition, String tag, Outcome outcome) {
        change(Kind.UPDATE, "a", condition, "description-" + tag, tag, outcome);
    }

    private void list(String life, String... uuids) {
        history.add(new Listed(now, now + 10, life, Set.of(uuids)));
        now += 20;
    }

    private void got(String life, String uuid, int status) {
        history.add(new Got(now, now + 10, life, uuid, status));
        now += 20;
    }

    private void file(String uuid, int status, String sha1) {
        history.add(new Event.File(now, now + 10, B, uuid, status, sha1));
        now += 20;
    }

    private void ends(String uuid, String description, String tag) {
        last.add(new Last(uuid, "name-" + uuid, description, "", false, tag, "sha1-" + uuid));
    }

    private void assertViolated(String... sentences) {
        List<String> violations = Checker.check(history, last);
        assertThat(violations).hasSameSizeAs(sentences);
        for (int index = 0; index < sentences.length; index++) {
            assertThat(violations.get(index)).contains(sentences[index]);
        }
    }

    @Test
    void findsNothingWrongInAGoodHistory() {
        publish("a");
        list(A, "a");
        list(B);
        got(B, "a", 200);
        list(B, "a");
        file("a", 200, "sha1-a");
        update("tag-0", "tag-1", Outcome.OK);
        update("tag-0", "tag-2", Outcome.REFUSED);
        update("tag-1", "tag-3", Outcome.UNKNOWN);
        publish("b");
        delete("b", Outcome.OK);
        list(A, "a");
        got(A, "b", 404);
        file("b", 404, "");
        publish("c");
        delete("c", Outcome.UNKNOWN);
        list(A, "a", "c");
        list(A, "a");
        change(Kind.IMPORT, "d", "", "one", "t", Outcome.REFUSED);
        change(Kind.IMPORT, "d", "", "name-d", "t", Outcome.OK);
        change(Kind.DEPENDENT, "e", "a", "name-e", "t", Outcome.OK);
        delete("a", Outcome.REFUSED);
        change(Kind.DISABLE, "e", "", "true", "t2", Outcome.OK);
        ends("a", "description-tag-3", "tag-3");
        ends("d", "", "t");
        last.add(new Last("e", "name-e", "", "a", true, "t2", ""));
        assertViolated();
    }

    @Test
    void findsAnImageThatIsLost() {
        publish("a");
        assertViolated("an acknowledged image is lost");
    }

    @Test
    void findsAnImageThatIsLostThoughItsDeletionWasRefused() {
        publish("a");
        delete("a", Outcome.REFUSED);
        assertViolated("an acknowledged image is lost");
    }

    @Test
    void findsAnImageWithAnotherFile() {
        publish("a");
        last.add(new Last("a", "name-a", "", "", false, "tag-0", "sha1-of-something-else"));
        assertViolated("an acknowledged image has another file");
    }

    @Test
    void findsAnImageThatCameBack() {
        publish("a");
        delete("a", Outcome.OK);
        ends("a", "", "tag-0");
        assertViolated("a deleted image came back");
    }

    @Test
    void findsAFileThatIsMissing() {
        publish("a");
        file("a", 404, "");
        ends("a", "", "tag-0");
        assertViolated("an image was seen, and its file was not there");
    }

    @Test
    void findsAFileThatIsMissingOfAnImageThatNobodyKnowsToHavePublished() {
        list(A, "a");
        file("a", 404, "");
        ends("a", "", "tag-0");
        assertViolated("an image was seen, and its file was not there");
    }

    @Test
    void findsAFileWithOtherBytes() {
        publish("a");
        file("a", 200, "half of it");
        ends("a", "", "tag-0");
        assertViolated("a file has other bytes than were published");
    }

    @Test
    void findsAnImageThatIsNotFound() {
        publish("a");
        got(B, "a", 404);
        ends("a", "", "tag-0");
        assertViolated("an acknowledged image is not found");
    }

    @Test
    void findsAnImageThatVanished() {
        publish("a");
        list(B, "a");
        list(B);
        ends("a", "", "tag-0");
        assertViolated("image a vanished from a server that had shown it");
    }

    @Test
    void findsAnImageThatItsOwnServerDoesNotList() {
        publish("a");
        list(A);
        ends("a", "", "tag-0");
        assertViolated("image a vanished from a server that had shown it");
    }

    @Test
    void allowsAServerThatStartedAnewToBeBehind() {
        publish("a");
        list(B, "a");
        list("server-1, life 1");
        ends("a", "", "tag-0");
        assertViolated();
    }

    @Test
    void findsTwoUpdatesOfOneVersion() {
        publish("a");
        update("tag-0", "tag-1", Outcome.OK);
        update("tag-0", "tag-2", Outcome.OK);
        update("tag-1", "tag-3", Outcome.OK);
        update("tag-2", "tag-4", Outcome.UNKNOWN);
        ends("a", "description-tag-3", "tag-3");
        assertViolated("several updates of one version won");
    }

    @Test
    void findsAnUpdateThatIsLost() {
        publish("a");
        update("tag-0", "tag-1", Outcome.OK);
        ends("a", "", "tag-0");
        assertViolated("an acknowledged update is lost");
    }

    @Test
    void findsAnUpdateThatTookPlaceThoughItWasRefused() {
        publish("a");
        update("tag-0", "tag-1", Outcome.REFUSED);
        ends("a", "description-tag-1", "tag-1");
        assertViolated("nobody's update took place");
    }

    @Test
    void findsAnImageThatIsEnabledAgain() {
        publish("a");
        change(Kind.DISABLE, "a", "", "true", "tag-1", Outcome.OK);
        ends("a", "", "tag-0");
        assertViolated("the last word on whether it is disabled is not in force");
    }

    @Test
    void findsTwoImportsOfOneUuid() {
        change(Kind.IMPORT, "a", "", "one", "t", Outcome.OK);
        change(Kind.IMPORT, "a", "", "one", "t", Outcome.OK);
        last.add(new Last("a", "one", "", "", false, "t", ""));
        assertViolated("2 imports of one uuid won");
    }

    @Test
    void findsAnImportThatNobodyWon() {
        change(Kind.IMPORT, "a", "", "one", "t", Outcome.REFUSED);
        change(Kind.IMPORT, "a", "", "two", "t", Outcome.REFUSED);
        assertViolated("0 imports of one uuid won");
    }

    @Test
    void findsAnImportThatBecameTheLosers() {
        change(Kind.IMPORT, "a", "", "one", "t", Outcome.OK);
        change(Kind.IMPORT, "a", "", "two", "t", Outcome.REFUSED);
        last.add(new Last("a", "two", "", "", false, "t", ""));
        assertViolated("an acknowledged image is another one");
    }

    @Test
    void findsAnOriginThatWasDeletedAndBuiltOn() {
        publish("a");
        delete("a", Outcome.OK);
        change(Kind.DEPENDENT, "b", "a", "name-b", "t", Outcome.OK);
        last.add(new Last("b", "name-b", "", "a", false, "t", ""));
        assertViolated("an origin was deleted and built on", "an image is built on one that is gone");
    }

    @Test
    void findsAnOriginThatWasNeitherDeletedNorBuiltOn() {
        publish("a");
        delete("a", Outcome.REFUSED);
        change(Kind.DEPENDENT, "", "a", "name-b", "", Outcome.REFUSED);
        ends("a", "", "tag-0");
        assertViolated("an origin was neither deleted nor built on");
    }
}
