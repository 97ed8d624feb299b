package org.imageserver.zfs;

import java.io.IOException;

/**
 * Carries a verdict up from the depth where it was found. An IOException, because it has to pass through decompressors,
 * which are InputStreams; it never leaves the package.
 */
final class VerdictException extends IOException {
    private final transient Verdict verdict;

    VerdictException(Verdict verdict) {
        this.verdict = verdict;
    }

    static VerdictException damaged(Fault fault, long offset, String reason) {
        return new VerdictException(new Verdict.Damaged(fault, reason, offset));
    }

    static VerdictException unreadable(String reason) {
        return new VerdictException(new Verdict.Unreadable(reason));
    }

    Verdict verdict() {
        return verdict;
    }

    /** A verdict is an answer, not a failure: where it was thrown interests nobody. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
