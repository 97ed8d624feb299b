package org.imageserver.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The description in an image's rendered manifest. It is found there each time, in less than a microsecond, so that
 * 10,000 of them are searched without being kept a second time. For one thread; used for one image after the other.
 */
final class Description {
    private static final JsonMapper JSON = new JsonMapper();
    private static final byte[] KEY = "description".getBytes(StandardCharsets.US_ASCII);

    private byte[] json = new byte[4096];
    private int begin;
    private int end;
    private boolean isEscaped;

    /** Turns to a manifest; without a description its text is empty. */
    Description of(Rendered manifest) {
        if (json.length < manifest.length()) {
            json = new byte[manifest.length() * 2];
        }
        manifest.copyTo(json);
        begin = 0;
        end = 0;
        isEscaped = false;
        int at = 1;
        while (json[at] == '"') {
            int endOfKey = endOfString(at);
            int value = endOfKey + 2;
            if (json[value] == '"' && Arrays.equals(json, at + 1, endOfKey, KEY, 0, KEY.length)) {
                begin = value + 1;
                end = endOfString(value);
                return this;
            }
            at = endOfValue(value) + 1;
        }
        return this;
    }

    /** The text itself. */
    String text() {
        String raw = new String(json, begin, end - begin, StandardCharsets.UTF_8);
        return raw.indexOf('\\') >= 0 ? unescaped(raw) : raw;
    }

    /** Whether a word is in it, in whichever case. */
    boolean contains(Words.Word word) {
        if (isEscaped || !word.isAscii()) {
            return text().toLowerCase(Locale.ROOT).contains(word.lower());
        }
        byte[] text = json;
        byte lower = word.first();
        byte upper = word.firstInUpperCase();
        int last = end - word.length();
        for (int at = begin; at <= last; at++) {
            if ((text[at] == lower || text[at] == upper) && word.isAt(text, at)) {
                return true;
            }
        }
        return false;
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
    private int endOfString(int quote) {
        byte[] text = json;
        int at = quote + 1;
        while (text[at] != '"') {
            if (text[at] == '\\') {
                isEscaped = true;
                at++;
            }
            at++;
        }
        return at;
    }

    /** The index of the comma or bracket behind a value. */
    private int endOfValue(int value) {
        int depth = 0;
        for (int at = value; true; at++) {
            switch (json[at]) {
                case '"' -> at = endOfString(at);
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
