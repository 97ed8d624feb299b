package org.imageserver.storage;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a file system such as FAT, which answers EPERM to link(2). */
class LocalStorageWithoutHardLinksTest extends StorageContract {
    @TempDir
    Path root;

    @Override
    Storage newStorage() throws IOException {
        return new LocalStorage(root, (link, existing) -> {
            throw new FileSystemException(link.toString(), existing.toString(), "Operation not permitted");
        });
    }
}
