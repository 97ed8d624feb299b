package org.imageserver.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.imageserver.Policies;
import org.imageserver.TestAccount;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Trash;
import org.imageserver.config.Settings;
import org.imageserver.maintenance.Ledger.Made;
import org.imageserver.retention.Pulls;
import org.imageserver.retention.Retention;
import org.imageserver.storage.LocalStorage;

/** A server with a source, and everything that is done to it at once. Each method is for one thread, or for many alike. */
final class Site implements AutoCloseable {
    /** Of each name that the rule is about. */
    static final int KEPT = 3;

    private static final int MIRRORED = 20;

    private static final Principal.Account OPERATOR =
            new Principal.Account("operator", "00000000-0000-0000-0000-000000000000", Role.ADMIN);

    private final Ledger ledger;
    private final long seed;
    private final TestServer upstream;
    private final TestServer server;
    private final Path images;
    private final TestAccount admin;
    private final Trash trash;
    private final Retention retention;
    private final AtomicInteger contents = new AtomicInteger();
    private final AtomicInteger mirrored = new AtomicInteger();
    private final AtomicInteger passes = new AtomicInteger();
    private final AtomicLong deduped = new AtomicLong();

    /** So that it is known whose bytes are changed. */
    private final ReentrantLock disk = new ReentrantLock();

    /** The seeds of the bytes of images, by which they are uploaded again. */
    private final Map<String, Integer> own = new ConcurrentHashMap<>();

    private Site(Path directory, Ledger ledger, long seed) throws Exception {
        this.ledger = ledger;
        this.seed = seed;
        Path source = Files.createDirectories(directory.resolve("upstream"));
        this.upstream = TestServer.start(source, "\"verify_streams\": \"off\", \"scrub\": {\"interval_days\": 0}");
        for (int number = 0; number < MIRRORED; number++) {
            growUpstream();
        }
        Path here = Files.createDirectories(directory.resolve("server"));
        this.server = TestServer.start(here, """
                "verify_streams": "off", "rescan_seconds": 0.2, "scrub": {"interval_days": 0},
                "sources": [{"url": "%s", "interval_seconds": 10}],
                "retention": [{"name": "~base", "keep_newest": %d}]
                """.formatted(upstream.uri(""), KEPT));
        this.images = server.images().directory();
        this.admin = server.account("boss", Role.ADMIN);
        Settings settings = Settings.read(here.resolve("config.json"), Settings.Overrides.NONE);
        this.trash = new Trash(new LocalStorage(images), Policies.ofImages(settings));
        this.retention =
                new Retention(settings, server.server().catalogue(), trash, new NeverPulled(), InstantSource.system());
    }

    static Site start(Path directory, Ledger ledger, long seed) throws Exception {
        return new Site(directory, ledger, seed);
    }

    /** The rule asks for nothing of the kind. */
    private static final class NeverPulled implements Pulls {
        @Override
        public Optional<Instant> since() {
            return Optional.empty();
        }

        @Override
        public Optional<Instant> last(String uuid) {
            return Optional.empty();
        }
    }

    private byte[] bytes(int number) {
        // Two after each other are the same.
        Random random = new Random(seed * 37 + number / 2);
        byte[] bytes = new byte[1000 + random.nextInt(200_000)];
        random.nextBytes(bytes);
        bytes[0] = 'x';
        return bytes;
    }

    int passes() {
        return passes.get();
    }

    /** One more image where the mirror gets its images from. */
    void growUpstream() {
        int number = mirrored.incrementAndGet();
        byte[] file = bytes(contents.incrementAndGet());
        String uuid = TestImages.uuid(number);
        ObjectNode manifest =
                TestImages.manifest(uuid, file).put("type", "other").put("name", "base-mirrored");
        ((ObjectNode) manifest.at("/files/0")).put("compression", "none");
        upstream.images().put(uuid, "file", file);
        upstream.images().put(uuid, "manifest.json", manifest.toPrettyString());
    }

