package org.imageserver.zfs;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of stream features, with room for those that have no name here.
 *
 * @param bits bit n is the feature of number n, as {@code zstream dump} shows them
 */
public record Features(long bits) {
    public static final Features NONE = new Features(0);

    private static final long NAMED = of(Feature.values()).bits;

    public static Features of(Feature... features) {
        long bits = 0;
        for (Feature feature : features) {
            bits |= feature.mask();
        }
        return new Features(bits);
    }

    public boolean has(Feature feature) {
        return (bits & feature.mask()) != 0;
    }

    public boolean isEmpty() {
        return bits == 0;
    }

    public Features and(Features others) {
        return new Features(bits | others.bits);
    }

    public Features without(Features others) {
        return new Features(bits & ~others.bits);
    }

    /** Those that have a name here. */
    public Features known() {
        return new Features(bits & NAMED);
    }

    /** The names in the order of their bits; "bit 37" for one without a name. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (Feature feature : Feature.values()) {
            if (has(feature)) {
                names.add(feature.name());
            }
        }
        long unnamed = without(known()).bits;
        while (unnamed != 0) {
            names.add("bit " + Long.numberOfTrailingZeros(unnamed));
            unnamed &= unnamed - 1;
        }
        return List.copyOf(names);
    }

    /** The names, joined by commas. */
    @Override
    public String toString() {
        return String.join(", ", names());
    }
}
