package org.imageserver.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Trash;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-server trash}: what went by the rules of retention and can still be had back. */
@Command(
        name = "trash",
        description = "Shows, restores or removes for good what went by the rules of retention.",
        mixinStandardHelpOptions = true)
final class TrashCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: list, restore UUID or empty");
    }

    @Command(name = "list", description = "Lists what is in the trash, oldest first.", mixinStandardHelpOptions = true)
    int list(@Mixin CatalogueOptions images) throws CommandFailure {
        return on(images, (trash, out) -> print(trash.list(), out, "in the trash: "));
    }

    @Command(
            name = "empty",
            description = "Removes for good what is in the trash, all of it.",
            mixinStandardHelpOptions = true)
    int empty(@Mixin CatalogueOptions images) throws CommandFailure {
        return on(images, (trash, out) -> print(trash.empty(Instant.MAX), out, "removed for good: "));
    }

    @Command(name = "restore", description = "Brings an image back.", mixinStandardHelpOptions = true)
    int restore(@Mixin CatalogueOptions images, @Parameters(paramLabel = "UUID") String uuid) throws CommandFailure {
        try {
            return images.onTrash((catalogue, trash, operator) -> {
                Image image = catalogue.remover().restore(operator, uuid, trash);
                PrintWriter out = spec.commandLine().getOut();
                out.println("restored " + image.name() + " " + image.version() + " (" + uuid + ")");
                out.flush();
                return 0;
            });
        } catch (IOException | ImageException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, String.valueOf(e.getMessage()));
        }
    }

    private interface Work {
        void run(Trash trash, PrintWriter out) throws IOException;
    }

    private int on(CatalogueOptions images, Work work) throws CommandFailure {
        try {
            return images.onTrash((catalogue, trash, operator) -> {
                PrintWriter out = spec.commandLine().getOut();
                work.run(trash, out);
                out.flush();
                return 0;
            });
        } catch (IOException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, String.valueOf(e.getMessage()));
        }
    }

    private static void print(List<Trash.Thrown> all, PrintWriter out, String what) {
        for (Trash.Thrown thrown : all) {
            out.println(thrown.uuid() + "  " + thrown.name() + " " + thrown.version() + "  "
                    + ProgressText.amount(thrown.bytes()) + "  " + thrown.at() + "  " + thrown.why());
        }
        out.println(what + all.size() + " images, "
                + ProgressText.amount(
                        all.stream().mapToLong(Trash.Thrown::bytes).sum()));
    }
}
