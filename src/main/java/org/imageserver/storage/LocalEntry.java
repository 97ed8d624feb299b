package org.imageserver.storage;

import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/** What {@link LocalTree} finds at a path. */
sealed interface LocalEntry {

    /**
     * A blob.
     *
     * @param path where it was found, perhaps a symlink: what a delete removes
     * @param real the file itself: what is opened
     */
    record RegularFile(Path path, Path real, BasicFileAttributes attributes) implements LocalEntry {
        BlobInfo info(BlobKey key) {
            return describe(key, attributes);
        }
    }

    /** A directory, by its real path. */
    record Directory(Path path) implements LocalEntry {}

    /** Something that exists and is not trusted; the reason completes "PATH ". */
    record Refused(String reason) implements LocalEntry {}

    /** Nothing. */
    record Absent() implements LocalEntry {}

    static BlobInfo describe(BlobKey key, BasicFileAttributes attributes) {
        String version = inode(attributes) + "-" + attributes.size() + "-"
                + attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
        return new BlobInfo(
                key, attributes.size(), attributes.lastModifiedTime().toInstant(), version);
    }

    /**
     * Out of "(dev=fe00,ino=1c0a)", the only form in which Java gives it cheaply. Without the device,
     * whose number may change at a reboot; a version outlives that.
     */
    private static String inode(BasicFileAttributes attributes) {
        String identity = String.valueOf(attributes.fileKey());
        int start = identity.indexOf("ino=");
        return start < 0 ? identity : identity.substring(start + "ino=".length(), identity.length() - 1);
    }
}
