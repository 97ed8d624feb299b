package org.imageserver.cli;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.imageserver.mirror.Listed;
import org.imageserver.mirror.Mirror;

/** How far a mirror is, on the terminal of whoever said the command. Used by one thread at a time. */
final class MirrorProgress implements Mirror.Watcher {
    private final Progress progress;
    private final PrintWriter out;
    private final Consumer<String> failures;
    private final Map<String, String> underWay = new HashMap<>();
    private long bytes;

    /**
     * Makes a watcher.
     *
     * @param out where to say what is done
     * @param failures is told what failed, beside the progress bar
     */
    MirrorProgress(Progress progress, PrintWriter out, Consumer<String> failures) {
        this.progress = progress;
        this.out = out;
        this.failures = failures;
    }

    @Override
    public void begins(Listed image) {
        underWay.put(image.uuid(), Terminal.safe(image.name() + " " + image.version()));
        describe();
    }

    @Override
    public void ended(Listed image, boolean isHere) {
        underWay.remove(image.uuid());
        describe();
    }

    private void describe() {
        if (underWay.size() > 1) {
            progress.describe(underWay.size() + " images");
        } else {
            underWay.values().forEach(progress::describe);
        }
    }

    @Override
    public void received(long more) {
        bytes += more;
        progress.reached(bytes);
    }

    @Override
    public void done(String what) {
        progress.print(() -> {
            out.println(Terminal.safe(what));
            out.flush();
        });
    }

    @Override
    public void failed(String what) {
        progress.print(() -> failures.accept(Terminal.safe(what)));
    }
}
