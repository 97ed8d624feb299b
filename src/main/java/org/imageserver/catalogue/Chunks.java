package org.imageserver.catalogue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Images in a row, cut into chunks, with something made of each chunk. After a change of the images, only those chunks
 * are made anew in which something changed; all others are shared with what was before. Immutable.
 *
 * @param <T> what is made
 */
public final class Chunks<T> {
    /**
     * One image in 64 begins a chunk, on average. Smaller chunks make a change cheaper; larger ones compress better and
     * make fewer pieces to send.
     */
    private static final int MEAN_SIZE_BITS = 6;

    private static final int GOLDEN_RATIO = 0x9E3779B9;

    /** From so many new chunks on, making them is worth several threads. */
    private static final int MANY = 8;

    private final List<Chunk<T>> chunks;

    private Chunks(List<Chunk<T>> chunks) {
        this.chunks = chunks;
    }

    private record Chunk<T>(List<Image> images, T made) {}

    /** Of no images. */
    public static <T> Chunks<T> none() {
        return new Chunks<>(List.of());
    }

    /** The chunks of these images, with those of before as far as they are of the very same images. */
    public Chunks<T> with(List<Image> images, Function<List<Image>, T> make) {
        Map<String, Chunk<T>> known = HashMap.newHashMap(chunks.size());
        chunks.forEach(chunk -> known.put(chunk.images().getFirst().uuid(), chunk));
        List<List<Image>> runs = cut(images);
        Stream<List<Image>> stream = runs.size() > chunks.size() + MANY ? runs.parallelStream() : runs.stream();
        return new Chunks<>(stream.map(run -> {
                    Chunk<T> before = known.get(run.getFirst().uuid());
                    return before != null && isSame(before.images(), run)
                            ? before
                            : new Chunk<>(List.copyOf(run), make.apply(run));
                })
                .toList());
    }

    /** What was made, in the order of the images. */
    public List<T> all() {
        return chunks.stream().map(Chunk::made).toList();
    }

    private static List<List<Image>> cut(List<Image> images) {
        List<List<Image>> runs = new ArrayList<>((images.size() >> MEAN_SIZE_BITS) + 1);
        int begin = 0;
        for (int index = 1; index <= images.size(); index++) {
            if (index == images.size() || begins(images.get(index))) {
                runs.add(images.subList(begin, index));
                begin = index;
            }
        }
        return runs;
    }

    /**
     * Whether an image begins a chunk. Its uuid alone decides, so the chunks depend on which images there are, and not
     * on the changes that led to them: the same list has the same tag and the same bytes after every history.
     */
    private static boolean begins(Image image) {
        int mixed = image.uuid().hashCode() * GOLDEN_RATIO;
        return (mixed >>> (Integer.SIZE - MEAN_SIZE_BITS)) == 0;
    }

    /** The very same objects: an image that was read again is another one, and telling that is cheap. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(List<Image> before, List<Image> now) {
        if (before.size() != now.size()) {
            return false;
        }
        for (int index = 0; index < before.size(); index++) {
            if (before.get(index) != now.get(index)) {
                return false;
            }
        }
        return true;
    }
}
