package org.imageserver.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.imageserver.config.Settings.Overrides;

/** Any bytes in place of a configuration file: settings, or a sentence that names the file. */
public final class ConfigFuzz {
    private static final Path FILE = file();

    private ConfigFuzz() {}

    private static Path file() {
        try {
            return Files.createTempDirectory("fuzz").resolve("config.json");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The input is the file. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Files.write(FILE, input);
        try {
            Settings.read(FILE, Overrides.NONE);
        } catch (ConfigException e) {
            if (!String.valueOf(e.getMessage()).contains("config.json")) {
                throw new AssertionError("the message names no file", e);
            }
        }
    }
}
