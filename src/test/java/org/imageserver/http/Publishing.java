package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.imageserver.TestServer;

/** Requests with bodies, as a publishing client sends them. */
final class Publishing {
    /** Everyone may publish, and fetch from this machine. */
    static final String OPEN = "\"anonymous_writes\": true, \"allow_private_urls\": true";

    private Publishing() {}

    /** Sends a body. */
    static HttpResponse<String> send(TestServer server, String method, String target, byte[] body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.uri(target)).method(method, BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends JSON. */
    static HttpResponse<String> post(TestServer server, String target, String json, String... headers) {
        return send(server, "POST", target, json.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** An image without a file, whose file may be anything. */
    static String create(TestServer server, String name) {
        HttpResponse<String> created = post(
                server,
                "/images",
                "{\"name\": \"" + name + "\", \"version\": \"1\", \"type\": \"other\", \"os\": \"other\"}");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        return TestServer.json(created).path("uuid").asText();
    }

    /** An active image with these bytes. */
    static String publish(TestServer server, String name, byte[] bytes, String parameters) {
        HttpResponse<String> published =
                send(server, "POST", "/publish?name=" + name + "&version=1&type=other&os=other" + parameters, bytes);
        assertThat(published.statusCode()).as(published.body()).isEqualTo(200);
        return TestServer.json(published).path("uuid").asText();
    }
}
