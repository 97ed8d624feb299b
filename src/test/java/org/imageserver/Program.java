package org.imageserver;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/** Programs that tests need and that a machine may not have. */
public final class Program {
    private static final List<String> USUAL_PLACES = List.of("/usr/sbin", "/usr/local/sbin", "/opt/local/sbin");

    /** Set by .ci/run, where nothing may go untested. */
    private static final String ALL = "IMAGE_SERVER_TEST_ALL";

    private Program() {}

    /** Where the first of these is installed, if one is. */
    public static Optional<Path> find(String... names) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        List<String> places = Stream.concat(Arrays.stream(path.split(":", -1)), USUAL_PLACES.stream())
                .filter(place -> !place.isEmpty())
                .toList();
        return Arrays.stream(names)
                .flatMap(name -> places.stream().map(place -> Path.of(place, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** What to throw: it skips the test, so that one sees it; where everything is to be tested, it fails. */
    public static RuntimeException missing(String notTested) {
        // A report hides the reason of a skipped test well; this is seen.
        System.err.println(notTested);
        return System.getenv(ALL) == null ? new TestAbortedException(notTested) : new IllegalStateException(notTested);
    }
}
