package org.imageserver.webhooks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.imageserver.files.PrivateFiles;

/**
 * What one receiver has yet to be told, a file for each event, named by its turn and its image; and beside it what was
 * given up. Durable once added. Guarded by whoever has it.
 */
final class Outbox {
    /** Of those that were given up; the oldest go first. */
    private static final int MOST_DEAD = 1000;

    private final Path waiting;
    private final Path dead;
    private long turn;

    /** Makes its directories; what an earlier server has left is found in {@link #letters}. */
    Outbox(Path directory) throws IOException {
        this.waiting = directory.resolve("waiting");
        this.dead = directory.resolve("given-up");
        Files.createDirectories(waiting);
        Files.createDirectories(dead);
        // They name private images.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        this.turn = letters().stream().mapToLong(Letter::turn).max().orElse(0);
    }

    /** An event that waits. */
    record Letter(Path file, long turn, String uuid) {
        private static Letter of(Path file) {
            String[] parts = file.getFileName().toString().split("[_.]", 3);
            return new Letter(file, Long.parseLong(parts[0]), parts[1]);
        }

        byte[] bytes() throws IOException {
            return Files.readAllBytes(file);
        }
    }

    /** All that wait, in their turn. */
    List<Letter> letters() throws IOException {
        return files(waiting).stream().map(Letter::of).toList();
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9]{18}_[0-9a-f-]{36}\\.json"))
                    .sorted()
                    .toList();
        }
    }

    Letter add(String uuid, byte[] event) throws IOException {
        turn++;
        Path file = waiting.resolve("%018d_%s.json".formatted(turn, uuid));
        PrivateFiles.replace(file, event);
        return new Letter(file, turn, uuid);
    }

    void remove(Letter letter) throws IOException {
        Files.deleteIfExists(letter.file());
    }

    void giveUp(Letter letter) throws IOException {
        Files.move(letter.file(), dead.resolve(letter.file().getFileName()), StandardCopyOption.REPLACE_EXISTING);
        List<Path> all = files(dead);
        for (Path oldest : all.subList(0, Math.max(0, all.size() - MOST_DEAD))) {
            Files.delete(oldest);
        }
    }

    /** How many were given up. */
    int dead() throws IOException {
        return files(dead).size();
    }
}
