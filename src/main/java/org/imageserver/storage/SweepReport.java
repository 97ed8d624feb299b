package org.imageserver.storage;

import java.util.List;

/**
 * What {@link LocalStorage#sweep} removed.
 *
 * @param names of the pending files, sorted
 * @param bytes their sizes together
 */
public record SweepReport(List<String> names, long bytes) {}
