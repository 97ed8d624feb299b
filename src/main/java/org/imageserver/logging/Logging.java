package org.imageserver.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.nio.file.Path;
import org.imageserver.config.Settings.LogLevel;
import org.slf4j.LoggerFactory;

/** Sets the log up, once, at the start of a command. */
public final class Logging {
    private static final String SERVICE = "image-server";
    /** A client's url may hold what a terminal obeys. */
    private static final String HUMAN =
            "%d{HH:mm:ss.SSS} %-5level %replace(%msg %kvp{NONE}){'[\\p{Cntrl}&&[^\\n\\t]]', '?'}%n%ex";

    private static final String AUDIT = "org.imageserver.audit";

    private Logging() {}

    /** Whether to write for a person or for tools. */
    public enum Format {
        HUMAN,
        BUNYAN;

        /** A person reads a terminal; a file or a pipe is read by {@code bunyan}. */
        public static Format fitting(boolean terminal) {
            return terminal ? HUMAN : BUNYAN;
        }
    }

    /** Where the lines go. */
    public enum Target {
        STANDARD_OUTPUT("System.out"),
        STANDARD_ERROR("System.err");

        private final String name;

        Target(String name) {
            this.name = name;
        }
    }

    /** Sends everything of at least this level there. */
    public static void configure(LogLevel level, Format format, Target target) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget(target.name);
        appender.setEncoder(encoder(context, format));
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(atLeast(level, Level.INFO));
        context.getLogger("org.imageserver").setLevel(of(level));
        // It takes every client that leaves during a download for an error, with a stack trace; the access log has it.
        context.getLogger("io.vertx.core.net.impl.VertxConnection").setLevel(Level.OFF);
    }

    /**
     * Sends the audit log to a file of its own, in bunyan's form whoever reads the rest, and takes it out of the rest.
     *
     * @throws IOException when it cannot be written there; it goes to the rest then, whatever that shall say, until it can
     */
    public static void audit(Path file) throws IOException {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        AuditFile appender = new AuditFile(
                file, encoder(context, Format.BUNYAN), context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME));
        appender.setContext(context);
        appender.start();
        Logger audit = context.getLogger(AUDIT);
        audit.addAppender(appender);
        audit.setAdditive(false);
        // It is not asked how much the rest of the log shall say.
        audit.setLevel(Level.INFO);
        appender.prepare();
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, Format format) {
        if (format == Format.BUNYAN) {
            BunyanEncoder bunyan = new BunyanEncoder(SERVICE);
            bunyan.setContext(context);
            bunyan.start();
            return bunyan;
        }
        PatternLayoutEncoder human = new PatternLayoutEncoder();
        human.setContext(context);
        human.setPattern(HUMAN);
        human.start();
        return human;
    }

    /** Libraries are never louder than info: their debug output is about themselves. */
    private static Level atLeast(LogLevel level, Level floor) {
        Level wanted = of(level);
        return wanted.isGreaterOrEqual(floor) ? wanted : floor;
    }

    private static Level of(LogLevel level) {
        return switch (level) {
            case TRACE -> Level.TRACE;
            case DEBUG -> Level.DEBUG;
            case INFO -> Level.INFO;
            case WARN -> Level.WARN;
            case ERROR, FATAL -> Level.ERROR;
        };
    }
}
