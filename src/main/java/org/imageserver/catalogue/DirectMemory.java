package org.imageserver.catalogue;

import java.nio.ByteBuffer;

/** Bytes where sockets take them without a copy. The garbage collector frees them. */
final class DirectMemory {
    private DirectMemory() {}

    /**
     * A read-only copy of some bytes in direct memory; where there is no more of it, on the heap. That happens when
     * slow readers hold many old lists: then an answer is copied on its way, but no change is refused.
     */
    static ByteBuffer copyOf(byte[] bytes) {
        try {
            return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip().asReadOnlyBuffer();
        } catch (OutOfMemoryError e) {
            // Says that MaxDirectMemorySize is reached: the one error of this kind after which everything is in order.
            return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
        }
    }
}
