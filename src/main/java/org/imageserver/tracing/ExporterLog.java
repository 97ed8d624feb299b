package org.imageserver.tracing;

import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** Puts what the exporter complains of, which it does seldom, into the server's own log, one line each. */
final class ExporterLog extends Handler {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(ExporterLog.class);

    /** The logging of Java forgets loggers that nobody holds, with what was set on them. */
    private static final Logger OF_THE_EXPORTER = Logger.getLogger("io.opentelemetry");

    private ExporterLog() {}

    static void takeOver() {
        OF_THE_EXPORTER.setUseParentHandlers(false);
        if (OF_THE_EXPORTER.getHandlers().length == 0) {
            OF_THE_EXPORTER.addHandler(new ExporterLog());
        }
    }

    @Override
    public void publish(LogRecord line) {
        LOG.warn("traces: {}", line.getMessage());
        LOG.debug("traces: {}", line.getMessage(), line.getThrown());
    }

    @Override
    public void flush() {
        // Each line is out at once.
    }

    @Override
    public void close() {
        // There is nothing to close.
    }
}
