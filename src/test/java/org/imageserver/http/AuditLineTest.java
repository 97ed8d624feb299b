package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.imageserver.RawConnection;
import org.imageserver.TestAccount;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Every request that may change something has its line in the audit log, whatever it looks like. */
class AuditLineTest {
    @TempDir
    private Path directory;

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger audit = (Logger) LoggerFactory.getLogger("org.imageserver.audit");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getMessage() + event.getKeyValuePairs());
        }
    };

    @BeforeEach
    void listen() {
        appender.setContext(audit.getLoggerContext());
        appender.start();
        audit.addAppender(appender);
    }

    @AfterEach
    void listenNoMore() {
        audit.detachAppender(appender);
    }

    private void awaitLine(String... parts) {
        await().untilAsserted(() -> assertThat(lines).singleElement().asString().contains(parts));
        lines.clear();
    }

    @Test
    void whoeverItPretendsToBe() {
        try (TestServer server = TestServer.start(directory)) {
            String mallory = new TestAccount("mallory", "", "wrong").basic();
            assertThat(server.get("/images", "Authorization", mallory).statusCode())
                    .isEqualTo(401);
            awaitLine("refused", "account=\"mallory\"", "path=\"/images\"", "status=\"401\"");
            assertThat(server.get("/v/ims_0123456789abcdef_wrong/images").statusCode())
                    .isEqualTo(401);
            awaitLine("refused", "account=\"anonymous\"", "path=\"/v/.../images\"", "status=\"401\"");
        }
    }

    @Test
    void inWhichChannelAndInWhichOther() {
        try (TestServer server = TestServer.start(
                directory,
                "\"channels\": [{\"name\": \"dev\", \"description\": \"\", \"default\": true},"
                        + " {\"name\": \"stable\", \"description\": \"\"}]")) {
            String uuid = server.images().add(1);
            server.rescan();
            TestAccount admin = server.account("boss", Role.ADMIN);
            String[] asAdmin = {"Authorization", admin.basic()};
            assertThat(server.send(
                                    "POST",
                                    "/images/" + uuid + "?action=channel-add&channel=dev",
                                    BodyPublishers.ofString("{\"channel\": \"stable\"}"),
                                    asAdmin)
                            .statusCode())
                    .isEqualTo(200);
            awaitLine("action=\"channel-add\"", " channel=\"dev\"", "new_channel=\"stable\"", "status=\"200\"");
            assertThat(server.send("DELETE", "/images/" + uuid + "?channel=dev", asAdmin)
                            .statusCode())
                    .isEqualTo(204);
            awaitLine(" channel=\"dev\"", "endpoint=\"DeleteImage\"", "status=\"204\"");
        }
    }

    /** Whoever only reads, and too often, must not wash away what others did. */
    @Test
    void butNotOneThatOnlyReadsTooMuch() {
        try (TestServer server = TestServer.start(directory, "\"limits\": {\"requests_per_second\": 1}")) {
            await().untilAsserted(
                            () -> assertThat(server.get("/images").statusCode()).isEqualTo(429));
            server.send("POST", "/images");
            awaitLine("refused", "method=\"POST\"");
        }
    }

    @Test
    void aBrokenQueryHidesNothing() throws Exception {
        try (TestServer server = TestServer.start(directory);
                RawConnection connection = RawConnection.tcp(server.port())) {
            assertThat(connection
                            .send("POST /images?action=%zz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                            .read()
                            .status())
                    .isEqualTo(400);
            awaitLine("refused", "method=\"POST\"", "path=\"/images\"", "status=\"400\"");
        }
    }
}
