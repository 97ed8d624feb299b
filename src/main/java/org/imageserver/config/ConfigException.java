package org.imageserver.config;

/** A setting that cannot be used; the message names the file, the line, the key and what was expected. */
public final class ConfigException extends Exception {
    /** Takes the whole sentence that the operator will read. */
    public ConfigException(String message) {
        super(message);
    }
}
