package org.imageserver.storage.objects;

import org.imageserver.storage.Checksums;

/** Where the bytes of a blob are. Immutable; an object never changes. */
sealed interface Content {
    /** Small ones are in the change itself: a manifest is read with the log, not with a request of its own. */
    final class Inline implements Content {
        private final byte[] bytes;

        Inline(byte[] bytes) {
            this.bytes = bytes;
        }

        /** Not to be changed. */
        byte[] bytes() {
            return bytes;
        }
    }

    /**
     * An object.
     *
     * @param object its name
     * @param checksums of its bytes, computed on their way to the store
     */
    record Stored(String object, Checksums checksums) implements Content {}
}
