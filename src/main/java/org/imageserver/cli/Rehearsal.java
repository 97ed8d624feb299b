package org.imageserver.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A server on a temporary directory that answers the usual requests for a moment. Not thread-safe. */
final class Rehearsal implements AutoCloseable {
    /** Enough of each for Java to learn which code is used often. */
    private static final int IMAGES = 200;

    private static final int ROUNDS = 100;
    private static final String FIRST = uuid(0);
    /** With its size and SHA-1 in the manifests, so that lists do not change while they are asked for. */
    private static final byte[] FILE = "not looked into".getBytes(StandardCharsets.UTF_8);

    private static final String CONFIG = """
            {
              "listen": ["127.0.0.1:0", "unix:rehearsal.sock"],
              "serve_dir": "images",
              "anonymous_writes": true,
              "loglevel": "error",
              "grace_seconds": 0
            }
            """;
    private static final String MANIFEST = """
            {
              "v": 2, "uuid": "UUID", "name": "rehearsal", "version": "1.0.0", "type": "zone-dataset", "os": "smartos",
              "owner": "00000000-0000-0000-0000-000000000000", "state": "active", "public": true, "disabled": false,
              "published_at": "2020-01-01T00:00:00.000Z", "description": "An image that nobody sees",
              "files": [{"sha1": "3baf5d73035d4ba1860cf75af60c34c3009aba5c", "size": 15, "compression": "none"}], "tags": {"role": "none"},
              "requirements": {"networks": [{"name": "net0", "description": "public"}]}
            }
            """;

    private final Path directory;
    private final HttpClient client = HttpClient.newHttpClient();

    Rehearsal() throws IOException {
        directory = Files.createTempDirectory("image-server-rehearsal");
    }

    /** Starts the server with the command that users give, asks it, and stops it. */
    void run() throws IOException, InterruptedException {
        Files.writeString(directory.resolve("config.json"), CONFIG);
        for (int number = 0; number < IMAGES; number++) {
            Path image = Files.createDirectories(directory.resolve("images").resolve(uuid(number)));
            Files.write(image.resolve("file"), FILE);
            Files.writeString(image.resolve("manifest.json"), manifest(uuid(number)));
        }
        try (PipedReader greeting = new PipedReader();
                PipedWriter out = new PipedWriter(greeting)) {
            Thread server = new Thread(() -> serve(out), "rehearsal");
            server.start();
            try {
                String url = urlIn(greeting);
                for (int round = 0; round < ROUNDS; round++) {
                    read(url);
                }
                publish(url);
            } finally {
                Signals.raiseStop();
                server.join();
            }
        }
    }

    private void serve(PipedWriter out) {
        try (PrintWriter greeting = new PrintWriter(out)) {
            Main.commandLine()
                    .setOut(greeting)
                    .execute(
                            "serve",
                            "--i-know",
                            "--config",
                            directory.resolve("config.json").toString());
        }
    }

    private static String urlIn(PipedReader greeting) throws IOException {
        BufferedReader lines = new BufferedReader(greeting);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.strip().startsWith("http://")) {
                return line.strip();
            }
        }
        throw new IOException("the server did not start: see above");
    }

    private void read(String url) throws IOException, InterruptedException {
        String etag =
                expect(200, get(url + "/images")).headers().firstValue("etag").orElseThrow();
        expect(304, get(url + "/images").header("If-None-Match", etag));
        expect(200, get(url + "/images").header("Accept-Encoding", "gzip"));
        for (String path : List.of("/ping", "/images?os=smartos&name=~rehearsal", "/images?limit=20", "/datasets")) {
            expect(200, get(url + path));
        }
        expect(200, get(url + "/images/" + FIRST));
        expect(200, get(url + "/images/" + FIRST + "/file"));
        expect(404, get(url + "/images/" + uuid(IMAGES)));
    }

    private void publish(String url) throws IOException, InterruptedException {
        byte[] stream = SampleImage.stream();
        expect(200, get(url + "/publish?name=rehearsal&version=2.0.0").POST(BodyPublishers.ofByteArray(stream)));
        expect(204, get(url + "/images/" + FIRST).DELETE());
    }

    private static HttpRequest.Builder get(String url) {
        return HttpRequest.newBuilder(URI.create(url));
    }

    private HttpResponse<byte[]> expect(int status, HttpRequest.Builder builder)
            throws IOException, InterruptedException {
        HttpRequest request = builder.build();
        HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
        if (response.statusCode() != status) {
            throw new IOException(request.method() + " " + request.uri() + ": " + response.statusCode() + " instead of "
                    + status + ": " + new String(response.body(), StandardCharsets.UTF_8));
        }
        return response;
    }

    private static String manifest(String uuid) {
        return MANIFEST.replace("UUID", uuid);
    }

    private static String uuid(int number) {
        return "%08x-0000-4000-8000-000000000000".formatted(number);
    }

    @Override
    public void close() throws IOException {
        client.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
