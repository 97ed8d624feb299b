package org.imageserver.http.web;

import java.util.Map;
import org.imageserver.catalogue.Sha1;
import org.imageserver.http.Body;
import org.imageserver.http.Reply;

/**
 * Two words in a small picture, for READMEs.
 *
 * @param left on grey
 * @param right on colour
 * @param leftWidth pixels of the grey part
 * @param rightWidth pixels of the coloured part
 */
record Badge(String left, String right, int leftWidth, int rightWidth) {
    private static final int LONGEST = 60;
    private static final int MARGIN = 6;

    /** The picture, which asks its reader to look again each time. */
    static Reply of(String left, String right) {
        String shownLeft = shortened(XmlText.of(left));
        String shownRight = shortened(XmlText.of(right));
        Badge badge =
                new Badge(shownLeft, shownRight, textWidth(shownLeft) + 2 * MARGIN, textWidth(shownRight) + 2 * MARGIN);
        byte[] svg = HtmlReply.rendered((output, nobody) -> JtebadgeGenerated.render(output, nobody, badge));
        return new Reply.Content(
                200,
                "image/svg+xml",
                Body.of(svg),
                Sha1.hex(svg),
                Map.of(
                        "Cache-Control",
                        "no-cache",
                        "Content-Security-Policy",
                        "default-src 'none'",
                        "X-Content-Type-Options",
                        "nosniff"));
    }

    int width() {
        return leftWidth + rightWidth;
    }

    int leftText() {
        return leftWidth - 2 * MARGIN;
    }

    int rightText() {
        return rightWidth - 2 * MARGIN;
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST)) + "…";
    }

    /** As Verdana of 11 pixels has it, about; the picture stretches the text to just this. */
    private static int textWidth(String text) {
        double width = text.codePoints()
                .mapToDouble(character -> {
                    if ("fijlrtI.,:;|!'()[]/- ".indexOf(character) >= 0) {
                        return 4.3;
                    }
                    if ("mwMW@%".indexOf(character) >= 0) {
                        return 10;
                    }
                    return character >= 0x2E80 ? 12 : 7;
                })
                .sum();
        return (int) Math.ceil(width);
    }
}
