package org.imageserver.storage.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.imageserver.storage.objects.FaultyObjects.Fault;
import org.junit.jupiter.api.Test;

/** A store on which acknowledged images would get lost is refused before there are any. */
class CreateProbeTest {
    private final MemoryObjects objects = new MemoryObjects();

    @Test
    void takesAStoreThatLetsOneCreate() throws IOException {
        CreateProbe.check(objects, "images");
        assertThat(objects.list("")).as("left behind").isEmpty();
    }

    /** As a store whose answers are those of this method. */
    private abstract static class Unfit extends FaultyObjects {
        Unfit(ObjectStore store) {
            super(store);
        }

        @Override
        public abstract boolean create(String name, byte[] bytes) throws IOException;
    }

    @Test
    void refusesAStoreThatIgnoresTheCondition() {
        ObjectStore ignorant = new Unfit(objects) {
            @Override
            public boolean create(String name, byte[] bytes) {
                objects.create(name, bytes);
                return true;
            }
        };
        assertThatThrownBy(() -> CreateProbe.check(ignorant, "images"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the object store of bucket images cannot be used")
                .hasMessageContaining("8 were told that they were first")
                .hasMessageContaining("docs/scaling.md");
        assertThat(objects.list("")).as("left behind").isEmpty();
    }

    /** Alone, each of its callers gets the right answer. */
    @Test
    void refusesAStoreThatLooksFirstAndWritesThen() {
        CyclicBarrier haveLooked = new CyclicBarrier(8);
        ObjectStore hasty = new Unfit(objects) {
            @Override
            public boolean create(String name, byte[] bytes) throws IOException {
                boolean isFree = objects.read(name).isEmpty();
                try {
                    haveLooked.await();
                } catch (InterruptedException | BrokenBarrierException e) {
                    throw new IOException(e);
                }
                objects.create(name, bytes);
                return isFree;
            }
        };
        assertThatThrownBy(() -> CreateProbe.check(hasty, "images"))
                .hasMessageContaining("were told that they were first");
    }

    @Test
    void refusesAStoreThatKnowsNoSuchCondition() {
        ObjectStore old = new Unfit(objects) {
            @Override
            public boolean create(String name, byte[] bytes) {
                return false;
            }
        };
        assertThatThrownBy(() -> CreateProbe.check(old, "images"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bucket images cannot be used")
                .hasMessageContaining("If-None-Match");
    }

    @Test
    void saysThatAStoreIsDown() {
        ObjectStore down = new FaultyObjects(objects, (operation, name) -> Fault.REFUSED);
        assertThatThrownBy(() -> CreateProbe.check(down, "images")).isInstanceOf(StoreDownException.class);
    }

    /** Amazon tells some of those who create at once to try again later. */
    @Test
    void takesAStoreThatTurnsSomeAway() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        ObjectStore busy = new FaultyObjects(
                objects,
                (operation, name) ->
                        operation.equals("create") && calls.getAndIncrement() % 3 > 0 ? Fault.LOST : Fault.NONE);
        CreateProbe.check(busy, "images");
        assertThat(List.copyOf(objects.list(""))).isEmpty();
    }
}
