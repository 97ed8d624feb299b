package org.imageserver.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a query string, decoded once. A parameter that is given twice is its values joined by commas, as
 * the peer has it: no filter ever matches that by accident.
 */
public final class Query {
    private static final int MAX_PARAMETERS = 256;

    private final Map<String, List<String>> parameters;

    private Query(Map<String, List<String>> parameters) {
        this.parameters = parameters;
    }

    /**
     * Decodes what stands after the question mark.
     *
     * @throws ApiException (BadRequest) when a percent escape is broken
     */
    static Query parse(String text) {
        if (text.isEmpty()) {
            return new Query(Map.of());
        }
        try {
            return new Query(
                    new QueryStringDecoder(text, StandardCharsets.UTF_8, false, MAX_PARAMETERS, true).parameters());
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorCode.BadRequest, "the query string has a broken percent escape: " + text);
        }
    }

    /** The value of a parameter; empty when it is absent. */
    public Optional<String> get(String name) {
        return Optional.ofNullable(parameters.get(name)).map(values -> String.join(",", values));
    }

    /** The values of a parameter, in the order of the query; empty when it is absent. */
    public List<String> all(String name) {
        return parameters.getOrDefault(name, List.of());
    }

    /** The value of a parameter that was given and is not the empty string. */
    public Optional<String> nonEmpty(String name) {
        return get(name).filter(value -> !value.isEmpty());
    }

    /** A parameter that must be {@code true} or {@code false}. */
    public Optional<Boolean> flag(String name) {
        return nonEmpty(name).map(value -> switch (value) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw ApiException.invalidParameter(
                        name, "invalid value for \"" + name + "\" param: \"" + value + "\" is not a boolean");
        });
    }

    /** Every parameter with its value. */
    public Map<String, String> asMap() {
        Map<String, String> joined = new LinkedHashMap<>();
        parameters.forEach((name, values) -> joined.put(name, String.join(",", values)));
        return joined;
    }
}
