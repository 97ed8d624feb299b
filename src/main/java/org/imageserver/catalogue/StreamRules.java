package org.imageserver.catalogue;

import java.util.Optional;
import org.imageserver.catalogue.ImageException.Reason;
import org.imageserver.catalogue.ImageException.Refused;
import org.imageserver.zfs.Guid;
import org.imageserver.zfs.StreamFacts;
import org.imageserver.zfs.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a file may become an image, going by the ZFS stream in it. */
final class StreamRules {
    private static final Logger LOG = LoggerFactory.getLogger(StreamRules.class);

    private StreamRules() {}

    /**
     * What is known of the image that the new one is an increment of.
     *
     * @param isNamed whether the manifest names one
     * @param guid of its snapshot, in decimal digits, when known
     */
    record Origin(boolean isNamed, Optional<String> guid) {}

    /**
     * Judges a file.
     *
     * @return what the stream holds; empty when it is not intact and the policy lets it in all the same
     * @throws Refused saying what is wrong, and at which byte
     */
    static Optional<StreamFacts> judge(
            Verdict verdict, UploadPolicy policy, Origin origin, Optional<String> statedGuid) {
        try {
            return Optional.of(accept(verdict, origin, statedGuid));
        } catch (Refused refused) {
            if (policy.streams() == UploadPolicy.Streams.STRICT) {
                throw refused;
            }
            LOG.warn("taken although it should be refused (verify_streams is warn): {}", refused.getMessage());
            return Optional.empty();
        }
    }

    private static StreamFacts accept(Verdict verdict, Origin origin, Optional<String> statedGuid) {
        return switch (verdict) {
            case Verdict.Damaged damaged ->
                throw refused(damaged.reason() + " (byte " + damaged.offset() + " of the inflated stream)");
            case Verdict.Unreadable unreadable -> throw refused(unreadable.reason());
            case Verdict.Intact intact -> {
                StreamFacts facts = intact.facts();
                checkOrigin(facts, origin);
                checkGuid(facts, statedGuid);
                yield facts;
            }
        };
    }

    private static void checkOrigin(StreamFacts facts, Origin origin) {
        if (!facts.isIncremental()) {
            return;
        }
        Guid from = facts.first().fromguid();
        if (!origin.isNamed()) {
            throw refused("the stream is incremental (from guid " + from.decimal()
                    + "), so the manifest must name the image that it is built on as \"origin\"");
        }
        if (origin.guid().filter(guid -> !guid.equals(from.decimal())).isPresent()) {
            throw refused(
                    "the stream is incremental from guid " + from.decimal() + ", but the origin's snapshot has guid "
                            + origin.guid().get() + "; it was made from another image");
        }
    }

    private static void checkGuid(StreamFacts facts, Optional<String> statedGuid) {
        String guid = facts.last().toguid().decimal();
        if (statedGuid.filter(stated -> !stated.equals(guid)).isPresent()) {
            throw refused("the stream's snapshot has guid " + guid + ", but dataset_guid says " + statedGuid.get());
        }
    }

    private static Refused refused(String message) {
        return new Refused(Reason.BAD_UPLOAD, message);
    }
}
