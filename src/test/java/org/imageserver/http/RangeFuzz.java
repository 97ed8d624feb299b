package org.imageserver.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Any Range: a part that the file has, or the whole, or a refusal. */
public final class RangeFuzz {
    private static final long[] SIZES = {0, 1, 2, 1000, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE};

    private RangeFuzz() {}

    /** The first byte chooses the size of the file, the others are the header. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        long size = SIZES[(input[0] & 0xff) % SIZES.length];
        String header = new String(Arrays.copyOfRange(input, 1, input.length), StandardCharsets.ISO_8859_1);
        Optional<ByteRange> range;
        try {
            range = ByteRange.parse(header, size);
        } catch (ApiException e) {
            // No byte of it exists.
            return;
        }
        range.ifPresent(part -> {
            if (part.offset() < 0 || part.length() < 1 || part.offset() > size - part.length()) {
                throw new AssertionError(header + " of " + size + " is " + part);
            }
            if (!part.contentRange(size).matches("bytes [0-9]+-[0-9]+/[0-9]+")) {
                throw new AssertionError(part.contentRange(size));
            }
        });
    }
}
