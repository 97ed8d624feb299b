package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import org.imageserver.RawConnection;
import org.imageserver.TestServer;

/** A client that speaks tus 1.0.0, for somebody with a credential. */
record TusClient(Publishing.Client client) {
    static final String TYPE = "application/offset+octet-stream";

    /** Asks for an upload. */
    HttpResponse<String> ask(String query, long length, String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 4);
        System.arraycopy(
                new String[] {"Tus-Resumable", "1.0.0", "Upload-Length", Long.toString(length)},
                0,
                all,
                headers.length,
                4);
        return client.send("POST", "/uploads" + query, BodyPublishers.noBody(), all);
    }

    /** Begins an upload; its path. */
    String begin(String query, long length) {
        HttpResponse<String> answer = ask(query, length);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(answer.headers().firstValue("tus-resumable")).contains("1.0.0");
        return answer.headers().firstValue("location").orElseThrow();
    }

    /** Sends some bytes. */
    HttpResponse<String> patch(String upload, long offset, byte[] bytes) {
        return client.send(
                "PATCH",
                upload,
                BodyPublishers.ofByteArray(bytes),
                "Tus-Resumable",
                "1.0.0",
                "Upload-Offset",
                Long.toString(offset),
                "Content-Type",
                TYPE);
    }

    /** How many bytes the server has. */
    long offset(String upload) {
        HttpResponse<String> answer = client.send("HEAD", upload, BodyPublishers.noBody(), "Tus-Resumable", "1.0.0");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
        return answer.headers().firstValueAsLong("upload-offset").orElseThrow();
    }

    JsonNode show(String upload) {
        HttpResponse<String> answer = client.get(upload);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestServer.json(answer);
    }

    String state(String upload) {
        return show(upload).path("state").asText();
    }

    HttpResponse<String> cancel(String upload) {
        return client.send("DELETE", upload, BodyPublishers.noBody(), "Tus-Resumable", "1.0.0");
    }

    /** Says that it sends so many bytes, and sends none yet. */
    RawConnection open(String upload, long offset, long length) throws IOException {
        return RawConnection.tcp(client.server().port())
                .send("PATCH " + upload + " HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: " + offset
                        + "\r\nContent-Type: " + TYPE + "\r\nContent-Length: " + length + "\r\nAuthorization: "
                        + client.account().basic() + "\r\n\r\n");
    }
}
