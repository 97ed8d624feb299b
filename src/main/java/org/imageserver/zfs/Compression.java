package org.imageserver.zfs;

/** The compressions in which an image file may come, told apart by their first bytes. */
public enum Compression {
    /** No compression that is known here: the bytes are taken as they are. */
    NONE("none") {
        @Override
        boolean startsHere(byte[] first) {
            return true;
        }
    },
    GZIP("gzip") {
        @Override
        boolean startsHere(byte[] first) {
            return startsWith(first, 0x1f, 0x8b);
        }
    },
    BZIP2("bzip2") {
        @Override
        boolean startsHere(byte[] first) {
            return startsWith(first, 'B', 'Z', 'h') && first.length > 3 && first[3] >= '1' && first[3] <= '9';
        }
    },
    XZ("xz") {
        @Override
        boolean startsHere(byte[] first) {
            return startsWith(first, 0xfd, '7', 'z', 'X', 'Z', 0);
        }
    },
    /** Including files that begin with a skippable frame, as pzstd writes them. */
    ZSTD("zstd") {
        @Override
        boolean startsHere(byte[] first) {
            return startsWith(first, 0x28, 0xb5, 0x2f, 0xfd) || ZstdFrame.isSkippable(first);
        }
    };

    /** How many bytes {@link #of} wants to see. */
    static final int MAGIC_BYTES = 6;

    private final String jsonName;

    Compression(String jsonName) {
        this.jsonName = jsonName;
    }

    /** The name as manifests and the {@code compression} parameter spell it. */
    public String jsonName() {
        return jsonName;
    }

    /**
     * Tells the compression from the first bytes of a file.
     *
     * @param first at least six bytes, or the whole file when it is shorter
     */
    public static Compression of(byte[] first) {
        for (Compression compression : values()) {
            if (compression != NONE && compression.startsHere(first)) {
                return compression;
            }
        }
        return NONE;
    }

    /** Whether a member (stream, frame) of this compression starts with these bytes. */
    abstract boolean startsHere(byte[] first);

    private static boolean startsWith(byte[] bytes, int... magic) {
        if (bytes.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if (bytes[i] != (byte) magic[i]) {
                return false;
            }
        }
        return true;
    }
}
