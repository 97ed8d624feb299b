package org.imageserver.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A source that cannot be used. Its messages say nothing of what was found, which may be secret. */
public final class WrongSourceException extends Exception {
    private final transient Map<String, String> faults;

    /**
     * Says what is wrong.
     *
     * @param faults the keys that cannot be used, each with the rest of a sentence that begins with it: {@code must be a text}
     */
    public WrongSourceException(Map<String, String> faults) {
        super(faults.entrySet().stream()
                .map(fault -> "\"" + fault.getKey() + "\" " + fault.getValue())
                .collect(Collectors.joining("; ")));
        this.faults = new LinkedHashMap<>(faults);
    }

    /** The keys that cannot be used, and what they must be. */
    public Map<String, String> faults() {
        return Map.copyOf(faults);
    }
}
