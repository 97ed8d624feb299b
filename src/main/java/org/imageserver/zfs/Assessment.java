package org.imageserver.zfs;

import java.util.List;

/**
 * Whether an intact stream makes an image that SmartOS can use. Sentences for people.
 *
 * @param refusals why it does not; empty when it does
 * @param warnings what its publisher should know all the same
 */
public record Assessment(List<String> refusals, List<String> warnings) {
    public Assessment {
        refusals = List.copyOf(refusals);
        warnings = List.copyOf(warnings);
    }

    public boolean isUsable() {
        return refusals.isEmpty();
    }
}
