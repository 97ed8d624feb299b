package org.imageserver.cli;

import java.util.concurrent.Callable;
import org.imageserver.signing.VerificationKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-server key show}: for the telephone, on which two people compare fingerprints. */
@Command(name = "show", description = "Prints a public key and its fingerprint.", mixinStandardHelpOptions = true)
final class KeyShowCommand implements Callable<Integer> {
    @Parameters(paramLabel = "KEY", description = "A public key, or a file with one, or one with a secret key.")
    private String key;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        VerificationKey its = Keys.anyHalf(key);
        spec.commandLine().getOut().println(its.text());
        spec.commandLine().getOut().println(its.fingerprint());
        return 0;
    }
}
