package org.imageserver.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The description of an image, read where it stands in the rendered manifest: 10,000 of them are searched in a few
 * milliseconds without being kept a second time. For one thread; used for one image after the other.
 */
final class Description {
    private static final JsonMapper JSON = new JsonMapper();
    private static final byte[] KEY = "description".getBytes(StandardCharsets.US_ASCII);

    private byte[] text = new byte[4096];

    /**
     * Where in a rendered manifest the text of its description begins, behind the quote; 0 if it has none.
     *
     * @param json compact, as {@link Rendered} has it
     */
    static int indexIn(byte[] json) {
        int at = 1;
        while (at < json.length && json[at] == '"') {
            int endOfKey = endOfString(json, at);
            int value = endOfKey + 2;
            if (json[value] == '"' && Arrays.equals(json, at + 1, endOfKey, KEY, 0, KEY.length)) {
                return value + 1;
            }
            at = endOfValue(json, value) + 1;
        }
        return 0;
    }

    /** Turns to an image. */
    Description of(Image image) {
        int begin = image.descriptionIndex();
        if (begin == 0) {
            text[0] = '"';
            return this;
        }
        int length = image.json().length() - begin;
        if (text.length < length) {
            text = new byte[length * 2];
        }
        image.json().copyTo(text, begin);
        return this;
    }

    /** The text itself, empty if there is none. */
    String text() {
        int end = endOfString(text, -1);
        String raw = new String(text, 0, end, StandardCharsets.UTF_8);
        return raw.indexOf('\\') < 0 ? raw : unescaped(raw);
    }

    /** Whether a word is in it, in whichever case. */
    boolean contains(Words.Word word) {
        if (!word.isPlain()) {
            return isInText(word);
        }
        byte[] bytes = text;
        int lower = word.first();
        int upper = word.firstInUpperCase();
        for (int at = 0; bytes[at] != '"'; at++) {
            int character = bytes[at];
            if (character == '\\') {
                return isInText(word);
            }
            if ((character == lower || character == upper) && word.isAt(bytes, at)) {
                return true;
            }
        }
        return false;
    }

    private boolean isInText(Words.Word word) {
        return text().toLowerCase(Locale.ROOT).contains(word.lower());
    }

    private static String unescaped(String raw) {
        try {
            return JSON.readTree('"' + raw + '"').textValue();
        } catch (JsonProcessingException e) {
            // We wrote this JSON ourselves.
            throw new UncheckedIOException(e);
        }
    }

    /** The index of the closing quote of the string that begins here. */
    private static int endOfString(byte[] json, int quote) {
        int at = quote + 1;
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        return at;
    }

    /** The index of the comma or bracket behind a value. */
    private static int endOfValue(byte[] json, int value) {
        int depth = 0;
        for (int at = value; true; at++) {
            switch (json[at]) {
                case '"' -> at = endOfString(json, at);
                case '{', '[' -> depth++;
                case '}', ']', ',' -> {
                    if (depth == 0) {
                        return at;
                    }
                    depth -= json[at] == ',' ? 0 : 1;
                }
                default -> {
                    // A part of a number or a name.
                }
            }
        }
    }
}
