package org.imageserver.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.temporal.ChronoUnit;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object a line with the fields that bunyan wants (format version 0): name, hostname, pid, level, msg, time,
 * v. Key-value pairs of an event become fields of the object. Thread-safe.
 */
public final class BunyanEncoder extends EncoderBase<ILoggingEvent> {
    private static final JsonFactory JSON = new JsonFactory();

    private final String name;
    private final String hostname = hostname();
    private final long pid = ProcessHandle.current().pid();

    /** Makes an encoder whose lines carry this service name. */
    public BunyanEncoder(String name) {
        this.name = name;
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("name", name);
            json.writeStringField("hostname", hostname);
            json.writeNumberField("pid", pid);
            json.writeNumberField("level", bunyanLevel(event.getLevel()));
            writePairs(json, event);
            writeError(json, event);
            json.writeStringField("msg", event.getFormattedMessage());
            json.writeStringField(
                    "time", event.getInstant().truncatedTo(ChronoUnit.MILLIS).toString());
            json.writeNumberField("v", 0);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        line.write('\n');
        return line.toByteArray();
    }

    private static void writePairs(JsonGenerator json, ILoggingEvent event) throws IOException {
        if (event.getKeyValuePairs() == null) {
            return;
        }
        for (KeyValuePair pair : event.getKeyValuePairs()) {
            json.writeFieldName(pair.key);
            switch (pair.value) {
                case null -> json.writeNull();
                case Integer number -> json.writeNumber(number);
                case Long number -> json.writeNumber(number);
                case Double number -> json.writeNumber(number);
                case Boolean truth -> json.writeBoolean(truth);
                default -> json.writeString(pair.value.toString());
            }
        }
    }

    private static void writeError(JsonGenerator json, ILoggingEvent event) throws IOException {
        if (event.getThrowableProxy() == null) {
            return;
        }
        json.writeObjectFieldStart("err");
        json.writeStringField("name", event.getThrowableProxy().getClassName());
        json.writeStringField("message", event.getThrowableProxy().getMessage());
        json.writeStringField("stack", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        json.writeEndObject();
    }

    private static int bunyanLevel(Level level) {
        return switch (level.toInt()) {
            case Level.TRACE_INT -> 10;
            case Level.DEBUG_INT -> 20;
            case Level.INFO_INT -> 30;
            case Level.WARN_INT -> 40;
            default -> 50;
        };
    }

    /** The launcher knows it from {@code uname -n}; Java asks the name service, which may not. */
    private static String hostname() {
        String told = System.getProperty("image-server.hostname", "");
        if (!told.isEmpty()) {
            return told;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A zone without a name in its hosts file still logs.
            return "unknown";
        }
    }
}
