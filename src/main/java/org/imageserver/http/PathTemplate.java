package org.imageserver.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.imageserver.manifest.Uuid;
import org.jspecify.annotations.Nullable;

/** A path with parts that vary, {@code /images/:uuid/file}. Immutable. */
public final class PathTemplate {
    private final String text;
    private final List<String> segments;

    private PathTemplate(String text) {
        this.text = text;
        this.segments = split(text);
    }

    /** Reads a template. */
    public static PathTemplate of(String text) {
        return new PathTemplate(text);
    }

    /** The names of the parts that vary, in order. */
    public List<String> parameters() {
        return segments.stream()
                .filter(PathTemplate::isParameter)
                .map(segment -> segment.substring(1))
                .toList();
    }

    /** How many segments it has; a path with another number of them is another path. */
    int length() {
        return segments.size();
    }

    /**
     * The values of the parts that vary, decoded; empty when the path is another one.
     *
     * @param given the segments of the path, as many as there are in the template
     */
    Optional<Map<String, String>> match(List<String> given) {
        if (segments.equals(given)) {
            return Optional.of(Map.of());
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int index = 0; index < given.size(); index++) {
            String template = segments.get(index);
            if (!isParameter(template)) {
                if (!template.equals(given.get(index))) {
                    return Optional.empty();
                }
                continue;
            }
            String value = value(template, given.get(index));
            if (value == null) {
                return Optional.empty();
            }
            values.put(template.substring(1), value);
        }
        return Optional.of(values);
    }

    private static @Nullable String value(String template, String segment) {
        if (template.equals(":uuid")) {
            return Uuid.isUuid(segment) ? segment : null;
        }
        try {
            // Plus is itself in a path; only the query reads it as a space.
            return segment.isEmpty() ? null : QueryStringDecoder.decodeComponent(segment.replace("+", "%2B"));
        } catch (IllegalArgumentException e) {
            // A broken percent escape names nothing.
            return null;
        }
    }

    private static boolean isParameter(String segment) {
        return segment.startsWith(":");
    }

    /** The segments of a path, undecoded. */
    static List<String> split(String path) {
        return Arrays.asList(path.split("/", -1));
    }

    /** The template in OpenAPI's notation, {@code /images/{uuid}/file}. */
    String openApi() {
        return text.replaceAll(":([a-z]+)", "{$1}");
    }

    @Override
    public String toString() {
        return text;
    }
}
