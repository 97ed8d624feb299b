package org.imageserver.catalogue;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Words that a person looks for. An image matches when each of them is a part of its name, version, uuid, system, type,
 * brand or description; the case does not matter. For one thread.
 */
public final class Words {
    /** More words than this are ignored: nobody types them, and each costs a look at every image. */
    static final int MOST = 8;

    private final List<Word> words;
    private final Description description = new Description();

    private Words(List<Word> words) {
        this.words = words;
    }

    /** One of them in lower case. */
    record Word(String lower, boolean isPlain, boolean isOfUuid) {
        static Word of(String lower) {
            return new Word(
                    lower,
                    lower.chars().allMatch(Word::isPlain),
                    lower.chars().allMatch(character -> "0123456789abcdef-".indexOf(character) >= 0));
        }

        /** Whether JSON has it as one byte, which no other character shares. */
        private static boolean isPlain(int character) {
            return character < 0x80 && character != '"' && character != '\\';
        }

        int length() {
            return lower.length();
        }

        char first() {
            return lower.charAt(0);
        }

        char firstInUpperCase() {
            return Character.toUpperCase(lower.charAt(0));
        }

        /** Whether its second character and those behind it stand at this place, for ASCII. */
        boolean isAt(byte[] text, int at) {
            for (int index = 1; index < lower.length(); index++) {
                int character = text[at + index];
                if (character != lower.charAt(index) && Character.toLowerCase(character) != lower.charAt(index)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The words of a text, which white space separates. */
    public static Words of(String text) {
        return new Words(Arrays.stream(text.toLowerCase(Locale.ROOT).split("\\s+", -1))
                .filter(word -> !word.isEmpty())
                .distinct()
                .limit(MOST)
                .map(Word::of)
                .toList());
    }

    /** Whether an image has them all; every image has no words. */
    public boolean match(Image image) {
        boolean isDescriptionFound = false;
        for (Word word : words) {
            if (isInFacts(image, word)) {
                continue;
            }
            if (!isDescriptionFound) {
                description.of(image);
                isDescriptionFound = true;
            }
            if (!description.contains(word)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isInFacts(Image image, Word word) {
        return contains(image.name(), word)
                || contains(image.version(), word)
                || contains(image.os(), word)
                || contains(image.type(), word)
                || contains(image.brand(), word)
                || (word.isOfUuid() && image.uuid().contains(word.lower()));
    }

    private static boolean contains(String text, Word word) {
        char lower = word.first();
        char upper = word.firstInUpperCase();
        int last = text.length() - word.length();
        for (int at = 0; at <= last; at++) {
            char character = text.charAt(at);
            if ((character == lower || character == upper)
                    && text.regionMatches(true, at, word.lower(), 0, word.length())) {
                return true;
            }
        }
        return false;
    }
}
