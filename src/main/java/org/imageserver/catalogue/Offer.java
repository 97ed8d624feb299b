package org.imageserver.catalogue;

import org.imageserver.storage.StoredBlob;

/** How the file of an image is had that another server has and this one has not. Thread-safe. */
@FunctionalInterface
public interface Offer {
    /**
     * The file as the image states it. It costs nothing until a first byte is asked for; then it is fetched, and reading
     * throws {@link ImageException.FileUnavailable} when that fails. The caller closes it.
     */
    StoredBlob open(Image image);
}
