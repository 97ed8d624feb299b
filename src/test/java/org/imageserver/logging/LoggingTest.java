package org.imageserver.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.imageserver.config.Settings.LogLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingTest {
    private final PrintStream before = System.out;

    @AfterEach
    void restore() throws JoranException {
        System.setOut(before);
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        new ContextInitializer(context).autoConfig();
    }

    @Test
    void noUrlTellsATerminalWhatToDo() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, UTF_8));
        Logging.configure(LogLevel.INFO, Logging.Format.HUMAN, Logging.Target.STANDARD_OUTPUT);
        LoggerFactory.getLogger("org.imageserver.access")
                .atInfo()
                .addKeyValue("url", "/\u001b]0;owned\u0007/größe")
                .log("handled\u001b[31m");
        assertThat(bytes.toString(UTF_8))
                .contains("INFO  handled?[31m url=/?]0;owned?/größe")
                .endsWith("\n");
    }
}
