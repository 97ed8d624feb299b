package org.imageserver.storage;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The name of a blob: one or more segments joined by {@code /}, as in {@code <uuid>/manifest.json}.
 * Checked once, here, so that whoever holds a key may use it as a path: it is relative, no segment is
 * empty, {@code .} or {@code ..}, and it survives the way to a file name and back. Immutable; ordered
 * by {@link String#compareTo}.
 *
 * @param value at most 1,024 bytes of UTF-8, each segment at most 255 (what file systems and object
 *     stores take); no backslash, no control character
 */
public record BlobKey(String value) implements Comparable<BlobKey> {
    private static final int MAX_BYTES = 1024;
    private static final int MAX_SEGMENT_BYTES = 255;
    private static final int MAX_UTF8_BYTES_PER_CHAR = 3;

    /** @throws IllegalArgumentException when the value breaks a rule; the message names the rule */
    public BlobKey {
        String problem = problemWith(value);
        if (problem != null) {
            throw new IllegalArgumentException("\"" + printable(value) + "\" cannot name a blob: " + problem);
        }
    }

    /**
     * Reads a key.
     *
     * @throws IllegalArgumentException when the value breaks a rule; the message names the rule
     */
    public static BlobKey parse(String value) {
        return new BlobKey(value);
    }

    /** The key of what lies below this one: {@code parse("a").resolve("b")} is {@code a/b}. */
    public BlobKey resolve(String segments) {
        return new BlobKey(value + "/" + segments);
    }

    /**
     * The path of this key below a directory.
     *
     * @throws java.nio.file.InvalidPathException when the file name encoding of this process lacks a
     *     character, as in the locale C
     */
    public Path under(Path directory) {
        return directory.resolve(value);
    }

    /** The segments in order, at least one. */
    public List<String> segments() {
        return List.of(value.split("/"));
    }

    /** Whether a segment begins with a dot. */
    public boolean isHidden() {
        return !isListedUnder("");
    }

    /** Whether {@link Storage#list} with this prefix shows the key. */
    public boolean isListedUnder(String prefix) {
        return isListedUnder(value, prefix);
    }

    static boolean isListedUnder(String value, String prefix) {
        if (!value.startsWith(prefix)) {
            return false;
        }
        int start = 0;
        while (true) {
            if (start >= prefix.length() && value.startsWith(".", start)) {
                return false;
            }
            int slash = value.indexOf('/', start);
            if (slash < 0) {
                return true;
            }
            start = slash + 1;
        }
    }

    /** Says why a text is not a key, or null when it is one: for names that are expected to be odd. */
    static @Nullable String problemWith(String value) {
        for (int start = 0, end; start <= value.length(); start = end + 1) {
            int slash = value.indexOf('/', start);
            end = slash < 0 ? value.length() : slash;
            String problem = problemWithSegment(value, start, end);
            if (problem != null) {
                return problem;
            }
        }
        return isLonger(value, MAX_BYTES) ? "it is longer than " + MAX_BYTES + " bytes" : null;
    }

    private static @Nullable String problemWithSegment(String value, int start, int end) {
        int length = end - start;
        if (length == 0) {
            return "a segment is empty";
        }
        if (length <= 2 && value.startsWith(".", start) && value.charAt(end - 1) == '.') {
            return "a segment is " + value.substring(start, end);
        }
        for (int i = start; i < end; i++) {
            if (!isAllowed(value, i)) {
                return "it holds \"" + printable(value.substring(i, i + 1)) + "\"";
            }
        }
        return length * MAX_UTF8_BYTES_PER_CHAR > MAX_SEGMENT_BYTES
                        && isLonger(value.substring(start, end), MAX_SEGMENT_BYTES)
                ? "a segment is longer than " + MAX_SEGMENT_BYTES + " bytes"
                : null;
    }

    /** U+FFFD is what Java puts in place of bytes that are no text: such a name does not lead back to its file. */
    private static boolean isAllowed(String value, int index) {
        char c = value.charAt(index);
        if (Character.isHighSurrogate(c)) {
            return index + 1 < value.length() && Character.isLowSurrogate(value.charAt(index + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return index > 0 && Character.isHighSurrogate(value.charAt(index - 1));
        }
        return !Character.isISOControl(c) && c != '\\' && c != '\uFFFD';
    }

    private static boolean isLonger(String text, int bytes) {
        return text.length() * MAX_UTF8_BYTES_PER_CHAR > bytes && text.getBytes(StandardCharsets.UTF_8).length > bytes;
    }

    /** The text without anything that could disturb a terminal or a log. */
    static String printable(String text) {
        StringBuilder out = new StringBuilder();
        text.chars().forEach(c -> {
            if (Character.isISOControl(c) || Character.isSurrogate((char) c) || c == '\uFFFD') {
                out.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                out.append((char) c);
            }
        });
        return out.toString();
    }

    @Override
    public int compareTo(BlobKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
