package org.imageserver.zfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.imageserver.zfs.StreamBytes.Piece;

/** Damaged and odd streams, made from one sound stream and named as in mutants.tsv. */
final class Mutants {
    private static final String SSH_WARNING = "Warning: Permanently added 'host' to the list of known hosts.\n";

    private final String tag;
    private final byte[] sound;
    private final List<Piece> pieces;
    private final Piece middle;
    private final Piece end;
    private final boolean isPackage;
    private final Map<String, byte[]> made = new LinkedHashMap<>();

    private Mutants(String tag, byte[] sound) {
        this.tag = tag;
        this.sound = sound;
        this.pieces = StreamBytes.split(sound);
        List<Piece> carrying = pieces.stream()
                .filter(piece -> piece.payload().capacity() >= 64)
                .toList();
        this.middle = carrying.get(carrying.size() / 2);
        this.end = pieces.stream()
                .filter(piece -> piece.type() == StreamBytes.END && !StreamBytes.isZero(piece.header(), 8, 40))
                .reduce((before, after) -> after)
                .orElseThrow();
        this.isPackage = (pieces.getFirst().header().getLong(16) & 3) == 2;
    }

    /** All mutants of all the base streams, by file name. */
    static Map<String, byte[]> all() {
        Map<String, byte[]> all = new LinkedHashMap<>();
        Map<String, String> bases = Map.of(
                "full", "fs-full.zfs",
                "vol", "vol-full.zfs",
                "pkg", "fs-props.zfs",
                "raw", "enc-raw.zfs",
                "old", "fuse-clone.zfs");
        bases.forEach((tag, base) -> all.putAll(new Mutants(tag, Samples.bytes("base/" + base)).make()));
        all.putAll(ContainerMutants.all());
        return all;
    }

    private Map<String, byte[]> make() {
        truncations();
        flips();
        records();
        surroundings();
        resealed();
        if (isPackage) {
            packages();
        }
        return made;
    }

    private void truncations() {
        for (int length : new int[] {0, 1, 7, 16, 311, 312}) {
            put("trunc-" + length, head(length));
        }
        put("trunc-boundary", head(middle.offset()));
        put("trunc-header", head(middle.offset() + 100));
        put("trunc-after-header", head(middle.offset() + 312));
        put("trunc-payload", head(middle.offset() + 312 + middle.payload().capacity() / 2));
        put("trunc-half", head(sound.length / 2));
        put("trunc-4096", head(4096));
        put(
                "drop-end",
                isPackage ? concat(head(end.offset()), tail(pieces.getLast().offset())) : head(end.offset()));
        put("trunc-in-end", head(pieces.getLast().offset() + 200));
        put("trunc-last-byte", head(sound.length - 1));
    }

    private void packages() {
        put("drop-package-end", head(pieces.getLast().offset()));
        put(
                "drop-header-end",
                concat(head(pieces.get(1).offset()), tail(pieces.get(2).offset())));
        put("header-only", head(pieces.get(2).offset()));
        put("no-header", tail(pieces.get(2).offset()));
    }

    private void flips() {
        put("flip-magic", flip(10));
        put("flip-toguid", flip(41));
        put("flip-toname", flip(57));
        put("flip-begin-pad", flip(300));
        put("flip-record-field", flip(middle.offset() + 8));
        put("flip-record-pad", flip(middle.offset() + 270));
        put("flip-record-cksum", flip(middle.offset() + 290));
        put("flip-payload-first", flip(middle.offset() + 312));
        put("flip-payload-last", flip(middle.nextOffset() - 1));
        put("flip-end-cksum", flip(end.offset() + 9));
        put("flip-end-tail", flip(end.offset() + 300));
        byte[] overwritten = sound.clone();
        int payload = middle.offset() + 312;
        Arrays.fill(overwritten, payload, payload + Math.min(middle.payload().capacity(), 512), (byte) 0xa5);
        put("overwrite-512", overwritten);
        byte[] badType = sound.clone();
        ByteBuffer.wrap(badType).order(StreamBytes.order(sound)).putInt(middle.offset(), 0x55);
        put("bad-type", badType);
    }

    private void records() {
        put("drop-record", concat(head(middle.offset()), tail(middle.nextOffset())));
        put("dup-record", concat(head(middle.nextOffset()), tail(middle.offset())));
    }

    private void surroundings() {
        put("trail-1", concat(sound, new byte[] {'\n'}));
        put("trail-zeros", concat(sound, new byte[512]));
        put("trail-312-zeros", concat(sound, new byte[312]));
        put("concat-self", concat(sound, sound));
        put("lead-text", concat(SSH_WARNING.getBytes(ISO_8859_1), sound));
        put("crlf", new String(sound, ISO_8859_1).replace("\n", "\r\n").getBytes(ISO_8859_1));
    }

    /** All checksums right, the structure wrong. */
    private void resealed() {
        int index = pieces.indexOf(middle);
        int begin = lastBegin();
        sealed("ok", copy -> {});
        sealed("noat", copy -> {
            byte[] name = Arrays.copyOf("poolfs".getBytes(ISO_8859_1), 256);
            copy.get(begin).header().put(56, name);
        });
        sealed("hdrtype3", copy -> {
            ByteBuffer header = copy.get(begin).header();
            header.putLong(16, header.getLong(16) | 3);
        });
        sealed("nested-begin", copy -> copy.add(index, copy.get(begin)));
        sealed("type11", copy -> copy.set(index, copy.get(index).withType(11)));
        if (middle.type() == StreamBytes.WRITE) {
            sealed("huge-write", copy -> logicalSize(copy.get(index), 1L << 40));
            sealed("neg-write", copy -> logicalSize(copy.get(index), -1));
        }
        sealed("unknown-feature", copy -> {
            ByteBuffer header = copy.get(begin).header();
            header.putLong(16, (header.getLong(16) & ~(0xffL << 32)) | 0x80L << 32);
        });
        sealed(
                "no-record-cksums",
                copy -> copy.stream()
                        .filter(piece -> piece.type() != StreamBytes.BEGIN)
                        .forEach(piece -> piece.header().put(StreamBytes.CHECKSUM, new byte[32])));
    }

    private static void logicalSize(Piece write, long size) {
        write.header().putLong(32, size).put(50, (byte) 0);
    }

    private int lastBegin() {
        int last = 0;
        for (int i = 0; i < pieces.size(); i++) {
            if (pieces.get(i).type() == StreamBytes.BEGIN) {
                last = i;
            }
        }
        return last;
    }

    private void sealed(String name, Consumer<List<Piece>> change) {
        List<Piece> copy = new ArrayList<>(StreamBytes.split(sound));
        change.accept(copy);
        put("sealed-" + name, StreamBytes.seal(copy));
    }

    private void put(String name, byte[] bytes) {
        made.put(tag + "-" + name + ".zfs", bytes);
    }

    private byte[] head(int length) {
        return Arrays.copyOf(sound, length);
    }

    private byte[] tail(int from) {
        return Arrays.copyOfRange(sound, from, sound.length);
    }

    private byte[] flip(int at) {
        byte[] flipped = sound.clone();
        flipped[at] ^= 0x10;
        return flipped;
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }
}
