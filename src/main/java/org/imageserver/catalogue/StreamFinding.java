package org.imageserver.catalogue;

import java.util.Optional;
import org.imageserver.zfs.Assessment;
import org.imageserver.zfs.Features;
import org.imageserver.zfs.Guid;
import org.imageserver.zfs.ObjectSetType;
import org.imageserver.zfs.StreamFacts;
import org.imageserver.zfs.StreamPolicy;
import org.imageserver.zfs.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What a check of one version of a file has found, as it is remembered: numbers, since there is one for each image.
 * Whether the stream fits its manifest and its origin is no part of it, since these may change.
 *
 * @param isOfUpload whether it was checked when it was published, and not later
 * @param problem why it makes no image, in sentences; null when it is a usable stream
 * @param snapshot "pool/dataset@snapshot" where it was sent from; null unless the stream is intact
 * @param guid of the snapshot
 * @param fromguid of the snapshot that must be there first; zero when it is complete in itself
 * @param features as {@link Features#bits} has them
 * @param bytes of the inflated stream
 * @param volumeBytes of the volume; zero when it is none, or where the stream does not tell
 */
record StreamFinding(
        boolean isOfUpload,
        @Nullable String problem,
        @Nullable String snapshot,
        long guid,
        long fromguid,
        long features,
        long bytes,
        long volumeBytes) {

    static StreamFinding of(Verdict verdict, boolean isOfUpload) {
        return switch (verdict) {
            case Verdict.Intact intact -> intact(intact.facts(), isOfUpload);
            case Verdict.Damaged damaged -> bad(damaged.reason(), isOfUpload);
            case Verdict.Unreadable unreadable -> bad(unreadable.reason(), isOfUpload);
        };
    }

    private static StreamFinding intact(StreamFacts facts, boolean isOfUpload) {
        StreamPolicy.Origin fitting =
                facts.isIncremental() ? StreamPolicy.Origin.OF_UNKNOWN_GUID : StreamPolicy.Origin.NONE;
        Assessment assessment = StreamPolicy.SMARTOS.assess(facts, fitting);
        return new StreamFinding(
                isOfUpload,
                assessment.isUsable() ? null : String.join(" ", assessment.refusals()),
                facts.last().name(),
                facts.last().toguid().bits(),
                facts.first().fromguid().bits(),
                facts.features().bits(),
                facts.streamBytes(),
                facts.last().type() == ObjectSetType.VOLUME ? facts.volumeSize().orElse(0) : 0);
    }

    private static StreamFinding bad(String problem, boolean isOfUpload) {
        return new StreamFinding(isOfUpload, problem, null, 0, 0, 0, 0, 0);
    }

    /** What the stream holds, if it is intact. */
    Optional<StreamContents> contents() {
        return Optional.ofNullable(snapshot)
                .map(name -> new StreamContents(
                        name,
                        new Guid(guid).decimal(),
                        fromguid == 0 ? "" : new Guid(fromguid).decimal(),
                        new Features(features).names(),
                        bytes,
                        volumeBytes));
    }
}
