package org.imageserver.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Target;
import org.jspecify.annotations.Nullable;

/**
 * An image on its way between channels, as the operator of the machine wants it. It is in the new channel before it leaves
 * the old one, so a move that breaks off can be said again.
 */
final class ChannelMove {
    private final Catalogue catalogue;
    private final Principal operator;
    private final PrintWriter out;

    /** How one command or the other is said. */
    record Wish(
            String uuid, @Nullable String from, @Nullable String to, boolean areOriginsWanted, boolean mayDelete) {}

    private ChannelMove(Catalogue catalogue, Principal operator, PrintWriter out) {
        this.catalogue = catalogue;
        this.operator = operator;
        this.out = out;
    }

    /** Makes a move, and prints where the image is then. */
    static int run(CatalogueOptions images, Wish wish, PrintWriter out) throws CommandFailure {
        try {
            return images.on((catalogue, storage, operator) -> {
                if (!catalogue.channels().areUsed()) {
                    throw new CommandFailure(
                            CommandFailure.WRONG_USE,
                            "there are no channels; say --config FILE, one with \"channels\" (docs/channels.md)");
                }
                new ChannelMove(catalogue, operator, out).run(wish);
                out.flush();
                return 0;
            });
        } catch (ImageException e) {
            String hint = e instanceof ImageException.Refused refused
                            && refused.reason() == ImageException.Reason.ORIGIN_MISSING
                    ? ", or say --with-origins"
                    : "";
            throw new CommandFailure(CommandFailure.FOUND_WRONG, e.getMessage() + hint);
        } catch (IOException e) {
            throw new CommandFailure(CommandFailure.FOUND_WRONG, String.valueOf(e.getMessage()));
        }
    }

    private void run(Wish wish) throws IOException, CommandFailure {
        // Unknown names are refused before anything is done.
        Optional<String> from = known(wish.from());
        Optional<String> to = known(wish.to());
        Image image = find(wish.uuid(), from);
        if (to.isPresent()) {
            if (wish.areOriginsWanted()) {
                for (Image origin : origins(image)) {
                    tell(add(origin, to.get()));
                }
            }
            image = add(image, to.get());
        }
        if (from.isPresent() && !from.equals(to)) {
            Optional<Image> rest = leave(image, from.get(), wish.mayDelete());
            if (rest.isEmpty()) {
                out.println(name(image) + " is deleted");
                return;
            }
            image = rest.get();
        }
        tell(image);
    }

    private Optional<String> known(@Nullable String channel) throws CommandFailure {
        if (channel != null && !catalogue.channels().names().contains(channel)) {
            throw new CommandFailure(
                    CommandFailure.WRONG_USE,
                    "there is no channel " + channel + "; there are "
                            + String.join(", ", catalogue.channels().names()));
        }
        return Optional.ofNullable(channel);
    }

    private Image find(String uuid, Optional<String> from) throws CommandFailure {
        Image image = catalogue
                .snapshot()
                .own(uuid)
                .orElseThrow(() -> new CommandFailure(CommandFailure.FOUND_WRONG, "there is no image " + uuid));
        if (from.isPresent() && !image.channels().names().contains(from.get())) {
            throw new CommandFailure(
                    CommandFailure.FOUND_WRONG,
                    name(image) + " is not in " + from.get() + ", but in "
                            + String.join(", ", image.channels().names()));
        }
        return image;
    }

    /** All that an image is built on and that is here, the first one first. */
    private Deque<Image> origins(Image image) {
        Deque<Image> chain = new ArrayDeque<>();
        Optional<Image> next = origin(image);
        while (next.isPresent() && !chain.contains(next.get())) {
            chain.addFirst(next.get());
            next = origin(next.get());
        }
        return chain;
    }

    private Optional<Image> origin(Image image) {
        return image.origin().flatMap(catalogue.snapshot()::own);
    }

    private Image add(Image image, String channel) throws IOException {
        return catalogue.editor().addChannel(Target.of(operator, image.uuid()), channel);
    }

    /** Empty when it was deleted. */
    private Optional<Image> leave(Image image, String channel, boolean mayDelete) throws IOException, CommandFailure {
        List<String> rest = image.channels().names().stream()
                .filter(name -> !name.equals(channel))
                .toList();
        Target target = Target.of(operator, image.uuid());
        if (!rest.isEmpty()) {
            ArrayNode names = JsonNodeFactory.instance.arrayNode();
            rest.forEach(names::add);
            ObjectNode change = JsonNodeFactory.instance.objectNode();
            change.set("channels", names);
            return Optional.of(catalogue.editor().update(target, change));
        }
        if (!mayDelete) {
            throw new CommandFailure(
                    CommandFailure.FOUND_WRONG,
                    name(image) + " is in no other channel: out of " + channel
                            + " it would be deleted. Say --to CHANNEL, or --delete if that is meant");
        }
        catalogue.remover().delete(target);
        return Optional.empty();
    }

    private void tell(Image image) {
        out.println(name(image) + " is in " + String.join(", ", image.channels().names()));
    }

    private static String name(Image image) {
        return image.name() + " " + image.version() + " (" + image.uuid() + ")";
    }
}
