package org.imageserver.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import org.imageserver.bundle.Contents.Member;
import org.imageserver.signing.SignatureLine;
import org.imageserver.signing.Statement;
import org.imageserver.signing.UnusableKeyException;
import org.imageserver.signing.VerificationKey;

/**
 * Reads a bundle from its first byte to its last. The table comes first, then its signature; every byte that follows is
 * known by then but for those of the members, whose sha256 is. So no byte may differ, be missing or be too many. Used by
 * one thread.
 */
public final class BundleReader {
    private static final int MAX_SIGNATURE = 1024;

    private final ReadableByteChannel bytes;
    private final Contents contents;
    private final long second;
    private final Optional<VerificationKey> signer;
    private long position;

    private BundleReader(ReadableByteChannel bytes, Trust trust) throws IOException {
        this.bytes = bytes;
        byte[] header = bytes(TarHeader.BLOCK, "the header of " + Contents.TABLE);
        OptionalLong time = TarHeader.time(header);
        OptionalLong size = TarHeader.size(header);
        boolean isBundle = time.isPresent()
                && size.isPresent()
                && Arrays.equals(header, TarHeader.of(Contents.TABLE, size.getAsLong(), time.getAsLong()));
        if (!isBundle) {
            throw wrong(0, "it is no bundle of image-server, or its first header is damaged");
        }
        this.second = time.getAsLong();
        byte[] table = content(Contents.TABLE, size.getAsLong(), Contents.MAX_BYTES);
        this.signer = checkSignature(table, trust);
        this.contents = Contents.parse(table);
        if (contents.createdSecond() != second) {
            throw wrong(0, "the header of " + Contents.TABLE + " has another time than the table");
        }
    }

    /**
     * Reads table and signature.
     *
     * @throws BundleException when they are damaged or not trusted
     */
    public static BundleReader open(ReadableByteChannel bytes, Trust trust) throws IOException {
        return new BundleReader(bytes, trust);
    }

    /** What is in it, as whoever signed it says. */
    public Contents contents() {
        return contents;
    }

    /** Who signed it; empty: nobody did. */
    public Optional<VerificationKey> signer() {
        return signer;
    }

    private Optional<VerificationKey> checkSignature(byte[] table, Trust trust) throws IOException {
        long at = position;
        byte[] header = bytes(TarHeader.BLOCK, "the header of " + Contents.SIGNATURE);
        long size = TarHeader.size(header).orElse(0);
        if (!Arrays.equals(header, TarHeader.of(Contents.SIGNATURE, size, second))) {
            throw wrong(at, "the header of " + Contents.SIGNATURE + " is damaged");
        }
        at = position;
        String line = new String(content(Contents.SIGNATURE, size, MAX_SIGNATURE), StandardCharsets.ISO_8859_1);
        if (line.startsWith("unsigned")) {
            if (!line.equals(BundleWriter.unsigned(table))) {
                throw wrong(at, Contents.TABLE + " or its checksum is damaged");
            }
            trust.checkUnsigned();
            return Optional.empty();
        }
        try {
            SignatureLine signature = SignatureLine.parse(line);
            trust.check(signature, Statement.ofBundle(table));
            return Optional.of(signature.key());
        } catch (UnusableKeyException e) {
            throw wrong(at, "the signature is damaged: " + e.getMessage());
        }
    }

    /** All bytes of a small member whose header was read. */
    private byte[] content(String name, long size, int most) throws IOException {
        if (size > most) {
            throw wrong(position, name + " is larger than " + most + " bytes");
        }
        byte[] content = bytes((int) size, name);
        zeros(TarHeader.padding(size), name);
        return content;
    }

    /**
     * The next member, which must be this one. It is read to its end, which comes only when the bytes are the right ones;
     * otherwise reading throws a {@link BundleException}.
     */
    ReadableByteChannel next(Member member) throws IOException {
        long at = position;
        byte[] header = TarHeader.of(member.name(), member.size(), second);
        byte[] found = bytes(header.length, "the header of " + member.name());
        int difference = Arrays.mismatch(header, found);
        if (difference >= 0) {
            throw wrong(at + difference, "the header of " + member.name() + " is damaged or of another member");
        }
        return new MemberChannel(member, position);
    }

    /** All bytes of the next member, which is small. */
    byte[] nextWhole(Member member, int most) throws IOException {
        if (member.size() > most) {
            throw wrong(position, member.name() + " is larger than " + most + " bytes");
        }
        ByteBuffer content = ByteBuffer.allocate((int) member.size());
        try (ReadableByteChannel channel = next(member)) {
            while (channel.read(content) >= 0) {
                // The end comes after the check.
            }
        }
        return content.array();
    }

    /** Reads a member and keeps nothing of it. */
    void skip(Member member, ByteBuffer chunk) throws IOException {
        try (ReadableByteChannel channel = next(member)) {
            while (channel.read(chunk.clear()) >= 0) {
                // Only to know that it is what it should be.
            }
        }
    }

    /** Makes sure that this is the end. */
    void finish() throws IOException {
        zeros(TarHeader.END, "the end of the bundle");
        if (bytes.read(ByteBuffer.allocate(1)) > 0) {
            throw wrong(position, "something follows the end of the bundle");
        }
    }

    private byte[] bytes(int length, String what) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(length);
        while (read.hasRemaining()) {
            fill(read, what);
        }
        return read.array();
    }

    private void fill(ByteBuffer into, String what) throws IOException {
        int count = bytes.read(into);
        if (count < 0) {
            throw wrong(position, "it is cut short in " + what);
        }
        position += count;
    }

    private void zeros(int length, String what) throws IOException {
        long at = position;
        int difference = Arrays.mismatch(new byte[length], bytes(length, what));
        if (difference >= 0) {
            throw wrong(at + difference, "what fills up " + what + " is not zero");
        }
    }

    private static BundleException wrong(long at, String what) {
        return new BundleException("the bundle is damaged at byte " + at + ": " + what);
    }

    /** The bytes of one member, and no more. */
    private final class MemberChannel implements ReadableByteChannel {
        private final Member member;
        private final long begin;
        private final MessageDigest digest = Statement.newSha256();
        private long left;
        private boolean isOpen = true;

        MemberChannel(Member member, long begin) {
            this.member = member;
            this.begin = begin;
            this.left = member.size();
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            if (left == 0) {
                return -1;
            }
            int before = into.position();
            int limit = into.limit();
            into.limit(before + (int) Math.min(into.remaining(), left));
            try {
                fill(into, member.name());
            } finally {
                into.limit(limit);
            }
            int count = into.position() - before;
            digest.update(into.duplicate().flip().position(before));
            left -= count;
            if (left == 0) {
                checkEnd();
            }
            return count;
        }

        /** Before the last bytes are given out. */
        private void checkEnd() throws IOException {
            String found = HexFormat.of().formatHex(digest.digest());
            if (!found.equals(member.sha256())) {
                throw new BundleException("the bundle is damaged between bytes " + begin + " and " + position + ": "
                        + member.name() + " has the sha256 " + found + ", but the table says " + member.sha256());
            }
            zeros(TarHeader.padding(member.size()), member.name());
        }

        @Override
        public boolean isOpen() {
            return isOpen;
        }

        @Override
        public void close() {
            isOpen = false;
        }
    }
}
