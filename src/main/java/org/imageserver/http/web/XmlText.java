package org.imageserver.http.web;

/** Text for XML. */
final class XmlText {
    private XmlText() {}

    /** Without the characters that XML 1.0 cannot hold, not even escaped: a manifest may have them in JSON. */
    static String of(String text) {
        return text.codePoints()
                .filter(XmlText::isAllowed)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isAllowed(int character) {
        boolean isHalf = character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
        boolean isWhite = character == '\t' || character == '\n' || character == '\r';
        return isWhite || (character >= ' ' && !isHalf && character != 0xFFFE && character != 0xFFFF);
    }
}
