package org.imageserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The recorded answers of a running sdc-imgapi 4.13.1 ({@code src/test/resources/golden}): every step is the curl command
 * that was run and all that came back, in the order in which one server saw them.
 */
public final class Golden {
    private static final Pattern SEPARATOR = Pattern.compile("(?m)^={70,}\n(?=## )");
    private static final Pattern WORD = Pattern.compile("(?:'[^']*'|[^\\s'])+");
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 (\\d{3}) .*");
    private static final Pattern CUT = Pattern.compile("\\.\\.\\. <truncated, \\d+ chars>$");
    private static final String FIXTURES = "$FIXTURES/";

    private Golden() {}

    /**
     * One request and what came of it.
     *
     * @param id such as create-001
     * @param title what the recorder meant to try
     * @param target path and query, as sent
     * @param headers those that curl was told to send, and the Content-Type that it adds by itself
     * @param answer empty where the peer died or said nothing
     */
    public record Step(
            String id,
            String title,
            String method,
            String target,
            Map<String, String> headers,
            Body body,
            Optional<Answer> answer) {
        @Override
        public String toString() {
            return id + " " + title;
        }
    }

    /** What a request carried. */
    public sealed interface Body {
        /** Nothing. */
        record None() implements Body {}

        /** Text on the command line. */
        record Text(String text) implements Body {}

        /** A file whose content was not recorded. */
        record Fixture(String fileName) implements Body {}

        /** Fields of a form, "name=value". */
        record Form(List<String> fields) implements Body {}
    }

    /**
     * What the peer said.
     *
     * @param headers by name, whatever its case
     * @param body text without the line break at its end; binary ones are described in angle brackets
     */
    public record Answer(int status, Map<String, String> headers, String body) {
        /** True when the recorder kept only the beginning of a long body. */
        public boolean isCut() {
            return CUT.matcher(body).find();
        }
    }

    /** The steps of one transcript, in order. */
    public static List<Step> steps(String name) {
        return SEPARATOR
                .splitAsStream(resource("/golden/" + name + ".txt"))
                .skip(1) // says what was recorded
                .map(Golden::step)
                .toList();
    }

    /** The text of a resource of the tests. */
    public static String resource(String path) {
        try (InputStream in = Objects.requireNonNull(Golden.class.getResourceAsStream(path), path)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Step step(String text) {
        String[] lines = text.split("\n", 3);
        String[] title = lines[0].substring("## ".length()).split(" +", 2);
        Command command = new Command(words(lines[1].substring("$ curl ".length())));
        return new Step(
                title[0], title[1], command.method, command.target, command.headers, command.body(), answer(lines[2]));
    }

    /** Shell words with single quotes: the recorder used no others. */
    private static List<String> words(String command) {
        return WORD.matcher(command)
                .results()
                .map(word -> word.group().replace("'", ""))
                .toList();
    }

    private static Optional<Answer> answer(String text) {
        String[] headAndBody = text.split("\n\n", 2);
        List<String> head = headAndBody[0].lines().toList();
        Matcher status = STATUS_LINE.matcher(head.getFirst());
        if (!status.matches()) {
            return Optional.empty();
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String header : head.subList(1, head.size())) {
            addHeader(headers, header);
        }
        String body = headAndBody.length == 1 ? "" : headAndBody[1].strip();
        return Optional.of(new Answer(Integer.parseInt(status.group(1)), headers, body));
    }

    private static void addHeader(Map<String, String> headers, String header) {
        String[] nameAndValue = header.split(": *", 2);
        headers.put(nameAndValue[0], nameAndValue[1]);
    }

    /** A curl command line, understood as far as the recorder used it. */
    private static final class Command {
        private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        private final List<String> form = new ArrayList<>();
        private @Nullable String data;
        private @Nullable String upload;
        private String method = "GET";
        private String target = "";

        Command(List<String> words) {
            for (int i = 0; i < words.size(); i++) {
                switch (words.get(i)) {
                    case "-i" -> {}
                    case "-I" -> method = "HEAD";
                    case "-X" -> method = words.get(++i);
                    case "-m" -> i++;
                    case "-F" -> form.add(words.get(++i));
                    case "-T" -> upload = words.get(++i);
                    case "--data-binary" -> data = words.get(++i);
                    case "-H" -> addHeader(headers, words.get(++i));
                    default -> target = words.get(i).replaceFirst("^http://[^/]*", "");
                }
            }
            if (data != null) {
                headers.putIfAbsent("Content-Type", "application/x-www-form-urlencoded");
            }
            headers.values().removeIf(String::isEmpty); // "-H Content-Type:" sends none
        }

        Body body() {
            if (!form.isEmpty()) {
                return new Body.Form(List.copyOf(form));
            }
            if (upload != null) {
                return new Body.Fixture(upload.replace(FIXTURES, ""));
            }
            if (data == null) {
                return new Body.None();
            }
            return data.startsWith("@")
                    ? new Body.Fixture(data.substring(1).replace(FIXTURES, ""))
                    : new Body.Text(data);
        }
    }
}
