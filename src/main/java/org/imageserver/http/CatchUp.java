package org.imageserver.http;

import java.io.IOException;
import org.imageserver.catalogue.ImageException;

/** How a server takes up what others have and it does not know yet. Thread-safe. */
public interface CatchUp {
    /** Whether there are others. */
    boolean isNeeded();

    /** Asks them for what is missing here; it may take some seconds. */
    void run(ImageException.NotFound missing) throws IOException;
}
