package org.imageserver;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What the program logs while a test runs. Thread-safe. */
public final class TestLog implements AutoCloseable {
    private final List<String> forgiven = new CopyOnWriteArrayList<>();
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
                events.add(event);
            }
        }
    };

    /** Begins to listen. */
    public TestLog() {
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
    }

    /** The warnings so far. */
    public List<String> warnings() {
        return messages(Level.WARN);
    }

    /** The errors so far: a server that works has none, whatever clients do. */
    public List<String> errors() {
        return messages(Level.ERROR);
    }

    /** Overlooks messages that the test itself has caused, whenever the server gets to saying them. */
    public void forgive(String part) {
        forgiven.add(part);
    }

    private List<String> messages(Level level) {
        return events.stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .filter(message -> forgiven.stream().noneMatch(message::contains))
                .toList();
    }

    @Override
    public void close() {
        root.detachAppender(appender);
    }
}
