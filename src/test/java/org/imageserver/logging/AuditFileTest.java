package org.imageserver.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.GZIPInputStream;
import org.imageserver.config.Settings.LogLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** No line of the audit log is lost without a word, whatever becomes of its file. */
class AuditFileTest {
    private static final Path FULL = Path.of("/dev/full");

    @TempDir
    private Path directory;

    private final PrintStream before = System.out;
    private final ByteArrayOutputStream rest = new ByteArrayOutputStream();

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(rest, true, StandardCharsets.UTF_8));
        Logging.configure(LogLevel.ERROR, Logging.Format.BUNYAN, Logging.Target.STANDARD_OUTPUT);
    }

    @AfterEach
    void restore() throws JoranException {
        System.setOut(before);
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        new ContextInitializer(context).autoConfig();
    }

    private Path file() {
        return directory.resolve("audit.log");
    }

    private static void tell(String what) {
        LoggerFactory.getLogger("org.imageserver.audit").info(what);
    }

    static boolean hasFullDisk() {
        return Files.isWritable(FULL);
    }

    @Test
    @EnabledIf("hasFullDisk")
    void whatAFullDiskDoesNotTakeIsInTheRestOfTheLog() throws Exception {
        Logging.audit(FULL);
        tell("somebody did something");
        assertThat(rest.toString(StandardCharsets.UTF_8)).contains("\"msg\":\"somebody did something\"");
    }

    @Test
    void soIsWhatCannotBeWrittenWhateverTheRestShallSay() throws Exception {
        Path noDirectory = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> Logging.audit(noDirectory.resolve("audit.log")))
                .isInstanceOf(IOException.class);
        tell("somebody did something");
        assertThat(rest.toString(StandardCharsets.UTF_8)).contains("\"msg\":\"somebody did something\"");
    }

    @Test
    void aFileThatWasMovedAwayIsMadeAnew() throws Exception {
        Logging.audit(file());
        tell("first");
        Files.move(file(), directory.resolve("kept.log"));
        tell("second");
        assertThat(directory.resolve("kept.log")).content().contains("first").doesNotContain("second");
        assertThat(file()).content().contains("second");
        assertThat(rest.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void isPutAsideWhenItIsLongForItsOwnerAlone() throws Exception {
        Path older = directory.resolve("audit.log.1.gz");
        Files.writeString(older, "the one before");
        Files.writeString(file(), "x".repeat(10 << 20));
        Logging.audit(file());
        tell("next");
        assertThat(file()).content().contains("next").doesNotContain("xxx");
        assertThat(directory.resolve("audit.log.2.gz")).hasContent("the one before");
        await().until(() -> Files.exists(older) && Files.notExists(directory.resolve("audit.log.1")));
        try (InputStream packed = new GZIPInputStream(Files.newInputStream(older))) {
            assertThat(packed.readAllBytes()).hasSize(10 << 20);
        }
        assertThat(Files.getPosixFilePermissions(older)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
}
