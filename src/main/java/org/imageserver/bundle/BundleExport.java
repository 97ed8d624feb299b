package org.imageserver.bundle;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.imageserver.auth.Principal;
import org.imageserver.bundle.Contents.Entry;
import org.imageserver.bundle.Contents.Member;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.OpenFile;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.signing.Statement;

/**
 * The images of a catalogue on their way into a bundle. Files are read twice: the table with their digests comes first.
 * Used by one thread.
 */
public final class BundleExport {
    private static final int CHUNK = 256 * 1024;

    private final Catalogue catalogue;
    private final Snapshot snapshot;
    private final Principal principal;
    private final byte[] chunk = new byte[CHUNK];

    /**
     * Takes images of the newest snapshot.
     *
     * @param principal who must see them
     */
    public BundleExport(Catalogue catalogue, Principal principal) {
        this.catalogue = catalogue;
        this.snapshot = catalogue.snapshot();
        this.principal = principal;
    }

    /**
     * Makes the table of a bundle; reads every file for it.
     *
     * @param images each after its origin, if that is to be in it
     * @param earlier uuids that came in earlier bundles
     * @param progress is told of each number of bytes
     * @throws IOException when a file cannot be read, or is not the one that its manifest is about
     */
    public Contents contents(List<Image> images, Set<String> earlier, LongConsumer progress) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Image image : images) {
            entries.add(entry(image, progress));
        }
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        return new Contents(Contents.FORMAT, Contents.VERSION, now, entries, List.copyOf(new TreeSet<>(earlier)));
    }

    private Entry entry(Image image, LongConsumer progress) throws IOException {
        String folder = image.uuid() + "/";
        byte[] manifest = image.jsonWithoutChannels().bytes();
        Member icon = null;
        if (image.icon().isPresent()) {
            try (OpenFile file = catalogue.files().openIcon(snapshot, principal, image.uuid())) {
                String name = file.toString().substring(file.toString().lastIndexOf('/') + 1);
                icon = member(folder + name, file, Optional.empty(), progress);
            }
        }
        try (OpenFile file = catalogue.files().open(snapshot, principal, image.uuid(), 0)) {
            return new Entry(
                    image.uuid(),
                    image.name(),
                    image.version(),
                    image.origin().orElse(null),
                    new Member(folder + "manifest.json", manifest.length, Statement.sha256(manifest)),
                    member(folder + "file", file, image.file().flatMap(Image.File::sha1), progress),
                    icon);
        }
    }

    private Member member(String name, OpenFile file, Optional<String> wanted, LongConsumer progress)
            throws IOException {
        MessageDigest sha256 = Statement.newSha256();
        MessageDigest sha1 = newSha1();
        long size = 0;
        try (InputStream bytes = file.stream(0, Long.MAX_VALUE)) {
            for (int read = bytes.read(chunk); read >= 0; read = bytes.read(chunk)) {
                sha256.update(chunk, 0, read);
                sha1.update(chunk, 0, read);
                size += read;
                progress.accept(read);
            }
        }
        String found = HexFormat.of().formatHex(sha1.digest());
        if (wanted.filter(stated -> !stated.equals(found)).isPresent()) {
            throw new IOException(file + " is damaged: its sha1 is " + found + ", but the manifest says " + wanted.get()
                    + "; no bundle was made");
        }
        return new Member(name, size, HexFormat.of().formatHex(sha256.digest()));
    }

    private static MessageDigest newSha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java knows SHA-1", e);
        }
    }

    /** Opens a member once more, to write it. */
    public InputStream open(Entry image, Member member) throws IOException {
        String name = member.name().substring(member.name().lastIndexOf('/') + 1);
        return switch (name) {
            case "manifest.json" ->
                new ByteArrayInputStream(snapshot.image(image.uuid(), principal)
                        .jsonWithoutChannels()
                        .bytes());
            case "file" -> stream(catalogue.files().open(snapshot, principal, image.uuid(), 0));
            default -> stream(catalogue.files().openIcon(snapshot, principal, image.uuid()));
        };
    }

    private static InputStream stream(OpenFile file) throws IOException {
        return new FilterInputStream(file.stream(0, Long.MAX_VALUE)) {
            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                return in.read(to, offset, length);
            }

            @Override
            public void close() throws IOException {
                try (file) {
                    super.close();
                }
            }
        };
    }
}
