package org.imageserver.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.imageserver.TestImages;
import org.imageserver.TestServer;

/**
 * What a server answered when its release was kept: to whom, what, and how. A later server must answer the same, but may
 * say more of what nobody knew then.
 */
final class Answers {
    private static final JsonMapper JSON = new JsonMapper();

    /** What counts on, whoever counts. */
    private static final Pattern NUMBERS =
            Pattern.compile("(?m)^(imageserver_(?:images|image_downloads_total|quarantined_files|scrub_pass_files|"
                    + "scrub_finished_timestamp_seconds)(?:\\{[^}]*})?|"
                    + "imageserver_webhook_events\\{[^}]*state=\"(?:given_up|waiting)\"}) (.*)$");

    private final Map<String, String> tokens;

    /** Asks as these accounts, given by name and token, and as nobody. */
    Answers(Map<String, String> tokens) {
        this.tokens = new TreeMap<>(tokens);
    }

    /** Takes down what a server answers. */
    ObjectNode of(TestServer server) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        ObjectNode accounts = all.putObject("accounts");
        tokens.forEach(accounts::put);
        // First: some of what follows is counted.
        ObjectNode numbers = all.putObject("numbers");
        numbers(server).forEach(numbers::put);
        ArrayNode answers = all.putArray("answers");
        for (String target : List.of("/ping", "/images", "/datasets", "/channels", "/images?channel=release")) {
            answers.add(answer(server, "", target));
        }
        for (String name : tokens.keySet()) {
            answers.add(answer(server, name, "/images?state=all&channel=*&account="));
            answers.add(answer(server, name, "/uploads"));
        }
        for (String uuid : uuids(server)) {
            for (String what : List.of("?channel=*&inclAdminFields=true", "/file?channel=*", "/icon?channel=*")) {
                answers.add(answer(server, tokens.containsKey("boss") ? "boss" : "", "/images/" + uuid + what));
            }
            answers.add(answer(server, "", "/datasets/" + uuid));
        }
        return all;
    }

    private List<String> uuids(TestServer server) {
        JsonNode all = TestServer.json(server.get("/images?state=all&channel=*", headers("boss")));
        List<String> uuids = new ArrayList<>();
        all.forEach(image -> uuids.add(image.path("uuid").asText()));
        return uuids;
    }

    /** What an account sends with each request; a proxy that is trusted says what host it is. */
    String[] headers(String name) {
        List<String> headers =
                new ArrayList<>(List.of("X-Forwarded-Host", "images.example.com", "Accept-Version", "~2"));
        Optional.ofNullable(tokens.get(name)).ifPresent(token -> {
            byte[] pair = (name + ":" + token).getBytes(StandardCharsets.UTF_8);
            headers.addAll(
                    List.of("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair)));
        });
        return headers.toArray(String[]::new);
    }

    private ObjectNode answer(TestServer server, String who, String target) {
        var response = server.getBytes(target, headers(who));
        ObjectNode answer = JsonNodeFactory.instance
                .objectNode()
                .put("as", who)
                .put("get", target)
                .put("status", response.statusCode());
        String type = response.headers().firstValue("content-type").orElse("");
        if (type.startsWith("application/json")) {
            answer.set("body", json(server, response.body()));
        } else {
            answer.put("type", type).put("sha1", TestImages.sha1(response.body()));
        }
        return answer;
    }

    /** Without the port, which is another one each time. */
    private static JsonNode json(TestServer server, byte[] body) {
        String text =
                new String(body, StandardCharsets.UTF_8).replace("127.0.0.1:" + server.port(), "images.example.com");
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    private static Map<String, String> numbers(TestServer server) {
        Map<String, String> numbers = new TreeMap<>();
        if (server.server().watchedAt().isEmpty()) {
            return numbers;
        }
        for (MatchResult line : NUMBERS.matcher(
                        server.get(server.watched("/metrics")).body())
                .results()
                .toList()) {
            numbers.put(line.group(1), line.group(2));
        }
        return numbers;
    }

    /** Those that were kept. */
    static Answers kept(JsonNode kept) {
        Map<String, String> tokens = new TreeMap<>();
        kept.path("accounts")
                .properties()
                .forEach(entry -> tokens.put(entry.getKey(), entry.getValue().asText()));
        return new Answers(tokens);
    }

    /** Compares what is counted; to be done before anything is asked for. */
    static void compareNumbers(TestServer server, JsonNode kept) {
        Map<String, String> numbers = numbers(server);
        kept.path("numbers")
                .properties()
                .forEach(number -> assertThat(numbers)
                        .containsEntry(number.getKey(), number.getValue().asText()));
    }

    /** Asks once more what was asked when these were kept, and compares. */
    void compare(TestServer server, JsonNode kept) {
        for (JsonNode before : kept.path("answers")) {
            ObjectNode now = answer(
                    server, before.path("as").asText(), before.path("get").asText());
            assertThat(differences("", before, now))
                    .as("%s, which was %s", now, before)
                    .isEmpty();
        }
    }

    /** Where a later answer is other than an earlier one; what it has besides is no difference. */
    private static List<String> differences(String where, JsonNode before, JsonNode now) {
        List<String> found = new ArrayList<>();
        if (before.isObject() && now.isObject()) {
            before.properties()
                    .forEach(field -> found.addAll(
                            differences(where + "/" + field.getKey(), field.getValue(), now.path(field.getKey()))));
        } else if (before.isArray() && now.isArray() && before.size() == now.size()) {
            for (int index = 0; index < before.size(); index++) {
                found.addAll(differences(where + "/" + index, before.get(index), now.get(index)));
            }
        } else if (!before.equals(now) && !isExpectedToDiffer(where)) {
            found.add(where);
        }
        return found;
    }

    /** The program's own version, and what each request makes anew. */
    private static boolean isExpectedToDiffer(String where) {
        return Arrays.asList("/body/version", "/body/pid").contains(where);
    }

    /** Reads what was kept. */
    static JsonNode read(Path file) throws IOException {
        return JSON.readTree(Files.readAllBytes(file));
    }

    /** Keeps them. */
    static void write(Path file, ObjectNode answers) throws IOException {
        Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(answers));
    }
}
