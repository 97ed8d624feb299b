package org.imageserver.storage.objects;

class MemoryObjectsTest extends ObjectStoreContract {
    @Override
    ObjectStore newStore() {
        return new MemoryObjects();
    }
}
