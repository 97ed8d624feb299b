package org.imageserver.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads what the server remembers beside the images, where somebody may have edited it. */
public final class StateJson {
    private StateJson() {}

    /**
     * Reads one value.
     *
     * @throws JsonProcessingException when it is none of that type, or null, which Jackson takes
     *     for one of every type
     * @throws IOException when it cannot be read
     */
    public static <T> T read(JsonMapper json, InputStream stream, Class<T> type) throws IOException {
        return orRefuse(json.readValue(stream, type));
    }

    /** The same, of a type with parameters. */
    public static <T> T read(JsonMapper json, InputStream stream, TypeReference<T> type) throws IOException {
        return orRefuse(json.readValue(stream, type));
    }

    private static <T> T orRefuse(@Nullable T value) throws JsonProcessingException {
        if (value == null) {
            throw MismatchedInputException.from(null, Object.class, "it is null");
        }
        return value;
    }
}
