package org.imageserver.maintenance;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** What disks and hands do to the files of images. */
final class Damage {
    private final Path images;
    private final Map<Path, byte[]> good = new HashMap<>();

    Damage(Path images) {
        this.images = images;
    }

    private Path file(String uuid) {
        return images.resolve(uuid).resolve("file");
    }

    /** Turns a bit as a disk does: nothing but the byte is another. Twice, it is as it was. */
    void flip(String uuid) throws IOException {
        flip(file(uuid), 0, 1);
    }

    private static void flip(Path file, int at, int bit) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= (byte) bit;
        silently(file, bytes);
    }

    private static void silently(Path file, byte[] bytes) throws IOException {
        FileTime time = Files.getLastModifiedTime(file);
        Files.write(file, bytes, StandardOpenOption.WRITE);
        Files.setLastModifiedTime(file, time);
    }

    /**
     * Damages some of the images.
     *
     * @return which
     */
    Set<String> atRandom(long seed, Set<String> all) throws IOException {
        Random random = new Random(seed);
        List<String> order = new ArrayList<>(all);
        Collections.shuffle(order, random);
        for (String uuid : all) {
            good.put(file(uuid), Files.readAllBytes(file(uuid)));
        }
        List<String> chosen = order.subList(0, 2 * (1 + random.nextInt(all.size() / 2 - 1)));
        for (int index = 0; index < chosen.size(); index += 2) {
            Path one = file(chosen.get(index));
            Path two = file(chosen.get(index + 1));
            switch (random.nextInt(5)) {
                case 0 -> {
                    flipSomewhere(one, random);
                    flipSomewhere(two, random);
                }
                case 1 -> {
                    truncate(one, random);
                    truncate(two, random);
                }
                case 2 -> swapNames(one, two);
                case 3 -> swapBytes(one, two);
                default -> {
                    flipSomewhere(one, random);
                    Files.setLastModifiedTime(one, FileTime.fromMillis(random.nextInt()));
                    truncate(two, random);
                }
            }
        }
        return new TreeSet<>(chosen);
    }

    /** Turns a bit as a disk does. */
    static void flipSomewhere(Path file, Random random) throws IOException {
        flip(file, random.nextInt((int) Files.size(file)), 1 << random.nextInt(8));
    }

    private static void truncate(Path file, Random random) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(random.nextInt((int) Files.size(file)));
        }
    }

    private void swapNames(Path one, Path two) throws IOException {
        Path aside = images.resolve(".aside");
        Files.move(one, aside);
        Files.move(two, one);
        Files.move(aside, two);
    }

    private static void swapBytes(Path one, Path two) throws IOException {
        byte[] bytes = Files.readAllBytes(one);
        silently(one, Files.readAllBytes(two));
        silently(two, bytes);
    }

    /** Puts everything as it was. */
    void mendAll() throws IOException {
        for (Map.Entry<Path, byte[]> file : good.entrySet()) {
            Files.write(file.getKey(), file.getValue());
        }
    }
}
