package org.imageserver.zfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says which intact streams make no usable image, and why. What {@code zfs receive} certainly cannot use is refused;
 * what some platforms can and others cannot is a warning.
 *
 * @param accepted features that pass without a warning
 */
public record StreamPolicy(Features accepted) {
    /** What SmartOS has received for years; of newer features it depends on the platform. */
    public static final StreamPolicy SMARTOS = new StreamPolicy(Features.of(
            Feature.SA_SPILL,
            Feature.EMBED_DATA,
            Feature.LZ4,
            Feature.LARGE_BLOCKS,
            Feature.COMPRESSED,
            Feature.LARGE_DNODE,
            Feature.HOLDS));

    /** Refused with reasons of their own, so that the mask does not matter. */
    private static final Features REFUSED = Features.of(Feature.RESUMING, Feature.RAW, Feature.REDACTED);

    /**
     * The origin that the manifest of the image names.
     *
     * @param named whether it names one
     * @param guid of the snapshot that the origin's file makes, where that is known
     */
    public record Origin(boolean named, Optional<Guid> guid) {
        public static final Origin NONE = new Origin(false, Optional.empty());
        public static final Origin OF_UNKNOWN_GUID = new Origin(true, Optional.empty());

        public static Origin of(Guid guid) {
            return new Origin(true, Optional.of(guid));
        }
    }

    /** Judges a stream as the file of an image. */
    public Assessment assess(StreamFacts facts, Origin origin) {
        List<String> refusals = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        judgeSnapshots(facts, refusals, warnings);
        judgeOrigin(facts, origin, refusals, warnings);
        judgeFeatures(facts, refusals, warnings);
        long unreadable = facts.unreadableBlocks();
        if (unreadable > 0) {
            warnings.add("""
                    %d blocks hold the pattern that zfs send writes in place of data it cannot read \
                    (zfs_send_corrupt_data): the disk it was sent from is damaged.""".formatted(unreadable));
        }
        return new Assessment(refusals, warnings);
    }

    private static void judgeSnapshots(StreamFacts facts, List<String> refusals, List<String> warnings) {
        if (facts.snapshots() != 1) {
            refusals.add(
                    "The stream holds %d snapshots, but an image is one. Send it with: zfs send pool/dataset@snapshot"
                            .formatted(facts.snapshots()));
        } else if (facts.kind() == StreamFacts.Kind.PACKAGE) {
            warnings.add("""
                    The stream brings properties with it (zfs send -p or -R), which are set on every \
                    machine that receives it.""");
        }
        ObjectSetType type = facts.last().type();
        if (facts.snapshots() > 0 && type != ObjectSetType.FILESYSTEM && type != ObjectSetType.VOLUME) {
            refusals.add("The stream is neither of a file system nor of a volume.");
        }
    }

    private static void judgeOrigin(StreamFacts facts, Origin origin, List<String> refusals, List<String> warnings) {
        refusals.addAll(originRefusals(facts.first().fromguid(), origin));
        if (!facts.isIncremental() && origin.named()) {
            warnings.add("The manifest names an origin, but the stream is complete without it.");
        }
    }

    /**
     * Why a stream does not fit the origin that its image names.
     *
     * @param base the snapshot that the stream needs, or {@link Guid#NONE}
     */
    public static List<String> originRefusals(Guid base, Origin origin) {
        if (base.equals(Guid.NONE)) {
            return List.of();
        }
        if (!origin.named()) {
            return List.of("""
                    The stream is incremental and needs the snapshot of guid %s, but the manifest names no \
                    origin. Name it, or send without -i.""".formatted(base.decimal()));
        }
        Guid there = origin.guid().orElse(base);
        if (there.equals(base)) {
            return List.of();
        }
        return List.of("""
                The stream is incremental and needs the snapshot of guid %s, but that of the origin is %s. \
                Send it again, with -i and the origin's snapshot.""".formatted(base.decimal(), there.decimal()));
    }

    private void judgeFeatures(StreamFacts facts, List<String> refusals, List<String> warnings) {
        Features features = facts.features();
        if (features.has(Feature.RESUMING)) {
            refusals.add("The stream is only the rest of one that was interrupted (zfs send -t). Send it whole.");
        }
        if (features.has(Feature.RAW)) {
            refusals.add("""
                    The stream is encrypted (zfs send -w), and those who receive it do not have the key. \
                    Send it without -w.""");
        }
        if (features.has(Feature.REDACTED)) {
            refusals.add("The stream is redacted (zfs send --redact): what it makes cannot be mounted. Send it whole.");
        }
        Features unknown = features.without(features.known()).without(accepted);
        if (!unknown.isEmpty()) {
            refusals.add("The stream has features that no known zfs receive takes: %s.".formatted(unknown));
        }
        Features doubtful = features.known().without(accepted).without(REFUSED);
        if (!doubtful.isEmpty()) {
            warnings.add("""
                    The stream has features that not every SmartOS platform takes (%s): there, zfs receive \
                    says "stream has unsupported feature".""".formatted(doubtful));
        }
    }
}
