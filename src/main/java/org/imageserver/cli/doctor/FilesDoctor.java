package org.imageserver.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Consumer;
import org.imageserver.ImageServer;
import org.imageserver.auth.AuthorizedKeys;
import org.imageserver.auth.UsersEditor;
import org.imageserver.auth.UsersException;
import org.imageserver.config.ListenAddress;
import org.imageserver.config.Settings;
import org.imageserver.signing.SigningKey;
import org.imageserver.signing.UnusableKeyException;
import org.imageserver.tls.CertificateFiles;

/** Looks at the files beside the images that a configuration names: accounts, keys, certificate, sockets, audit log. */
final class FilesDoctor {
    private static final Set<PosixFilePermission> OF_OTHERS =
            Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    private final Settings settings;
    private final Consumer<Finding> tell;

    FilesDoctor(Settings settings, Consumer<Finding> tell) {
        this.settings = settings;
        this.tell = tell;
    }

    void examine() {
        accounts();
        new AuthorizedKeys(settings.keysDir())
                .reload()
                .problems()
                .forEach(problem -> tell.accept(Finding.warning(problem, "mend that line, or take it out")));
        settings.signingKey().ifPresent(this::signingKey);
        auditLog();
        for (ListenAddress address : settings.listen()) {
            if (address instanceof ListenAddress.Unix unix) {
                socket(unix.path());
            }
        }
        if (settings.isTlsUsed()) {
            certificate(settings.tls());
        }
    }

    private void accounts() {
        secret(settings.usersFile(), "accounts");
        try {
            new UsersEditor(settings.usersFile(), InstantSource.system()).list();
        } catch (UsersException e) {
            tell.accept(Finding.broken(
                    String.valueOf(e.getMessage()), "mend it: at the next start nobody would have an account"));
        } catch (IOException e) {
            tell.accept(Finding.broken(settings.usersFile() + " cannot be read: " + e.getMessage(), "look at it"));
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

    private void signingKey(Path file) {
        try {
            SigningKey.parse(Files.readString(file));
            secret(file, "signing_key");
        } catch (NoSuchFileException e) {
            tell.accept(unusable(file, "there is no such file"));
        } catch (UnusableKeyException | IOException e) {
            tell.accept(unusable(file, String.valueOf(e.getMessage())));
        }
    }

    private static Finding unusable(Path signingKey, String why) {
        return Finding.broken(
                "the signing_key " + signingKey + " cannot be used: " + why,
                "the server does not start with it: put the right one there, or make one by image-server key new");
    }

    private void auditLog() {
        Path file = settings.auditLog().toAbsolutePath();
        if (!canBeMade(file)) {
            tell.accept(Finding.warning(
                    "the audit log cannot be written to " + file,
                    "it goes to the other log instead; mend \"audit_log\", or chown that directory"));
        }
    }

    private void socket(Path socket) {
        Path directory = socket.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
            tell.accept(Finding.broken(
                    "no socket can be made in " + directory,
                    "make that directory for the user of the server, or mend \"listen\""));
        }
    }

    /** Whether it can be written, or made with the directories before it. */
    private static boolean canBeMade(Path file) {
        if (Files.exists(file)) {
            return Files.isRegularFile(file) && Files.isWritable(file);
        }
        Path there = file.getParent();
        while (there != null && Files.notExists(there)) {
            there = there.getParent();
        }
        return there != null && Files.isDirectory(there) && Files.isWritable(there);
    }

    private void certificate(Settings.Tls tls) {
        if ((tls.isOwn() || tls.acme().isPresent()) && !Files.exists(tls.certificate())) {
            tell.accept(Finding.fine("the server will see to a certificate by itself"));
            return;
        }
        secret(tls.key(), "key");
        try {
            ImageServer.checkCertificate(settings);
            new CertificateDoctor(new CertificateFiles(tls.certificate(), tls.key())
                            .read()
                            .chain())
                    .examine(tls.certificate().toString())
                    .forEach(tell);
        } catch (IOException e) {
            tell.accept(Finding.broken(String.valueOf(e.getMessage()), "mend \"tls\", or what it names"));
        }
    }
}
