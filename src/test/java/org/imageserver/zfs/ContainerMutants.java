package org.imageserver.zfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.imageserver.zfs.Mutants.concat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compressed files, sound and damaged, named as in mutants.tsv. What gzip makes is made here; what the
 * other tools make is in the test resources.
 */
final class ContainerMutants {
    private static final String ZFS_ERROR = "cannot open 'zones/x@final': dataset does not exist\n";

    private final Map<String, byte[]> made = new LinkedHashMap<>();
    private final byte[] stream = Samples.bytes("base/fs-full.zfs");

    private ContainerMutants() {}

    static Map<String, byte[]> all() {
        ContainerMutants mutants = new ContainerMutants();
        mutants.gzips();
        for (List<String> kind : List.of(List.of("bzip2", "bz2"), List.of("xz", "xz"), List.of("zstd", "zst"))) {
            mutants.stored(kind.getFirst(), kind.getLast());
        }
        mutants.put("lzip-unknown.zfs.lz", concat("LZIP\1".getBytes(ISO_8859_1), Arrays.copyOf(mutants.stream, 5000)));
        return mutants.made;
    }

    private void gzips() {
        int half = stream.length / 2;
        byte[] whole = Gzip.compress(stream, 9);
        byte[] firstHalf = Gzip.compress(Arrays.copyOf(stream, half), 9);
        byte[] secondHalf = Gzip.compress(Arrays.copyOfRange(stream, half, stream.length), 9);
        damaged("gzip", "gz", whole);
        members("gzip", "gz", firstHalf, secondHalf);
        put("gzip-empty.zfs.gz", Gzip.compress(new byte[0], 9));
        put("gzip-of-text.zfs.gz", Gzip.compress(ZFS_ERROR.getBytes(ISO_8859_1), 9));
        put("gzip-double.zfs.gz", Gzip.compress(whole, 9));
        put("gzip-stored.zfs.gz", Gzip.compress(stream, 0));
        String fields = "\u001f\u008b\10\34\0\0\0\0\2\3" + "\6\0AB\2\0xy" + "name.zfs\0" + "a comment\0";
        put("gzip-fields.zfs.gz", concat(fields.getBytes(ISO_8859_1), Arrays.copyOfRange(whole, 10, whole.length)));
        put("gzip-pigz.zfs.gz", Samples.bytes("containers/pigz.gz"));
        // For so short a file pigz makes the same with and without -i.
        put("gzip-pigz-independent.zfs.gz", Samples.bytes("containers/pigz.gz"));
    }

    private void stored(String kind, String extension) {
        damaged(kind, extension, container("whole", extension));
        members(kind, extension, container("first-half", extension), container("second-half", extension));
        put(kind + "-empty.zfs." + extension, container("nothing", extension));
        put(kind + "-of-text.zfs." + extension, container("text", extension));
        put(kind + "-double.zfs." + extension, container("twice", extension));
        if (kind.equals("xz")) {
            for (String variant : List.of("blocks", "check-none", "check-crc32", "check-sha256", "x86", "9e")) {
                put("xz-" + variant + ".zfs.xz", container(variant, extension));
            }
        }
        if (kind.equals("zstd")) {
            for (String variant : List.of("nocheck", "19", "ultra22", "long27", "long31")) {
                put("zstd-" + variant + ".zfs.zst", container(variant, extension));
            }
            byte[] skippable = "P*M\30\4\0\0\0abcd".getBytes(ISO_8859_1);
            put("zstd-skippable.zfs.zst", concat(skippable, container("whole", extension)));
            // For so short a file zstd makes the same with one thread and with two.
            put("zstd-T2.zfs.zst", container("whole", extension));
        }
    }

    private void damaged(String kind, String extension, byte[] whole) {
        String end = ".zfs." + extension;
        put(kind + "-ok" + end, whole);
        put(kind + "-trunc-half" + end, Arrays.copyOf(whole, whole.length / 2));
        put(kind + "-trunc-last" + end, Arrays.copyOf(whole, whole.length - 1));
        put(kind + "-trunc-4" + end, Arrays.copyOf(whole, whole.length - 4));
        put(kind + "-flip" + end, flip(whole, whole.length / 2));
        put(kind + "-flip-trailer" + end, flip(whole, whole.length - 3));
        put(kind + "-garbage" + end, concat(whole, "garbage after the end\n".getBytes(ISO_8859_1)));
        put(kind + "-zeros" + end, concat(whole, new byte[512]));
    }

    private void members(String kind, String extension, byte[] firstHalf, byte[] secondHalf) {
        String end = ".zfs." + extension;
        put(kind + "-two-members" + end, concat(firstHalf, secondHalf));
        put(kind + "-two-members-cut" + end, concat(firstHalf, Arrays.copyOf(secondHalf, 200)));
        put(kind + "-first-member-only" + end, firstHalf);
    }

    private void put(String name, byte[] bytes) {
        made.put("c-" + name, bytes);
    }

    private static byte[] container(String name, String extension) {
        return Samples.bytes("containers/" + name + "." + extension);
    }

    private static byte[] flip(byte[] bytes, int at) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= 4;
        return flipped;
    }
}
