package org.imageserver.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Problem;
import org.imageserver.catalogue.Scrub;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.storage.BlobInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-server scrub}: reads files again, now. A running server does so by itself, slowly. */
@Command(
        name = "scrub",
        description = {
            "Reads the files of images again, all or some, as fast as it can. What is damaged is not served any more,",
            "and what was damaged and is right again is; a running server sees that at its next look. Exit code 1 when"
                    + " anything is damaged."
        },
        mixinStandardHelpOptions = true)
final class ScrubCommand implements Callable<Integer> {
    @Mixin
    private CatalogueOptions images = new CatalogueOptions();

    @Parameters(arity = "0..*", paramLabel = "UUID", description = "These images alone.")
    private List<String> uuids = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        try {
            return images.on((catalogue, storage, operator) -> scrub(catalogue));
        } catch (IOException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, String.valueOf(e.getMessage()));
        }
    }

    private int scrub(Catalogue catalogue) throws IOException, CommandFailure {
        List<Image> chosen = chosen(catalogue.snapshot());
        PrintWriter out = spec.commandLine().getOut();
        int damaged = 0;
        int files = 0;
        long total = chosen.stream().mapToLong(ScrubCommand::bytes).sum();
        try (Scrub scrub = catalogue.scrub(Scrub.Settings.AT_ONCE, Scrub.Healer.NONE);
                Progress progress = Progress.start("reading", OptionalLong.of(total))) {
            long before = 0;
            for (Image image : chosen) {
                long base = before;
                List<Problem> problems = scrub.check(image, read -> progress.reached(base + read));
                for (Problem problem : problems) {
                    progress.print(() -> out.println(problem));
                }
                damaged += problems.size();
                files += parts(image);
                before += bytes(image);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(CommandFailure.FOUND_WRONG, "interrupted");
        }
        out.println("files read: " + files + ", damaged: " + damaged);
        out.flush();
        return damaged == 0 ? 0 : CommandFailure.FOUND_WRONG;
    }

    private List<Image> chosen(Snapshot snapshot) throws CommandFailure {
        List<Image> chosen = new ArrayList<>();
        for (String uuid : uuids) {
            chosen.add(snapshot.find(uuid)
                    .orElseThrow(() -> new CommandFailure(CommandFailure.WRONG_USE, "there is no image " + uuid)));
        }
        return uuids.isEmpty()
                ? snapshot.images().stream().filter(image -> parts(image) > 0).toList()
                : chosen;
    }

    private static int parts(Image image) {
        return (image.file().isPresent() ? 1 : 0) + (image.icon().isPresent() ? 1 : 0);
    }

    private static long bytes(Image image) {
        return image.file().map(Image.File::size).orElse(0L)
                + image.icon().map(BlobInfo::size).orElse(0L);
    }
}
