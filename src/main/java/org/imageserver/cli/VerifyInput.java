package org.imageserver.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/** The bytes of a file, a url or the standard input ("-"), counted for whoever watches. */
final class VerifyInput extends FilterInputStream {
    private static final Duration CONNECTING = Duration.ofSeconds(30);

    private final String label;
    private final OptionalLong size;
    private LongConsumer watcher = bytes -> {};
    private long total;

    private VerifyInput(String name, InputStream bytes, OptionalLong size) {
        super(bytes);
        this.label = String.valueOf(Path.of(name).getFileName());
        this.size = size;
    }

    /** The file's name without its folder. */
    String label() {
        return label;
    }

    /** In bytes, where it is known beforehand. */
    OptionalLong size() {
        return size;
    }

    /** Tells somebody from now on how many bytes were read. */
    VerifyInput watchedBy(LongConsumer newWatcher) {
        watcher = newWatcher;
        return this;
    }

    static boolean isUrl(String name) {
        return name.startsWith("http://") || name.startsWith("https://");
    }

    /** @throws IOException with a message that needs no name in front */
    static VerifyInput open(String name) throws IOException, InterruptedException {
        if (name.equals("-")) {
            return new VerifyInput("the standard input", System.in, OptionalLong.empty());
        }
        return isUrl(name) ? fetch(name) : open(Path.of(name));
    }

    static VerifyInput open(Path file) throws IOException {
        if (Files.notExists(file)) {
            throw new IOException("no such file");
        }
        InputStream bytes = Files.newInputStream(file);
        return new VerifyInput(file.toString(), bytes, OptionalLong.of(Files.size(file)));
    }

    @SuppressWarnings("resource") // closing the client would wait for the body; it ends with the process
    private static VerifyInput fetch(String name) throws IOException, InterruptedException {
        URI url;
        try {
            url = URI.create(name);
        } catch (IllegalArgumentException e) {
            throw new IOException("is no url: " + e.getMessage(), e);
        }
        if (url.getHost() == null) {
            throw new IOException("is a url without a host");
        }
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(CONNECTING)
                .build();
        HttpRequest.Builder request = HttpRequest.newBuilder(withoutUserInfo(url));
        if (url.getUserInfo() != null) {
            byte[] credential = url.getUserInfo().getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credential));
        }
        HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            response.body().close();
            throw new IOException("the server answered " + response.statusCode() + ", not the file");
        }
        return new VerifyInput(
                url.getPath(), response.body(), response.headers().firstValueAsLong("Content-Length"));
    }

    /** HttpClient refuses a url with a credential in it. */
    private static URI withoutUserInfo(URI url) {
        return url.getRawUserInfo() == null
                ? url
                : URI.create(url.toString().replaceFirst(Pattern.quote(url.getRawUserInfo() + "@"), ""));
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        count(read < 0 ? 0 : 1);
        return read;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        count(Math.max(0, count));
        return count;
    }

    private void count(int bytes) {
        total += bytes;
        watcher.accept(total);
    }
}
