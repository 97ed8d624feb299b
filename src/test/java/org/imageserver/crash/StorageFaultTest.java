package org.imageserver.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.FileUpload;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.StorageFullException;
import org.imageserver.catalogue.Target;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.MemoryStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One step of the storage fails, each in turn: the change does not take place, and nothing is left of it. */
class StorageFaultTest {
    private static final Principal ADMIN = CrashingPublisher.ADMIN;
    private static final int MOST_STEPS = 50;

    private final MemoryStorage memory = new MemoryStorage();
    private final FailOnce fault = new FailOnce();
    private final Catalogue catalogue = new Catalogue(new StepStorage(memory, fault), CrashingPublisher.SETTINGS);

    /** Fails one step, before it is taken; a disk that is well again serves the clean-up. */
    private static final class FailOnce implements StepStorage.Fault {
        private int stepsLeft = Integer.MAX_VALUE;
        private String message = "";
        private String failed = "";

        private void arm(int step, String says) {
            stepsLeft = step;
            message = says;
            failed = "";
        }

        @Override
        public void before(String step) throws IOException {
            if (--stepsLeft == 0) {
                failed = step;
                throw new IOException("disk: " + message);
            }
        }

        @Override
        public void after(String step) {}
    }

    private interface Change {
        void make() throws IOException;
    }

    static Stream<String> faults() {
        return Stream.of("Input/output error", "No space left on device");
    }

    @ParameterizedTest
    @MethodSource("faults")
    void leavesNothingOfAPublishThatFails(String message) throws IOException {
        catalogue.rescan();
        List<String> failed = failEachStep(message, () -> publish("new"));

        assertThat(failed).containsExactly("begin", "write", "write", "commit", "createIfAbsent");
        assertThat(catalogue.snapshot().images()).hasSize(1);
    }

    /** However they got lost: what is shorter than its sender said is not what he sent. */
    @Test
    void takesNoFileThatIsNotAsLongAsItWasAnnounced() throws IOException {
        catalogue.rescan();
        byte[] bytes = new byte[600_000];
        bytes[0] = 'x';
        for (int announced : List.of(599_999, 600_001)) {
            FileUpload upload = new FileUpload(
                    Channels.newChannel(new ByteArrayInputStream(bytes)),
                    OptionalLong.of(announced),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            assertThatThrownBy(() -> catalogue.publisher().publish(Author.of(ADMIN), manifest("short"), upload))
                    .isInstanceOf(IOException.class)
                    .hasMessage("600000 bytes arrived of " + announced + " that were announced");
        }
        assertThat(memory.list("")).isEmpty();
        assertThat(catalogue.snapshot().images()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void leavesAnImageAsItWasWhenAnUpdateFails(String message) throws IOException {
        catalogue.rescan();
        String uuid = publish("old").uuid();
        ObjectNode change = JsonNodeFactory.instance.objectNode().put("description", "new");
        List<String> failed = failEachStep(message, () -> catalogue.editor().update(Target.of(ADMIN, uuid), change));

        assertThat(failed).containsExactly("begin", "write", "commit");
    }

    @ParameterizedTest
    @MethodSource("faults")
    void keepsTheOldFileOfAnImageWhenTheNewOneFails(String message) throws IOException {
        catalogue.rescan();
        String uuid =
                catalogue.publisher().create(Author.of(ADMIN), manifest("old")).uuid();
        addFile(uuid);
        List<String> failed = failEachStep(message, () -> addFile(uuid));

        assertThat(failed).containsExactly("begin", "write", "write", "commit", "begin", "write", "commit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "activate"})
    void changesNothingWhenAManifestCannotBeWritten(String operation) throws IOException {
        catalogue.rescan();
        String uuid =
                catalogue.publisher().create(Author.of(ADMIN), manifest("old")).uuid();
        addFile(uuid);
        List<String> failed = failEachStep(
                "No space left on device",
                operation.equals("create")
                        ? () -> catalogue.publisher().create(Author.of(ADMIN), manifest("new"))
                        : () -> catalogue.publisher().activate(Target.of(ADMIN, uuid)));

        assertThat(failed).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void deletesAnImageOrLeavesItWhole(String message) throws IOException {
        catalogue.rescan();
        String uuid = publish("old").uuid();
        List<String> failed = failEachStep(message, () -> catalogue.remover().delete(Target.of(ADMIN, uuid)));

        assertThat(failed).as("later steps only tidy up").containsExactly("delete");
        assertThat(catalogue.snapshot().images()).isEmpty();
        assertThat(memory.list("")).as("left for the sweep").hasSizeLessThanOrEqualTo(1);
    }

    /** Makes the change again and again, each time one step further, until it succeeds; returns the steps that failed it. */
    private List<String> failEachStep(String message, Change change) throws IOException {
        List<String> failed = new ArrayList<>();
        for (int step = 1; step <= MOST_STEPS; step++) {
            List<BlobInfo> before = memory.list("");
            List<Image> shown = catalogue.snapshot().images();
            fault.arm(step, message);
            try {
                change.make();
                return failed;
            } catch (IOException e) {
                failed.add(fault.failed);
                assertThat(e instanceof StorageFullException)
                        .as(e.toString())
                        .isEqualTo(message.startsWith("No space"));
            } finally {
                fault.arm(Integer.MAX_VALUE, "");
            }
            assertThat(memory.list("")).as("after step %d", step).isEqualTo(before);
            assertThat(catalogue.snapshot().images()).isEqualTo(shown);
            catalogue.rescan();
            assertThat(catalogue.snapshot().images()).isEqualTo(shown);
        }
        throw new AssertionError("it never succeeds");
    }

    private Image publish(String name) throws IOException {
        return catalogue.publisher().publish(Author.of(ADMIN), manifest(name), upload(Optional.empty()));
    }

    private void addFile(String uuid) throws IOException {
        catalogue.publisher().addFile(Target.of(ADMIN, uuid), upload(Optional.of("none")));
    }

    private static FileUpload upload(Optional<String> compression) {
        byte[] bytes = "x".repeat(600_000).getBytes(StandardCharsets.US_ASCII);
        return new FileUpload(
                Channels.newChannel(new ByteArrayInputStream(bytes)),
                OptionalLong.empty(),
                compression,
                Optional.empty(),
                Optional.empty());
    }

    private static ObjectNode manifest(String name) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", name)
                .put("version", "1")
                .put("type", "other")
                .put("os", "other")
                .put("public", true);
    }
}
