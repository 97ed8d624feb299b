package org.imageserver.storage;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Follows the directories of a {@link Storage} from look to look. Each watch has a memory of its own. Thread-safe. */
public interface Watch {
    /** How much a look takes in. */
    enum Extent {
        /** All that there is. */
        EVERYTHING,

        /** What a storage can look at in passing: a large one is seen in turn, over several looks. */
        IN_TURN
    }

    /**
     * Tells what is new. A directory is what keys have in common before their only slash; keys without one, or with a
     * hidden segment, do not count.
     *
     * @return the directories that were found to be other than at the last look, each with all that is in it now, sorted
     *     by key; nothing is in one that is gone. The first look at everything tells of everything.
     * @throws IOException when the storage cannot be read; what is new by then is told by the next look
     */
    Map<String, List<BlobInfo>> look(Extent extent) throws IOException;
}
