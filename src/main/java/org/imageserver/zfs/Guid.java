package org.imageserver.zfs;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a snapshot, as {@code zfs get guid} shows it.
 *
 * @param bits an unsigned 64-bit number; zero stands for none
 */
public record Guid(long bits) {
    /** In a stream without an origin, what stands for the origin. */
    public static final Guid NONE = new Guid(0);

    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,20}");

    /**
     * Reads what {@link #decimal} writes.
     *
     * @throws NumberFormatException when it is not an unsigned 64-bit number
     */
    public static Guid parse(String decimal) {
        return new Guid(Long.parseUnsignedLong(decimal));
    }

    /** Reads what somebody may have written by hand; empty when it is no guid. */
    public static Optional<Guid> find(@Nullable String decimal) {
        return Optional.ofNullable(decimal)
                .filter(text -> DECIMAL.matcher(text).matches())
                .filter(text -> new BigInteger(text).bitLength() <= Long.SIZE)
                .map(Guid::parse);
    }

    /** As {@code zfs get guid} and {@code dataset_guid} in manifests write it. */
    public String decimal() {
        return Long.toUnsignedString(bits);
    }

    /** As {@code zstream dump} writes it, without a prefix. */
    public String hex() {
        return Long.toHexString(bits);
    }

    @Override
    public String toString() {
        return decimal();
    }
}
