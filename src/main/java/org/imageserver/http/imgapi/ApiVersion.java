package org.imageserver.http.imgapi;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Request;
import org.semver4j.Semver;

/** Content negotiation by {@code Accept-Version}: an npm range that must include a version that is served. */
final class ApiVersion {
    private static final Semver ONE = new Semver("1.0.0");
    private static final Semver TWO = new Semver("2.0.0");

    /** What a client without the header gets. */
    private static final String DEFAULT = "1.0.0";

    /** Clients send the same few ranges; what they send beyond those is read anew each time. */
    private static final int MOST_KNOWN = 64;

    /**
     * Ranges that were found good, and whether version 2 is in them: reading one takes longer than all else that a
     * small answer needs.
     */
    private static final Map<String, Boolean> KNOWN = new ConcurrentHashMap<>();

    private ApiVersion() {}

    /**
     * Checks that the client can be served.
     *
     * @throws ApiException (InvalidVersion) when neither 1.0.0 nor 2.0.0 is in its range
     */
    static void check(Request request) {
        boolean unused = isTwo(request);
    }

    /**
     * Whether the client is served version 2, whose manifests say in which channels images are.
     *
     * @throws ApiException (InvalidVersion) when neither 1.0.0 nor 2.0.0 is in its range
     */
    static boolean isTwo(Request request) {
        String range = request.header("Accept-Version").orElse(DEFAULT).strip();
        Boolean known = KNOWN.get(range);
        if (known != null) {
            return known;
        }
        boolean isTwo = includes(range, TWO);
        if (!isTwo && !includes(range, ONE)) {
            throw new ApiException(ErrorCode.InvalidVersion, range + " is not supported by " + request.describe());
        }
        if (KNOWN.size() < MOST_KNOWN) {
            KNOWN.put(range, isTwo);
        }
        return isTwo;
    }

    private static boolean includes(String range, Semver version) {
        // npm knows three ways to write any version; the library knows one.
        return range.isEmpty() || range.equalsIgnoreCase("x") || version.satisfies(range);
    }
}
