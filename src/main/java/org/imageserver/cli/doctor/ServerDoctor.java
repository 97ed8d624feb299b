package org.imageserver.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/**
 * Does what imgadm does with a server, from where this runs: ping, list, show, and the two ends of a file. Any server of
 * the protocol will do. Nothing there is changed.
 */
public final class ServerDoctor {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Beyond it, the server does not believe signatures (HTTP Signature, 300 s). */
    private static final Duration MOST_SKEW = Duration.ofMinutes(5);

    private static final int END = 64;
    private static final int MOST_NAMED = 5;

    private final URI server;
    private final String base;
    private final String query;
    private final Consumer<Finding> tell;

    /**
     * Makes a doctor.
     *
     * @param server its address as {@code imgadm sources -a} has it
     * @param tell is told of each finding at once
     */
    public ServerDoctor(URI server, Consumer<Finding> tell) {
        this.server = server;
        this.query = server.getRawQuery() == null ? "" : "?" + server.getRawQuery();
        this.base = server.toString().replaceFirst("[?#].*", "").replaceFirst("/+$", "");
        this.tell = tell;
    }

    /** Looks at everything, as far as there is any use in it. */
    public void examine() throws InterruptedException {
        Optional<SSLContext> context = Optional.empty();
        if ("https".equals(server.getScheme())) {
            Handshake handshake = new Handshake(server);
            handshake.examine().forEach(tell);
            context = handshake.context();
            if (context.isEmpty()) {
                return;
            }
        }
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE);
        context.ifPresent(builder::sslContext);
        try (HttpClient client = builder.build()) {
            if (ping(client)) {
                ready(client);
                images(client);
                datasets(client);
            }
        }
    }

    private HttpResponse<String> get(HttpClient client, String target, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address(target)).timeout(PATIENCE);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    /** A path of the server; a query that the source has, such as its channel, is every request's. */
    private URI address(String target) {
        return URI.create(base + target + query);
    }

    private boolean ping(HttpClient client) throws InterruptedException {
        long begun = System.nanoTime();
        try {
            HttpResponse<String> answer = get(client, "/ping");
            long millis = (System.nanoTime() - begun) / 1_000_000;
            JsonNode pong = JSON.readTree(answer.body());
            if (answer.statusCode() != 200 || !pong.path("ping").asText().equals("pong")) {
                tell.accept(Finding.broken(
                        address("/ping") + " answers " + answer.statusCode() + ", and no pong",
                        "is this the address of an image server, without a path too much?"));
                return false;
            }
            tell.accept(Finding.fine(server + " answers in " + millis + " ms"
                    + (pong.path("imgapi").asBoolean() ? "" : ", as a server of datasets alone (DSAPI)")));
            clock(answer);
            return true;
        } catch (IOException e) {
            tell.accept(Finding.broken(
                    server + " cannot be reached: " + reason(e),
                    "does it run, does it listen on more than the loopback, does a firewall stand between"
                            + ("http".equals(server.getScheme()) ? ", is it https there?" : "?")));
            return false;
        }
    }

    static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private void clock(HttpResponse<String> answer) {
        Optional<String> date = answer.headers().firstValue("date");
        if (date.isEmpty()) {
            return;
        }
        try {
            Instant there = ZonedDateTime.parse(date.get(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration skew = Duration.between(Instant.now(), there).abs();
            String what = "its clock and ours are " + skew.toSeconds() + " s apart";
            tell.accept(
                    skew.compareTo(MOST_SKEW) > 0
                            ? Finding.broken(what, "set the clock that is wrong (NTP): signatures are not believed so")
                            : Finding.fine(what));
        } catch (DateTimeException e) {
            tell.accept(Finding.warning("its clock cannot be read: \"" + date.get() + "\"", "is a proxy at fault?"));
        }
    }

    private void ready(HttpClient client) throws InterruptedException {
        try {
            HttpResponse<String> answer = get(client, "/readyz");
            if (answer.statusCode() != 200 && answer.statusCode() != 503) {
                return;
            }
            for (JsonNode check : JSON.readTree(answer.body()).path("checks")) {
                String what = "it says of its " + check.path("name").asText() + ": "
                        + check.path("message").asText();
                tell.accept(
                        switch (check.path("result").asText()) {
                            case "ok" -> Finding.fine(what);
                            case "warning" -> Finding.warning(what, "look at that machine");
                            default -> Finding.broken(what, "look at that machine, and at the server's log");
                        });
            }
        } catch (IOException e) {
            tell.accept(Finding.broken("/readyz breaks off: " + reason(e), "look at the server's log"));
        }
    }

    private void images(HttpClient client) throws InterruptedException {
        try {
            long begun = System.nanoTime();
            HttpResponse<String> answer = get(client, "/images", "Accept-Version", "~2");
            long millis = (System.nanoTime() - begun) / 1_000_000;
            if (answer.statusCode() != 200) {
                tell.accept(Finding.broken(
                        "the list of images is answered by " + answer.statusCode() + ": " + brief(answer.body()),
                        "look at the server's log"));
                return;
            }
            List<JsonNode> images = new ArrayList<>();
            JSON.readTree(answer.body()).forEach(images::add);
            tell.accept(Finding.fine("the list has " + images.size() + " images and takes " + millis + " ms"));
            origins(client, images);
            Optional<JsonNode> newest = images.stream()
                    .filter(image -> image.at("/files/0/size").asLong() > 0)
                    .max(Comparator.comparing(
                            image -> image.path("published_at").asText()));
            if (newest.isPresent()) {
                file(client, newest.get());
            }
        } catch (IOException e) {
            tell.accept(Finding.broken("the list of images breaks off: " + reason(e), "look at the server's log"));
        }
    }

    /** imgadm asks for each origin by itself, and gives up on the first that is not there. */
    private void origins(HttpClient client, List<JsonNode> images) throws IOException, InterruptedException {
        Map<String, String> missing = new LinkedHashMap<>();
        Set<String> there = images.stream()
                .map(image -> image.path("uuid").asText())
                .collect(Collectors.toCollection(HashSet::new));
        Set<String> notThere = new HashSet<>();
        for (JsonNode image : images) {
            String origin = image.path("origin").asText();
            if (origin.isEmpty()) {
                continue;
            }
            if (!there.contains(origin) && !notThere.contains(origin)) {
                boolean isThere = get(client, "/images/" + origin).statusCode() == 200;
                (isThere ? there : notThere).add(origin);
            }
            if (notThere.contains(origin)) {
                missing.put(image.path("uuid").asText(), origin);
            }
        }
        if (missing.isEmpty()) {
            tell.accept(Finding.fine("all origins are there"));
        }
        missing.entrySet().stream()
                .limit(MOST_NAMED)
                .forEach(entry -> tell.accept(Finding.broken(
                        "image " + entry.getKey() + " cannot be imported: its origin " + entry.getValue()
                                + " is not there",
                        "publish the origin, or delete the image")));
        if (missing.size() > MOST_NAMED) {
            tell.accept(Finding.broken((missing.size() - MOST_NAMED) + " more images lack their origins", "the same"));
        }
    }

    private void file(HttpClient client, JsonNode image) throws IOException, InterruptedException {
        String uuid = image.path("uuid").asText();
        String named = "the file of " + uuid + " (" + image.path("name").asText() + ")";
        long size = image.at("/files/0/size").asLong();
        URI address = address("/images/" + uuid + "/file");
        long first = Math.min(END, size) - 1;
        for (String range : List.of("bytes=0-" + first, "bytes=" + Math.max(0, size - END) + "-" + (size - 1))) {
            HttpResponse<byte[]> part = client.send(
                    HttpRequest.newBuilder(address)
                            .timeout(PATIENCE)
                            .header("Range", range)
                            .build(),
                    info -> info.statusCode() == 206 || info.statusCode() >= 400
                            ? BodySubscribers.ofByteArray()
                            : BodySubscribers.replacing(new byte[0]));
            String said = part.headers().firstValue("content-range").orElse("");
            if (part.statusCode() != 206) {
                tell.accept(Finding.broken(
                        named + ": " + range + " is answered by " + part.statusCode()
                                + (part.statusCode() >= 400
                                        ? ": " + brief(new String(part.body(), StandardCharsets.UTF_8))
                                        : ""),
                        "is the file there? image-server check says it; or does a proxy drop Range?"));
                return;
            }
            if (!said.endsWith("/" + size)) {
                tell.accept(Finding.broken(
                        named + " has not the " + size + " bytes of its manifest: " + said, "publish it again"));
                return;
            }
        }
        tell.accept(Finding.fine(named + " begins and ends as it should, " + size + " bytes"));
    }

    private void datasets(HttpClient client) throws InterruptedException {
        try {
            HttpResponse<String> answer = get(client, "/datasets");
            tell.accept(
                    answer.statusCode() == 200 && JSON.readTree(answer.body()).isArray()
                            ? Finding.fine("old hosts get their list, too (DSAPI)")
                            : Finding.warning(
                                    "old hosts get no list: /datasets is answered by " + answer.statusCode(),
                                    "nothing, if all hosts have an imgadm of 2013 or newer"));
        } catch (IOException e) {
            tell.accept(Finding.broken("the list for old hosts breaks off: " + reason(e), "look at the server's log"));
        }
    }

    private static String brief(String text) {
        return text.substring(0, Math.min(200, text.length()));
    }
}
