package org.imageserver.cli;

/** A command cannot do what it was told; the message says why and what to do. */
final class CommandFailure extends Exception {
    private final int exitCode;

    CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }

    /** The exit code for wrong use, a configuration that cannot be used among it. */
    static final int WRONG_USE = 2;

    /** The exit code for something found wrong in what was looked at. */
    static final int FOUND_WRONG = 1;
}
