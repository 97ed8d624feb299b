package org.imageserver.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.imageserver.signing.SigningKey;
import org.imageserver.signing.VerificationKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code image-server key new}: the public key alone goes to the standard output, so that a script can keep it. */
@Command(
        name = "new",
        description = {
            "Makes a pair of Ed25519 keys: FILE, which is secret, FILE.pub, and FILE.pub.pem for openssl.",
            "It prints the public key: whoever is to trust what is signed with the other one needs it."
        },
        mixinStandardHelpOptions = true)
final class KeyNewCommand implements Callable<Integer> {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where the secret key goes. Default: image-server.key")
    private Path file = Path.of("image-server.key");

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        Path open = Path.of(file + ".pub");
        Path pem = Path.of(file + ".pub.pem");
        for (Path taken : List.of(file, open, pem)) {
            if (Files.exists(taken)) {
                throw new CommandFailure(
                        CommandFailure.WRONG_USE, taken + " is there already, and no key is overwritten; say -o FILE");
            }
        }
        SigningKey key = SigningKey.generate();
        VerificationKey verification = key.verification();
        try {
            write(file, key.pem(), "rw-------");
            write(open, verification.text() + "\n", "rw-r--r--");
            write(pem, verification.pem(), "rw-r--r--");
        } catch (NoSuchFileException e) {
            throw new CommandFailure(CommandFailure.WRONG_USE, "there is no directory for " + file);
        } catch (IOException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, "the key cannot be written: " + e);
        }
        spec.commandLine().getOut().println(verification.text());
        spec.commandLine()
                .getErr()
                .println("The secret key is in " + file + ": keep it to yourself. The public one, with the fingerprint "
                        + verification.fingerprint() + ", is in " + open + ".");
        return 0;
    }

    private static void write(Path path, String content, String permissions) throws IOException {
        try (FileChannel channel = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)))) {
            ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
