package org.imageserver.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-server demote}: an image leaves a channel. */
@Command(
        name = "demote",
        description = {
            "Takes an image out of a channel, beside a running server or without one.",
            "What others there are built on stays; and out of its last channel an image only goes with --delete."
        },
        mixinStandardHelpOptions = true)
final class DemoteCommand implements Callable<Integer> {
    @Mixin
    private CatalogueOptions images = new CatalogueOptions();

    @Parameters(paramLabel = "UUID", description = "The image.")
    private String uuid;

    @Option(names = "--from", required = true, paramLabel = "CHANNEL", description = "The channel that it leaves.")
    private String from;

    @Option(names = "--to", paramLabel = "CHANNEL", description = "A channel that it comes into first.")
    private @Nullable String to;

    @Option(names = "--delete", description = "Delete it if it is in no other channel.")
    private boolean mayDelete;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        ChannelMove.Wish wish = new ChannelMove.Wish(uuid, from, to, false, mayDelete);
        return ChannelMove.run(images, wish, spec.commandLine().getOut());
    }
}
