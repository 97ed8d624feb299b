package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.imageserver.RawConnection;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Every request that may change something has its line in the audit log, whatever it looks like. */
class AuditLineTest {
    @TempDir
    private Path directory;

    @Test
    void aBrokenQueryHidesNothing() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                lines.add(event.getMessage() + event.getKeyValuePairs());
            }
        };
        Logger audit = (Logger) LoggerFactory.getLogger("org.imageserver.audit");
        appender.setContext(audit.getLoggerContext());
        appender.start();
        audit.addAppender(appender);
        try (TestServer server = TestServer.start(directory);
                RawConnection connection = RawConnection.tcp(server.port())) {
            assertThat(connection
                            .send("POST /images?action=%zz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                            .read()
                            .status())
                    .isEqualTo(400);
            await().untilAsserted(() -> assertThat(lines)
                    .singleElement()
                    .asString()
                    .contains("refused", "method=\"POST\"", "path=\"/images\"", "status=\"400\""));
        } finally {
            audit.detachAppender(appender);
        }
    }
}
