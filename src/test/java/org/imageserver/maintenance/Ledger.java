package org.imageserver.maintenance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What was done to a server and what it said, and what of it cannot be. Times are of {@link System#nanoTime}. It knows
 * histories alone: no server, no disk. Thread-safe.
 */
final class Ledger {
    private final Map<String, Made> made = new ConcurrentHashMap<>();
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();
    private final Queue<Flip> flips = new ConcurrentLinkedQueue<>();
    private final Queue<Served> served = new ConcurrentLinkedQueue<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();

    /**
     * An image that was acknowledged.
     *
     * @param isRemovable whether the rules may take it away, when there are newer ones of its name
     * @param begun before it was there
     * @param ended when it was there; of two whose times overlap, either may be the newer one
     */
    record Made(String uuid, String name, String sha1, boolean isRemovable, long begun, long ended) {}

    /**
     * Bytes that were changed on the disk.
     *
     * @param begun before any was
     * @param ended when they were; {@link Long#MAX_VALUE}: not yet
     * @param known when the server must have known; {@link Long#MAX_VALUE}: not yet
     */
    private record Flip(String uuid, long begun, long ended, long known) {}

    /** A whole file that somebody got. */
    private record Served(String uuid, long begun, long ended, String sha1) {}

    void made(Made image) {
        made.put(image.uuid(), image);
    }

    Optional<Made> find(String uuid) {
        return Optional.ofNullable(made.get(uuid));
    }

    Collection<Made> all() {
        return made.values();
    }

    /** Somebody asks for it to be deleted: from now on it may be gone. */
    void mayBeDeleted(String uuid) {
        deleted.add(uuid);
    }

    boolean isDeleted(String uuid) {
        return deleted.contains(uuid);
    }

    /** From now on the file may have a wrong byte. */
    void flips(String uuid, long now) {
        flips.add(new Flip(uuid, now, Long.MAX_VALUE, Long.MAX_VALUE));
    }

    /** What was said to flip at one time has a wrong byte from now on: who reads it afterwards must see that. */
    void flipped(long begun, long now) {
        List<Flip> done = flips.stream().filter(flip -> flip.begun() == begun).toList();
        flips.removeAll(done);
        done.forEach(flip -> flips.add(new Flip(flip.uuid(), begun, now, flip.known())));
    }

    /** Nothing was changed of what was said to flip at this time. */
    void neverFlipped(long begun) {
        flips.removeIf(flip -> flip.begun() == begun);
    }

    /** The images whose damage the server may not know of, done before some time; all that was begun, for the end of time. */
    Set<String> unknown(long before) {
        Set<String> uuids = new TreeSet<>();
        flips.stream()
                .filter(flip -> flip.known() == Long.MAX_VALUE && (flip.ended() < before || before == Long.MAX_VALUE))
                .forEach(flip -> uuids.add(flip.uuid()));
        return uuids;
    }

    /** How often an image was damaged before some time. */
    long flipsOf(String uuid, long before) {
        return flips.stream()
                .filter(flip -> flip.uuid().equals(uuid) && flip.ended() < before)
                .count();
    }

    long flips() {
        return flips.size();
    }

    /** From now on the server knows of the damage that was done before some time, and serves no byte of it. */
    void known(String uuid, long before, long now) {
        List<Flip> closed = flips.stream()
                .filter(flip -> flip.uuid().equals(uuid) && flip.ended() < before && flip.known() == Long.MAX_VALUE)
                .toList();
        flips.removeAll(closed);
        closed.forEach(flip -> flips.add(new Flip(uuid, flip.begun(), flip.ended(), now)));
    }

    /** Somebody got a whole file. */
    void served(String uuid, long begun, long ended, String sha1) {
        served.add(new Served(uuid, begun, ended, sha1));
    }

    long served() {
        return served.size();
    }

    /** One list: image and what it is built on. */
    void listed(Map<String, Optional<String>> origins) {
        origins.forEach((uuid, origin) -> {
            if (origin.isPresent() && !origins.containsKey(origin.get())) {
                violated("image " + uuid + " is listed, and what it is built on is not: " + origin.get());
            }
        });
    }

    void violated(String what) {
        violations.add(what);
    }

    /**
     * What is wrong in the end.
     *
     * @param there the images whose files are there
     * @param thrown the images in the trash
     * @param kept so many of each name must stay
     */
    List<String> violations(Set<String> there, Set<String> thrown, int kept) {
        List<String> all = new ArrayList<>(violations);
        served.stream().filter(this::isWrong).forEach(file -> all.add("bad bytes were served as whole: " + file));
        for (Made image : made.values()) {
            if (there.contains(image.uuid()) || isDeleted(image.uuid())) {
                continue;
            }
            if (!thrown.contains(image.uuid())) {
                all.add("an acknowledged image is lost: " + image);
            } else if (!image.isRemovable() || newer(image) < kept) {
                all.add("the rules have no right to an image in the trash: " + image);
            }
        }
        return all;
    }

    /** How many may be newer. */
    private long newer(Made image) {
        return made.values().stream()
                .filter(other ->
                        !other.equals(image) && other.name().equals(image.name()) && other.ended() > image.begun())
                .count();
    }

    /** Wrong bytes are forgiven while they were on the disk and the server could not know. */
    private boolean isWrong(Served file) {
        Made image = made.get(file.uuid());
        return image != null
                && !image.sha1().equals(file.sha1())
                && flips.stream()
                        .noneMatch(flip -> flip.uuid().equals(file.uuid())
                                && flip.begun() <= file.ended()
                                && file.begun() < flip.known());
    }
}
