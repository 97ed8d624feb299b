package org.imageserver.catalogue;

import java.io.IOException;

/** While it was read, a file turned out to be damaged. It is read again soon, and put in quarantine or mended then. */
public final class DamagedFileException extends IOException {
    DamagedFileException(IOException cause) {
        super(
                "the file is damaged where it is stored, and cannot be had at the moment; it is read again, and mended where"
                        + " there are other copies of it",
                cause);
    }
}
