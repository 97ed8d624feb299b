package org.imageserver.catalogue;

import java.io.IOException;
import org.imageserver.storage.objects.StoreDownException;

/** Failures of a storage that a client can do something about. */
final class Failures {
    private Failures() {}

    /**
     * The failure by its name, if it has one.
     *
     * @param ifFull what to say of a storage that is full
     */
    static IOException named(IOException failure, String ifFull) {
        if (failure instanceof StoreDownException) {
            return new StorageDownException(failure);
        }
        return StorageFullException.isMeantBy(failure) ? new StorageFullException(ifFull, failure) : failure;
    }
}
