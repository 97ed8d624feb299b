package org.imageserver.http;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a file, in bytes (RFC 9110, 14.1.2).
 *
 * @param offset of the first byte
 * @param length at least one
 */
record ByteRange(long offset, long length) {
    private static final Pattern SINGLE =
            Pattern.compile("bytes=\\s*([0-9]*)\\s*-\\s*([0-9]*)\\s*", Pattern.CASE_INSENSITIVE);

    /**
     * Reads a {@code Range} header for a file of some size.
     *
     * @return the part; empty when the whole file is to be sent, because the header has another unit, is malformed, or
     *     asks for several parts (which a server may ignore)
     * @throws ApiException (RequestedRangeNotSatisfiable) when no byte of it exists
     */
    static Optional<ByteRange> parse(String header, long size) {
        Matcher matcher = SINGLE.matcher(header.strip());
        if (!matcher.matches()
                || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
            return Optional.empty();
        }
        if (matcher.group(1).isEmpty()) {
            long suffix = Math.min(number(matcher.group(2)), size);
            return Optional.of(satisfiable(header, size, size - suffix, size - 1));
        }
        long first = number(matcher.group(1));
        long last = matcher.group(2).isEmpty() ? Long.MAX_VALUE : number(matcher.group(2));
        return first > last
                ? Optional.empty()
                : Optional.of(satisfiable(header, size, first, Math.min(last, size - 1)));
    }

    private static ByteRange satisfiable(String header, long size, long first, long last) {
        if (first > last) {
            throw new ApiException(
                            ErrorCode.RequestedRangeNotSatisfiable,
                            "range '" + header + "' is outside of the " + size + " bytes that there are")
                    .with("Content-Range", "bytes */" + size);
        }
        return new ByteRange(first, last - first + 1);
    }

    /** A number of any length; one beyond any file is as good as the largest. */
    private static long number(String digits) {
        return new BigInteger(digits).min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
    }

    /** The value of {@code Content-Range}. */
    String contentRange(long size) {
        return "bytes " + offset + "-" + (offset + length - 1) + "/" + size;
    }
}
