package org.imageserver.cli.doctor;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.imageserver.catalogue.DirectoryCheck;
import org.imageserver.config.Settings;
import org.imageserver.storage.LocalStorage;
import org.imageserver.tls.CertificateFiles;

/** Looks at what a server has on its own machine: directory, room, secrets, certificate. Changes nothing that stays. */
public final class SiteDoctor {
    private static final Set<PosixFilePermission> OF_OTHERS =
            Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

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
        secret(settings.usersFile(), "accounts");
        certificate();
    }

    private boolean directory() {
        Path directory = settings.serveDir();
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
        if (Files.isWritable(directory)) {
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

    private void secret(Path file, String what) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            if (!Files.isReadable(file)) {
                tell.accept(Finding.broken(
                        "the " + what + " in " + file + " cannot be read", "chown it to the user of the server"));
            } else if (Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains)) {
                tell.accept(Finding.broken(
                        "everyone on this machine can get at the " + what + " in " + file, "chmod 600 " + file));
            } else {
                tell.accept(Finding.fine("the " + what + " in " + file + " are for their owner alone"));
            }
        } catch (IOException e) {
            tell.accept(Finding.broken("the " + what + " in " + file + " cannot be looked at: " + e, "look at it"));
        }
    }

    private void certificate() {
        Settings.Tls tls = settings.tls();
        if (!settings.isTlsUsed()) {
            return;
        }
        if (tls.isOwn() && !Files.exists(tls.certificate())) {
            tell.accept(Finding.fine("the server will make a certificate of its own"));
            return;
        }
        secret(tls.key(), "key");
        try {
            List<Finding> findings = new CertificateDoctor(new CertificateFiles(tls.certificate(), tls.key())
                            .read()
                            .chain())
                    .examine(tls.certificate().toString());
            findings.forEach(tell);
        } catch (IOException e) {
            tell.accept(Finding.broken(String.valueOf(e.getMessage()), "mend \"tls\", or what it names"));
        }
    }
}
