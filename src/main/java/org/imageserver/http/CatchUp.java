package org.imageserver.http;

import java.io.IOException;

/** How a server that shares its images with others takes up what they have changed. Thread-safe. */
public interface CatchUp {
    /** Whether there are others. */
    boolean isNeeded();

    /** Asks for their changes. */
    void run() throws IOException;
}
