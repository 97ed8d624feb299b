package org.imageserver.catalogue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.imageserver.auth.Principal;
import org.imageserver.zfs.Guid;
import org.imageserver.zfs.StreamPolicy;

/**
 * Whether the files of images are what they should be, as far as is known: what was found in them, held against what
 * their manifests and origins are now. It reads no file. Thread-safe.
 */
public final class Verifications {
    private final Digests digests;
    private final Quarantine quarantine;
    private final boolean areStreamsVerified;

    Verifications(Digests digests, Quarantine quarantine, UploadPolicy policy) {
        this.quarantine = quarantine;
        this.digests = digests;
        this.areStreamsVerified = policy.streams() != UploadPolicy.Streams.OFF;
    }

    /** What is known of an image's file; empty when it has none, or none here. */
    public Optional<Verification> of(Snapshot snapshot, Image image) {
        return image.isOffered() ? Optional.empty() : image.file().map(file -> of(snapshot, image, file));
    }

    private Verification of(Snapshot snapshot, Image image, Image.File file) {
        Optional<StreamFinding> finding = digests.findStream(file.blob());
        List<String> problems = new ArrayList<>();
        Optional<Damage> damage = quarantine.find(image.uuid(), Part.FILE);
        if (damage.isPresent()) {
            return new Verification(
                    Verification.State.QUARANTINED,
                    List.of(damage.get().sentence()),
                    finding.flatMap(StreamFinding::contents),
                    Optional.empty());
        }
        digests.find(file.blob()).ifPresent(digest -> judgeSha1(file, digest, problems));
        finding.map(StreamFinding::problem).ifPresent(problems::add);
        Optional<StreamContents> contents = finding.flatMap(StreamFinding::contents);
        finding.filter(found -> found.snapshot() != null).ifPresent(stream -> judge(snapshot, image, stream, problems));
        return new Verification(
                state(image, finding, problems),
                problems,
                contents,
                digests.find(file.blob()).map(FileDigest::sha256));
    }

    private Verification.State state(Image image, Optional<StreamFinding> finding, List<String> problems) {
        if (!problems.isEmpty()) {
            return Verification.State.PROBLEM;
        }
        if (!image.isStream()) {
            return Verification.State.NOT_A_STREAM;
        }
        if (finding.isEmpty()) {
            return areStreamsVerified ? Verification.State.NOT_YET : Verification.State.OFF;
        }
        return finding.get().isOfUpload() ? Verification.State.VERIFIED_AT_PUBLISH : Verification.State.VERIFIED;
    }

    private static void judgeSha1(Image.File file, FileDigest digest, List<String> problems) {
        file.sha1()
                .filter(stated -> !stated.equals(digest.sha1()))
                .ifPresent(stated -> problems.add("The file is damaged: its sha1 is " + digest.sha1()
                        + ", but the manifest says " + stated + ". imgadm will refuse it."));
    }

    /** The stream itself was judged; now whether it is the one that the manifest speaks of. */
    private void judge(Snapshot snapshot, Image image, StreamFinding stream, List<String> problems) {
        Guid found = new Guid(stream.guid());
        Optional<Guid> stated = image.file().flatMap(Image.File::guid);
        if (stated.filter(guid -> !guid.equals(found)).isPresent()) {
            problems.add("The stream's snapshot has guid " + found + ", but the manifest's dataset_guid is "
                    + stated.get() + ".");
        }
        StreamPolicy.Origin origin = image.origin()
                .map(uuid -> snapshot.find(uuid)
                        .flatMap(this::guid)
                        .map(StreamPolicy.Origin::of)
                        .orElse(StreamPolicy.Origin.OF_UNKNOWN_GUID))
                .orElse(StreamPolicy.Origin.NONE);
        problems.addAll(StreamPolicy.originRefusals(new Guid(stream.fromguid()), origin));
    }

    /** The guid of an image's snapshot: what is in the stream, not what is said of it, if both are known. */
    private Optional<Guid> guid(Image image) {
        return image.file()
                .flatMap(file -> digests.findStream(file.blob())
                        .filter(found -> found.snapshot() != null)
                        .map(found -> new Guid(found.guid()))
                        .or(file::guid));
    }

    /**
     * What is known of all images that somebody sees.
     *
     * @param states how many images there are of each; absent where there are none
     * @param problems what is wrong, by the path of the file
     */
    public record Overview(Map<Verification.State, Integer> states, List<Problem> problems) {}

    /** Looks at all images that this principal sees; some milliseconds at ten thousand. */
    public Overview overview(Snapshot snapshot, Principal principal) {
        Map<Verification.State, Integer> states = new EnumMap<>(Verification.State.class);
        List<Problem> problems = new ArrayList<>();
        for (Image image : snapshot.images()) {
            if (image.isOffered() || !image.isVisibleTo(principal)) {
                continue;
            }
            quarantine
                    .find(image.uuid(), Part.ICON)
                    .ifPresent(damage -> problems.add(new Problem(damage.path(), damage.sentence())));
            if (image.file().isEmpty()) {
                continue;
            }
            Verification verification = of(snapshot, image, image.file().get());
            states.merge(verification.state(), 1, Integer::sum);
            String path = image.file().get().blob().key().value();
            verification.problems().forEach(problem -> problems.add(new Problem(path, problem)));
        }
        return new Overview(states, problems);
    }
}
