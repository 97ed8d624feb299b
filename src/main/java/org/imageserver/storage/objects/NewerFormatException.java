package org.imageserver.storage.objects;

import java.io.IOException;

/** What lies in the store was written by a version that knows more than this one, which would misread it. */
final class NewerFormatException extends IOException {
    NewerFormatException(String name, int format) {
        super(name + " in the object store is of format " + format + ", and this server knows format "
                + ChangeJson.VERSION + ": run the same version everywhere");
    }
}
