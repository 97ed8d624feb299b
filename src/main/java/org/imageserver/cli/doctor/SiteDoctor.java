package org.imageserver.cli.doctor;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.imageserver.catalogue.DirectoryCheck;
import org.imageserver.config.Settings;
import org.imageserver.storage.LocalStorage;

/** Looks at what a server has on its own machine: directory, room, images, and other files. Changes nothing that stays. */
public final class SiteDoctor {
    /** With less, a usual image does not fit any more. */
    private static final long LITTLE_ROOM = 2L << 30;

    private static final int MOST_PROBLEMS = 5;

    private final Settings settings;
    private final Consumer<Finding> tell;

    /**
     * Makes a doctor.
     *
     * @param tell is told of each finding at once
     */
    public SiteDoctor(Settings settings, Consumer<Finding> tell) {
        this.settings = settings;
        this.tell = tell;
    }

    /** Looks at everything. */
    public void examine() {
        if (directory()) {
            room();
            images();
        }
        new FilesDoctor(settings, tell).examine();
    }

    private boolean directory() {
        Path directory = settings.serveDir();
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            tell.accept(Finding.broken(directory + " is no directory", "mend \"serve_dir\""));
            return false;
        }
        if (!Files.isDirectory(directory)) {
            tell.accept(Finding.warning(
                    "there is no directory " + directory + " yet", "the server makes it; or mend \"serve_dir\""));
            return false;
        }
        if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
            tell.accept(Finding.broken(
                    directory + " cannot be read by " + System.getProperty("user.name"),
                    "chown it, or run this as the user of the server"));
            return false;
        }
        Path own = directory.resolve(".image-server");
        if (Files.isWritable(directory) && Files.exists(own) && !Files.isWritable(own)) {
            tell.accept(Finding.broken(
                    own + " cannot be written by " + System.getProperty("user.name"),
                    "nothing can be published; chown -R it to the user of the server"));
        } else if (Files.isWritable(directory)) {
            tell.accept(Finding.fine(directory + " can be read and written"));
        } else {
            tell.accept(Finding.warning(
                    directory + " cannot be written by " + System.getProperty("user.name"),
                    "it can be served, but nothing can be published, and checksums are computed anew at each start;"
                            + " chown it to the user of the server"));
        }
        return true;
    }

    private void room() {
        try {
            FileStore disk = Files.getFileStore(settings.serveDir());
            long free = disk.getUsableSpace();
            String what = (free >> 20) + " MiB are free for images";
            tell.accept(
                    free < LITTLE_ROOM
                            ? Finding.warning(
                                    what, "delete images that nobody needs, or give the file system more room")
                            : Finding.fine(what));
        } catch (IOException e) {
            tell.accept(Finding.broken("the disk of " + settings.serveDir() + " cannot be asked: " + e, "look at it"));
        }
    }

    private void images() {
        if (settings.bucket().isPresent()) {
            return;
        }
        try (LocalStorage storage = new LocalStorage(settings.serveDir())) {
            DirectoryCheck check =
                    new DirectoryCheck(storage, settings.creator().uuid());
            int good = check.images().size();
            int bad = check.problems().size();
            if (bad == 0) {
                tell.accept(Finding.fine(good + " images can be served"));
                return;
            }
            check.problems().stream()
                    .limit(MOST_PROBLEMS)
                    .forEach(problem -> tell.accept(Finding.broken(problem.toString(), "mend or remove it")));
            if (bad > MOST_PROBLEMS) {
                tell.accept(Finding.broken(
                        (bad - MOST_PROBLEMS) + " more directories are no images that can be served",
                        "image-server check " + settings.serveDir()));
            }
        } catch (IOException e) {
            tell.accept(Finding.broken(settings.serveDir() + " cannot be looked at: " + e.getMessage(), "look at it"));
        }
    }
}
