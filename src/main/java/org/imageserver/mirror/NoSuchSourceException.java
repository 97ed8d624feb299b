package org.imageserver.mirror;

/** There is no such source, or none that can be changed while the server runs. */
public final class NoSuchSourceException extends Exception {
    private final boolean isConfigured;

    private NoSuchSourceException(String message, boolean isConfigured) {
        super(message);
        this.isConfigured = isConfigured;
    }

    /** There is none that is named like this. */
    public static NoSuchSourceException unknown(String id) {
        return new NoSuchSourceException("there is no source " + id, false);
    }

    static NoSuchSourceException ofTheConfiguration(String id) {
        return new NoSuchSourceException(
                "the source " + id + " is in the server's configuration file, and is changed there", true);
    }

    /** Whether there is one, but in the configuration. */
    public boolean isConfigured() {
        return isConfigured;
    }

    /** The message, never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
