package org.imageserver.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-server promote}: an image comes into one more channel. */
@Command(
        name = "promote",
        description = {
            "Puts an image into one more channel, beside a running server or without one.",
            "A running server sees it at its next look; its file is stored once, whatever channels it is in."
        },
        mixinStandardHelpOptions = true)
final class PromoteCommand implements Callable<Integer> {
    @Mixin
    private CatalogueOptions images = new CatalogueOptions();

    @Parameters(paramLabel = "UUID", description = "The image.")
    private String uuid;

    @Option(names = "--to", required = true, paramLabel = "CHANNEL", description = "The channel that it comes into.")
    private String to;

    @Option(names = "--from", paramLabel = "CHANNEL", description = "A channel that it leaves then.")
    private @Nullable String from;

    @Option(
            names = "--with-origins",
            description =
                    "What it is built on comes first, where that is not there yet: without its origin it is refused.")
    private boolean areOriginsWanted;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        ChannelMove.Wish wish = new ChannelMove.Wish(uuid, from, to, areOriginsWanted, false);
        return ChannelMove.run(images, wish, spec.commandLine().getOut());
    }
}
