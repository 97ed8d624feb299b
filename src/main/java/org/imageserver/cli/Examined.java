package org.imageserver.cli;

import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.imageserver.zfs.Assessment;
import org.imageserver.zfs.SendStream;
import org.imageserver.zfs.StreamFacts;
import org.imageserver.zfs.StreamPolicy;
import org.imageserver.zfs.Verdict;

/**
 * What {@code verify} found out about one input.
 *
 * @param name as the person gave it
 * @param facts what it holds; empty when it is not an intact stream
 * @param sha1 of the file, in hex; empty when it was not read to its end
 * @param problems sentences: why it makes no image
 * @param warnings sentences: what to know all the same
 */
record Examined(
        String name, Optional<StreamFacts> facts, Optional<String> sha1, List<String> problems, List<String> warnings) {
    Examined {
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    static Examined bad(String name, String problem) {
        return new Examined(name, Optional.empty(), Optional.empty(), List.of(problem), List.of());
    }

    /** A stream of which no manifest is known: an incremental one may have the origin that it needs. */
    static Examined stream(String name, InputStream bytes) throws IOException {
        return stream(name, bytes, Optional.empty());
    }

    /** A stream and the origin that its manifest names. */
    static Examined stream(String name, InputStream bytes, StreamPolicy.Origin origin) throws IOException {
        return stream(name, bytes, Optional.of(origin));
    }

    private static Examined stream(String name, InputStream bytes, Optional<StreamPolicy.Origin> origin)
            throws IOException {
        DigestInputStream digested = new DigestInputStream(bytes, newSha1());
        return switch (SendStream.verify(digested)) {
            case Verdict.Intact intact -> {
                StreamFacts facts = intact.facts();
                Assessment assessment =
                        StreamPolicy.SMARTOS.assess(facts, origin.orElseGet(() -> fittingOrigin(facts)));
                String sha1 =
                        HexFormat.of().formatHex(digested.getMessageDigest().digest());
                yield new Examined(
                        name, Optional.of(facts), Optional.of(sha1), assessment.refusals(), assessment.warnings());
            }
            case Verdict.Damaged damaged -> bad(name, damaged.reason());
            case Verdict.Unreadable unreadable -> bad(name, unreadable.reason());
        };
    }

    private static StreamPolicy.Origin fittingOrigin(StreamFacts facts) {
        return facts.isIncremental() ? StreamPolicy.Origin.OF_UNKNOWN_GUID : StreamPolicy.Origin.NONE;
    }

    private static MessageDigest newSha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
