package org.imageserver.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class BunyanEncoderTest {
    private final BunyanEncoder encoder = new BunyanEncoder("image-server");

    @Test
    void writesOneLineWithEveryFieldThatBunyanDemands() throws IOException {
        LoggingEvent event = event(Level.WARN, "a \"quoted\"\nmessage");
        String line = new String(encoder.encode(event), StandardCharsets.UTF_8);
        assertThat(line).endsWith("}\n").containsOnlyOnce("\n");
        JsonNode json = new JsonMapper().readTree(line);
        assertThat(json.path("v").isInt()).isTrue();
        assertThat(json.path("level").intValue()).isEqualTo(40);
        assertThat(json.path("name").textValue()).isEqualTo("image-server");
        assertThat(json.path("hostname").isTextual()).isTrue();
        assertThat(json.path("pid").isIntegralNumber()).isTrue();
        assertThat(json.path("time").textValue()).matches("[0-9T:-]{19}(\\.[0-9]{3})?Z");
        assertThat(json.path("msg").textValue()).isEqualTo("a \"quoted\"\nmessage");
    }

    @Test
    void keepsTheTypesOfFields() throws IOException {
        LoggingEvent event = event(Level.INFO, "x");
        event.setKeyValuePairs(List.of(
                new KeyValuePair("status", 200), new KeyValuePair("bytes", 5L), new KeyValuePair("url", "/\u0001")));
        JsonNode json = new JsonMapper().readTree(encoder.encode(event));
        assertThat(json.path("status").intValue()).isEqualTo(200);
        assertThat(json.path("bytes").longValue()).isEqualTo(5);
        assertThat(json.path("url").textValue()).isEqualTo("/\u0001");
    }

    @Test
    void showsAnErrorAsBunyanDoes() throws IOException {
        LoggingEvent event = event(Level.ERROR, "x");
        event.setThrowableProxy(new ThrowableProxy(new IllegalStateException("broken")));
        JsonNode json = new JsonMapper().readTree(encoder.encode(event));
        assertThat(json.path("level").intValue()).isEqualTo(50);
        assertThat(json.path("err").path("message").textValue()).isEqualTo("broken");
        assertThat(json.path("err").path("stack").textValue()).contains("BunyanEncoderTest");
    }

    private static LoggingEvent event(Level level, String message) {
        return new LoggingEvent("fqcn", new LoggerContext().getLogger("test"), level, message, null, null);
    }
}
