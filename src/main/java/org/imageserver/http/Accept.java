package org.imageserver.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The {@code Accept} and {@code Accept-Encoding} headers (RFC 9110, 12.5), as far as a choice between two needs. */
public final class Accept {
    private Accept() {}

    /** Whether a list names the value with a quality above zero. Absent headers and {@code *} name nothing. */
    public static boolean allows(@Nullable String header, String value) {
        if (header == null) {
            return false;
        }
        for (String element : header.split(",", -1)) {
            String[] parts = element.split(";", -1);
            if (parts[0].strip().equalsIgnoreCase(value)) {
                return quality(parts) > 0;
            }
        }
        return false;
    }

    private static double quality(String[] parts) {
        for (int index = 1; index < parts.length; index++) {
            String parameter = parts[index].strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("q=")) {
                return parameter.matches("q=[01](\\.[0-9]{0,3})?") ? Double.parseDouble(parameter.substring(2)) : 0;
            }
        }
        return 1;
    }
}
