package org.imageserver.zfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Says in a person's words what bytes are that stand where something else was expected. */
final class FirstBytes {
    /** How many bytes are enough to tell. */
    static final int LOOKED_AT = 4096;

    private static final int QUOTED = 80;
    private static final int SHOWN = 16;
    private static final int TAR_MAGIC_OFFSET = 257;

    private static final Map<String, String> MAGICS = Map.of(
            "PK\3\4", "a zip archive",
            "LZIP", "lzip data",
            "7z\u00bc\u00af", "a 7-Zip archive",
            "QFI\u00fb", "a QEMU disk image",
            "KDMV", "a VMware disk image");

    private FirstBytes() {}

    /** Where behind a line of text a send stream seems to begin, as when warnings of ssh went into the file. */
    static Optional<Integer> streamBehindText(byte[] bytes) {
        if (text(bytes).isEmpty()) {
            return Optional.empty();
        }
        return IntStream.range(1, bytes.length)
                .filter(at -> RecordHeader.byteOrderAt(bytes, at).isPresent())
                .boxed()
                .findFirst();
    }

    /** A noun phrase for what comes next, of which nothing is taken; at least one byte does. */
    static String describe(Source source) throws IOException {
        return describe(source.peek(LOOKED_AT));
    }

    /** A noun phrase for what the bytes are, of which there is at least one. */
    static String describe(byte[] bytes) {
        if (RecordHeader.byteOrder(bytes).isPresent()) {
            return "the beginning of another send stream";
        }
        if (areZero(bytes)) {
            return "zero bytes";
        }
        Compression compression = Compression.of(bytes);
        if (compression != Compression.NONE) {
            return compression.jsonName() + " data";
        }
        return archive(bytes).or(() -> text(bytes)).orElseGet(() -> unknown(bytes));
    }

    private static boolean areZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static Optional<String> archive(byte[] bytes) {
        String start = new String(bytes, StandardCharsets.ISO_8859_1);
        if (start.startsWith("ustar", TAR_MAGIC_OFFSET)) {
            return Optional.of("a tar archive");
        }
        return MAGICS.entrySet().stream()
                .filter(magic -> start.startsWith(magic.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Text begins with a line of it: what follows may already be something else. */
    private static Optional<String> text(byte[] bytes) {
        String start = new String(bytes, StandardCharsets.UTF_8).strip();
        if (start.isEmpty()) {
            return Optional.of("blanks and line ends");
        }
        String line = start.lines().findFirst().orElse("");
        if (line.chars().anyMatch(FirstBytes::isNotText)) {
            return Optional.empty();
        }
        String lower = start.toLowerCase(Locale.ROOT);
        if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
            return Optional.of("an HTML page");
        }
        String quoted = line.length() <= QUOTED ? line : line.substring(0, QUOTED) + "...";
        return Optional.of("text (\"" + quoted + "\")");
    }

    private static boolean isNotText(int character) {
        return (character != '\t' && Character.isISOControl(character)) || character == '\ufffd';
    }

    private static String unknown(byte[] bytes) {
        String hex = HexFormat.ofDelimiter(" ").formatHex(bytes, 0, Math.min(bytes.length, SHOWN));
        return "bytes of no kind known here (" + hex + (bytes.length > SHOWN ? " ...)" : ")");
    }
}
