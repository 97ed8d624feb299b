package org.imageserver.catalogue;

import java.util.Optional;
import org.imageserver.catalogue.ImageException.Reason;
import org.imageserver.catalogue.ImageException.Refused;
import org.imageserver.zfs.Assessment;
import org.imageserver.zfs.StreamFacts;
import org.imageserver.zfs.StreamPolicy;
import org.imageserver.zfs.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a file may become an image, going by the ZFS stream in it and by what the operator lets in. */
final class StreamRules {
    private static final Logger LOG = LoggerFactory.getLogger(StreamRules.class);

    private final boolean isStrict;

    StreamRules(UploadPolicy policy) {
        this.isStrict = policy.streams() == UploadPolicy.Streams.STRICT;
    }

    /**
     * Judges a file.
     *
     * @return what the stream holds; empty when it is not intact and yet let in
     * @throws Refused saying what is wrong, and at which byte
     */
    Optional<StreamFacts> judge(String uuid, Verdict verdict, StreamPolicy.Origin origin, Optional<String> statedGuid) {
        return switch (verdict) {
            case Verdict.Intact intact -> {
                Assessment assessment = StreamPolicy.SMARTOS.assess(intact.facts(), origin);
                assessment.warnings().forEach(warning -> LOG.warn("image {}: {}", uuid, warning));
                assessment.refusals().forEach(refusal -> complain(uuid, refusal));
                checkGuid(uuid, intact.facts(), statedGuid);
                yield Optional.of(intact.facts());
            }
            case Verdict.Damaged damaged -> {
                complain(uuid, damaged.reason());
                yield Optional.empty();
            }
            case Verdict.Unreadable unreadable -> {
                complain(uuid, unreadable.reason());
                yield Optional.empty();
            }
        };
    }

    /** Whether a verdict that is known before the end makes the rest of the upload pointless. */
    boolean isHopeless(Verdict verdict) {
        return isStrict && !(verdict instanceof Verdict.Intact);
    }

    private void checkGuid(String uuid, StreamFacts facts, Optional<String> stated) {
        String guid = facts.last().toguid().decimal();
        if (stated.filter(other -> !other.equals(guid)).isPresent()) {
            complain(uuid, "the stream's snapshot has guid " + guid + ", but dataset_guid is given as " + stated.get());
        }
    }

    private void complain(String uuid, String reason) {
        if (isStrict) {
            throw new Refused(Reason.BAD_UPLOAD, reason);
        }
        LOG.warn("image {} is let in, because verify_streams is warn: {}", uuid, reason);
    }
}
