package org.imageserver.zfs;

/**
 * The identity of a snapshot, as {@code zfs get guid} shows it.
 *
 * @param bits an unsigned 64-bit number; zero stands for none
 */
public record Guid(long bits) {
    /** In a stream without an origin, what stands for the origin. */
    public static final Guid NONE = new Guid(0);

    /**
     * Reads what {@link #decimal} writes.
     *
     * @throws NumberFormatException when it is not an unsigned 64-bit number
     */
    public static Guid parse(String decimal) {
        return new Guid(Long.parseUnsignedLong(decimal));
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