    /** Publishes an image, or one that is built on another, or deletes one. */
    void write(Random random) {
        List<String> mine = List.copyOf(own.keySet());
        switch (random.nextInt(8)) {
            case 0 -> {
                if (!mine.isEmpty()) {
                    delete(mine.get(random.nextInt(mine.size())));
                }
            }
            case 1 -> {
                if (!mine.isEmpty()) {
                    publish("built", "&origin=" + mine.get(random.nextInt(mine.size())), false);
                }
            }
            case 2 -> publish("base-0", "&tags=" + encoded("{\"pinned\": true}"), false);
            case 3 -> publish("kept", "", false);
            default -> publish("base-" + random.nextInt(3), "", true);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private void publish(String name, String more, boolean isRemovable) {
        int number = contents.incrementAndGet();
        byte[] file = bytes(number);
        long begun = System.nanoTime();
        HttpResponse<String> answer = server.send(
                "POST",
                "/publish?name=" + name + "&version=" + number + "&type=other&os=other&public=true" + more,
                BodyPublishers.ofByteArray(file),
                "Authorization",
                admin.basic());
        if (answer.statusCode() == 200) {
            String uuid = TestServer.json(answer).path("uuid").asText();
            ledger.made(new Made(uuid, name, TestImages.sha1(file), isRemovable, begun, System.nanoTime()));
            own.put(uuid, number);
        } else if (answer.statusCode() != 422) {
            // 422: the image that it was to be built on has gone meanwhile.
            ledger.violated("publishing " + name + " was answered by " + answer.body());
        }
    }

    private void delete(String uuid) {
        ledger.mayBeDeleted(uuid);
        int status = server.send("DELETE", "/images/" + uuid, "Authorization", admin.basic())
                .statusCode();
        // 404: the rules were first; 422: something is built on it.
        if (!Set.of(204, 404, 422).contains(status)) {
            ledger.violated("deleting " + uuid + " was answered by " + status);
        }
    }

    /** Looks at the list, and fetches one file of it. */
    void read(Random random) {
        List<String> listed = list();
        if (!listed.isEmpty()) {
            fetch(listed.get(random.nextInt(listed.size())));
        }
    }

    private List<String> list() {
        Map<String, Optional<String>> origins = new HashMap<>();
        for (JsonNode image : TestServer.json(server.get("/images?state=all"))) {
            String uuid = image.path("uuid").asText();
            origins.put(uuid, Optional.ofNullable(image.path("origin").textValue()));
            if (image.path("name").asText().equals("base-mirrored")
                    && ledger.find(uuid).isEmpty()) {
                String sha1 = image.at("/files/0/sha1").asText();
                long now = System.nanoTime();
                ledger.made(new Made(uuid, "base-mirrored", sha1, false, now, now));
            }
        }
        ledger.listed(origins);
        return List.copyOf(origins.keySet());
    }

    /** The status of an image's file; a whole one is written down. */
    private int fetch(String uuid) {
        long begun = System.nanoTime();
        HttpResponse<byte[]> answer = server.getBytes("/images/" + uuid + "/file");
        if (answer.statusCode() == 200) {
            ledger.served(uuid, begun, System.nanoTime(), TestImages.sha1(answer.body()));
        } else if (answer.statusCode() != 503 && answer.statusCode() != 404) {
            ledger.violated("the file of " + uuid + " was answered by " + answer.statusCode());
        }
        return answer.statusCode();
    }

    /** Turns a bit of a file that is sound so far, and leaves its time as it was. */
    void flip(Random random) throws IOException {
        List<String> sound = list().stream()
                .filter(uuid -> !ledger.unknown(Long.MAX_VALUE).contains(uuid) && fetch(uuid) == 200)
                .limit(1 + random.nextInt(20))
                .toList();
        if (!sound.isEmpty()) {
            String uuid = sound.getLast();
            long now = System.nanoTime();
            disk.lock();
            try {
                Path file = file(uuid);
                sharing(file).forEach(image -> ledger.flips(image, now));
                Damage.flipSomewhere(file, random);
                ledger.flipped(now, System.nanoTime());
            } catch (NoSuchFileException e) {
                // It was deleted at that moment: there is nothing to find, in whatever shares its bytes either.
                ledger.neverFlipped(now);
            } finally {
                disk.unlock();
            }
        }
    }

    /** The images whose bytes are the very same ones on the disk. */
    private List<String> sharing(Path file) throws IOException {
        Object inode = Files.getAttribute(file, "unix:ino");
        List<String> all = new ArrayList<>();
        for (String uuid : list()) {
            try {
                if (Files.getAttribute(file(uuid), "unix:ino").equals(inode)) {
                    all.add(uuid);
                }
            } catch (NoSuchFileException e) {
                assertThat(e).as("it has just been deleted").hasMessageContaining(uuid);
            }
        }
        return all;
    }

    /** Has identical files stored once, as the server does once an hour. */
    void dedupe() throws InterruptedException {
        disk.lock();
        try {
            deduped.addAndGet(server.server().dedupe().pass());
        } finally {
            disk.unlock();
        }
    }

    long deduped() {
        return deduped.get();
    }

    private Path file(String uuid) throws IOException {
        Path image = images.resolve(uuid);
        String manifest = Files.readString(image.resolve("manifest.json"));
        return image.resolve(TestImages.json(manifest).at("/files/0/path").asText("file"));
    }

    /** One pass over all files; afterwards the server knows of every flip that was made before. */
    void scrub() throws InterruptedException {
        long begun = System.nanoTime();
        server.server().scrub().pass();
        passes.incrementAndGet();
        for (String uuid : ledger.unknown(begun)) {
            boolean isThere = server.server().catalogue().snapshot().find(uuid).isPresent();
            long found = server.log().warnings().stream()
                    .filter(line -> line.contains(uuid) && line.contains("is damaged and not served"))
                    .count();
            if (isThere && found < ledger.flipsOf(uuid, begun)) {
                ledger.violated("damage was not found: " + uuid);
            }
            ledger.known(uuid, begun, System.nanoTime());
        }
    }

    /** Applies the rules, as the server does once a day. */
    void applyRules() {
        retention.runAndLog();
    }

    /** Uploads again what is not served any more. What came from the source comes from there by itself. */
    void heal() {
        own.forEach((uuid, number) -> {
            if (fetch(uuid) == 503) {
                int status = server.send(
                                "PUT",
                                "/images/" + uuid + "/file?compression=none",
                                BodyPublishers.ofByteArray(bytes(number)),
                                "Authorization",
                                admin.basic())
                        .statusCode();
                // 404: it has gone; 422: somebody else has mended it.
                if (!Set.of(200, 404, 422).contains(status)) {
                    ledger.violated("the same bytes again, for " + uuid + ", were answered by " + status);
                }
            }
        });
    }

    List<Trash.Thrown> trash() throws IOException {
        return trash.list();
    }

    /** The images whose files are there, all of whose bytes are right. */
    Set<String> intact() {
        Set<String> intact = new TreeSet<>();
        for (String uuid : list()) {
            if (fetch(uuid) == 200) {
                intact.add(uuid);
            }
        }
        return intact;
    }

    /**
     * Has everything back that is in the trash.
     *
     * @return how many images; none of them is missing then
     */
    int restoreAll() throws IOException, InterruptedException {
        Set<String> thrown = new TreeSet<>();
        trash.list().forEach(image -> thrown.add(image.uuid()));
        for (int size = Integer.MAX_VALUE; trash.list().size() < size; ) {
            size = trash.list().size();
            restore();
        }
        server.server().scrub().pass();
        heal();
        int count = thrown.size();
        thrown.removeAll(intact());
        thrown.removeIf(ledger::isDeleted);
        if (!thrown.isEmpty()) {
            throw new AssertionError("these did not come back from the trash: " + thrown);
        }
        return count;
    }

    private void restore() throws IOException {
        for (Trash.Thrown image : trash.list()) {
            try {
                server.server().catalogue().remover().restore(OPERATOR, image.uuid(), trash);
            } catch (ImageException e) {
                // What it is built on comes first, and it in the next turn.
                assertThat(e).hasMessageContaining("origin");
            }
        }
    }

    @Override
    public void close() {
        server.close();
        upstream.close();
    }
}
