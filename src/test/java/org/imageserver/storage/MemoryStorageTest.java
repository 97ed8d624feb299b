package org.imageserver.storage;

class MemoryStorageTest extends StorageContract {
    @Override
    Storage newStorage() {
        return new MemoryStorage();
    }
}
