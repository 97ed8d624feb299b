package org.imageserver.crash;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.imageserver.TestImages;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.CatalogueSettings;
import org.imageserver.catalogue.FileUpload;
import org.imageserver.catalogue.IconUpload;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Publisher;
import org.imageserver.catalogue.Target;
import org.imageserver.catalogue.UploadPolicy;
import org.imageserver.manifest.ManifestRules;
import org.imageserver.storage.LocalStorage;

/**
 * The child process: publishes, changes and deletes without end, over the same classes as the server, until it dies.
 * A line that begins with {@code try} says what it is about to do, and one with {@code done} that the method returned.
 */
final class CrashingPublisher {
    static final CatalogueSettings SETTINGS = new CatalogueSettings(
            "00000000-0000-0000-0000-000000000000",
            ManifestRules.Mode.PUBLIC,
            new UploadPolicy(1 << 30, UploadPolicy.Streams.STRICT, false));

    static final Principal ADMIN = new Principal.Account("crash", "11111111-1111-4111-8111-111111111111", Role.ADMIN);

    private static final int KILLED = 137;

    private final Catalogue catalogue;
    private final Publisher publisher;
    private final Random random;

    private CrashingPublisher(Catalogue catalogue, Random random) {
        this.catalogue = catalogue;
        this.publisher = catalogue.publisher();
        this.random = random;
    }

    /** Arguments: directory, seed, the number of the step at which to halt (0: none), {@code before} or {@code after}. */
    public static void main(String[] arguments) throws IOException {
        Halt halt = new Halt(Integer.parseInt(arguments[2]), arguments[3].equals("before"));
        Catalogue catalogue = new Catalogue(new StepStorage(new LocalStorage(Path.of(arguments[0])), halt), SETTINGS);
        catalogue.rescan();
        CrashingPublisher child = new CrashingPublisher(catalogue, new Random(Long.parseLong(arguments[1])));
        for (int round = 0; ; round++) {
            child.publishAndDelete("round-" + round);
            child.walkThroughTheStates("steps-" + round);
        }
    }

    /** Ends the process as SIGKILL does: no hook runs, no file is closed. */
    private static final class Halt implements StepStorage.Fault {
        private final int at;
        private final boolean isBefore;
        private int steps;

        private Halt(int at, boolean isBefore) {
            this.at = at;
            this.isBefore = isBefore;
        }

        @Override
        public void before(String step) {
            steps++;
            haltIf(isBefore);
        }

        @Override
        public void after(String step) {
            haltIf(!isBefore);
        }

        private void haltIf(boolean isHere) {
            if (steps == at && isHere) {
                Runtime.getRuntime().halt(KILLED);
            }
        }
    }

    private interface Operation {
        Image run() throws IOException;
    }

    /** The lines are told apart from the outside by their first word; the texts have no blanks. */
    private Image say(String name, String what, Operation operation) throws IOException {
        System.out.println("try " + name + " " + what);
        Image image = operation.run();
        System.out.println("done " + name + " " + image.uuid());
        if (System.out.checkError()) {
            throw new IOException("nobody listens any more");
        }
        return image;
    }

    private void publishAndDelete(String name) throws IOException {
        byte[] stream = sample();
        Image kept = publish(name + "-stream", manifest(name + "-stream", "zone-dataset"), stream);
        Image deleted = publish(name + "-bytes", manifest(name + "-bytes", "other"), randomBytes());
        icon(deleted, name + "-bytes");
        update(kept, name + "-stream");
        delete(deleted, name + "-bytes");
    }

    private void walkThroughTheStates(String name) throws IOException {
        Image image = say(name, "created", () -> publisher.create(Author.of(ADMIN), manifest(name, "other")));
        addFile(image, name);
        addFile(image, name);
        icon(image, name);
        say(name, "activated", () -> publisher.activate(Target.of(ADMIN, image.uuid())));
        update(image, name);
        if (random.nextBoolean()) {
            delete(image, name);
        }
    }

    private Image publish(String name, ObjectNode manifest, byte[] bytes) throws IOException {
        return say(
                name,
                "published " + TestImages.sha1(bytes),
                () -> publisher.publish(Author.of(ADMIN), manifest, upload(bytes, Optional.empty())));
    }

    private void addFile(Image image, String name) throws IOException {
        byte[] bytes = randomBytes();
        say(
                name,
                "file " + TestImages.sha1(bytes),
                () -> publisher.addFile(Target.of(ADMIN, image.uuid()), upload(bytes, Optional.of("none"))));
    }

    private void icon(Image image, String name) throws IOException {
        IconUpload icon = new IconUpload(
                Channels.newChannel(new ByteArrayInputStream(new byte[100])),
                OptionalLong.empty(),
                Optional.of("image/png"),
                Optional.empty());
        say(name, "icon", () -> catalogue.editor().addIcon(Target.of(ADMIN, image.uuid()), icon));
    }

    private void update(Image image, String name) throws IOException {
        String description = "changed-" + random.nextInt(1000);
        ObjectNode change = JsonNodeFactory.instance.objectNode().put("description", description);
        say(name, "described " + description, () -> catalogue.editor().update(Target.of(ADMIN, image.uuid()), change));
    }

    private void delete(Image image, String name) throws IOException {
        say(name, "deleted", () -> {
            catalogue.remover().delete(Target.of(ADMIN, image.uuid()));
            return image;
        });
    }

    private static ObjectNode manifest(String name, String type) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", name)
                .put("version", "1")
                .put("type", type)
                .put("os", type.equals("other") ? "other" : "smartos")
                .put("public", true);
    }

    private static FileUpload upload(byte[] bytes, Optional<String> compression) {
        return new FileUpload(
                Channels.newChannel(new ByteArrayInputStream(bytes)),
                OptionalLong.of(bytes.length),
                compression,
                Optional.empty(),
                Optional.empty());
    }

    /** A first byte that no compression begins with. */
    private byte[] randomBytes() {
        byte[] bytes = new byte[1 + random.nextInt(700_000)];
        random.nextBytes(bytes);
        bytes[0] = 'x';
        return bytes;
    }

    private static byte[] sample() throws IOException {
        try (InputStream stream = CrashingPublisher.class.getResourceAsStream("/zstream/valid/fuse-full.zfs.gz")) {
            return Objects.requireNonNull(stream).readAllBytes();
        }
    }
}
