package org.imageserver.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code image-server prepare}: does once what a server does, while the launcher has Java record which classes that
 * takes. The recording is a file beside the jar that later starts take them from.
 */
@Command(
        name = "prepare",
        description = {
            "Makes later starts faster: records what a start needs in a file beside the jar.",
            "The launcher does it after a build. Do it yourself after an update of Java, or after you have",
            "copied the jar elsewhere. Nothing else depends on the file."
        },
        mixinStandardHelpOptions = true)
final class PrepareCommand implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
        // Only Java itself can record, and only if it is told so when it starts.
        if (System.getProperty("image-server.recording") == null) {
            throw new CommandFailure(
                    CommandFailure.WRONG_USE, "only the launcher can prepare: say image-server prepare, not java -jar");
        }
        try (Rehearsal rehearsal = new Rehearsal()) {
            rehearsal.run();
        }
        return 0;
    }
}
