package org.imageserver.catalogue;

import java.util.Optional;
import org.imageserver.storage.BlobInfo;

/** What there is of an image beside its manifest. */
public enum Part {
    /** What is installed. */
    FILE,
    /** A picture for people. */
    ICON;

    /** Its bytes, if an image has it and it is here. */
    Optional<BlobInfo> of(Image image) {
        if (image.isOffered()) {
            return Optional.empty();
        }
        return switch (this) {
            case FILE -> image.file().map(Image.File::blob);
            case ICON -> image.icon();
        };
    }
}
