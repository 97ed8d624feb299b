package org.imageserver.http;

import java.util.Arrays;

/**
 * Entity tags and the two headers that compare them (RFC 9110, 8.8.3, 13.1). Tolerant as the peer is: quoted, bare and
 * weak tags, lists and {@code *} are understood.
 */
final class EntityTags {
    /** What the tag of a gzipped answer ends with: it has other bytes, so it must have another tag. */
    static final String GZIP_SUFFIX = "-gzip";

    private EntityTags() {}

    static String quoted(String tag) {
        return '"' + tag + '"';
    }

    /** Whether a header ({@code If-None-Match}, {@code If-Match}) names the tag, in whichever encoding. */
    static boolean matches(String header, String tag) {
        return Arrays.stream(header.split(",", -1))
                .map(String::strip)
                .anyMatch(candidate -> candidate.equals("*") || bare(candidate).equals(tag));
    }

    /** Whether {@code If-Range} names the tag: strong comparison, so a weak tag never does. */
    static boolean matchesStrongly(String header, String tag) {
        return !header.startsWith("W/") && bare(header.strip()).equals(tag);
    }

    private static String bare(String candidate) {
        String tag = candidate.startsWith("W/") ? candidate.substring(2) : candidate;
        if (tag.length() >= 2 && tag.startsWith("\"") && tag.endsWith("\"")) {
            tag = tag.substring(1, tag.length() - 1);
        }
        return tag.endsWith(GZIP_SUFFIX) ? tag.substring(0, tag.length() - GZIP_SUFFIX.length()) : tag;
    }
}
