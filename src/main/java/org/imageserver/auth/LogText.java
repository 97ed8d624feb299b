package org.imageserver.auth;

/** What strangers sent, made fit for a line of a log or a terminal. */
final class LogText {
    private static final int LONGEST = 80;

    private LogText() {}

    /** Printable ASCII as it is, the rest as escapes; shortened. */
    static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        for (char c : text.substring(0, Math.min(text.length(), LONGEST)).toCharArray()) {
            if (c >= ' ' && c <= '~') {
                printable.append(c);
            } else {
                printable.append(String.format("\\u%04x", (int) c));
            }
        }
        return text.length() > LONGEST ? printable + "..." : printable.toString();
    }
}
