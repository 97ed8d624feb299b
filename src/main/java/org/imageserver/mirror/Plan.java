package org.imageserver.mirror;

import java.util.List;

/**
 * What has to be done so that this server has what is wanted of a source.
 *
 * @param missing to be fetched, each after its origin
 * @param changed images from that source whose state is another there
 * @param gone uuids of images from that source that it does not have any more
 * @param present how many of the wanted are here
 * @param isUnchanged whether the source's list is the one of last time, and nothing was missing then
 */
public record Plan(List<Listed> missing, List<Listed> changed, List<String> gone, int present, boolean isUnchanged) {
    /** What is to be fetched, in bytes. */
    public long bytes() {
        return missing.stream().mapToLong(Listed::size).sum();
    }
}
