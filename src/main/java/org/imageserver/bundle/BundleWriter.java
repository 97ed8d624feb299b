package org.imageserver.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.imageserver.bundle.Contents.Entry;
import org.imageserver.bundle.Contents.Member;
import org.imageserver.signing.SignatureLine;
import org.imageserver.signing.SigningKey;
import org.imageserver.signing.Statement;

/** Writes a bundle from its first byte to its last: nothing is sought, and memory holds one chunk of it. */
public final class BundleWriter {
    private static final int CHUNK = 256 * 1024;

    private final Contents contents;
    private final byte[] table;
    private final byte[] signature;
    private final long second;

    /**
     * Signs the table.
     *
     * @param key to sign with; empty: the bundle is not signed, and only guarded against accidents
     */
    public BundleWriter(Contents contents, Optional<SigningKey> key) {
        this.contents = contents;
        this.table = contents.toBytes();
        this.second = contents.createdSecond();
        this.signature = line(key, table).getBytes(StandardCharsets.US_ASCII);
    }

    private static String line(Optional<SigningKey> key, byte[] table) {
        return key.map(its -> SignatureLine.of(Statement.ofBundle(table), its).toString())
                .orElseGet(() -> unsigned(table));
    }

    /** In place of a signature. */
    static String unsigned(byte[] table) {
        return "unsigned " + Statement.sha256(table) + "\n";
    }

    /** The size of the whole in bytes. */
    public long size() {
        return TarHeader.whole(table.length)
                + TarHeader.whole(signature.length)
                + contents.images().stream()
                        .flatMap(Entry::members)
                        .mapToLong(member -> TarHeader.whole(member.size()))
                        .sum()
                + TarHeader.END;
    }

    /** Where the bytes of members are. */
    @FunctionalInterface
    public interface Source {
        /** Opens a member of an image; the caller closes it. */
        InputStream open(Entry image, Member member) throws IOException;
    }

    /**
     * Writes all of it; the stream stays open.
     *
     * @param progress is told of each number of bytes of members
     * @throws IOException when it cannot be written, or when a member has changed since the table was made
     */
    public void write(OutputStream to, Source source, LongConsumer progress) throws IOException {
        write(to, Contents.TABLE, table);
        write(to, Contents.SIGNATURE, signature);
        byte[] chunk = new byte[CHUNK];
        for (Entry image : contents.images()) {
            for (Member member : image.members().toList()) {
                to.write(TarHeader.of(member.name(), member.size(), second));
                copy(to, image, member, source, chunk, progress);
                to.write(new byte[TarHeader.padding(member.size())]);
            }
        }
        to.write(new byte[TarHeader.END]);
        to.flush();
    }

    private void write(OutputStream to, String name, byte[] bytes) throws IOException {
        to.write(TarHeader.of(name, bytes.length, second));
        to.write(bytes);
        to.write(new byte[TarHeader.padding(bytes.length)]);
    }

    private static void copy(
            OutputStream to, Entry image, Member member, Source source, byte[] chunk, LongConsumer progress)
            throws IOException {
        MessageDigest digest = Statement.newSha256();
        long left = member.size();
        try (InputStream from = source.open(image, member)) {
            while (left > 0) {
                int read = from.read(chunk, 0, (int) Math.min(chunk.length, left));
                if (read < 0) {
                    break;
                }
                digest.update(chunk, 0, read);
                to.write(chunk, 0, read);
                progress.accept(read);
                left -= read;
            }
        }
        if (left > 0 || !HexFormat.of().formatHex(digest.digest()).equals(member.sha256())) {
            throw new IOException(member.name() + " was changed while the bundle was being made; make it again");
        }
    }
}
