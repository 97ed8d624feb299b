package org.imageserver.http.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.manifest.ManifestJson;
import org.imageserver.manifest.State;

/** The form that changes an image, and what else its owner may do with it. */
final class EditPage {
    /** What was done before the page was loaded again; by the word in its address. */
    private static final Map<String, String> DONE = Map.of(
            "activated", "The image is active: everybody who may see it does.",
            "enabled", "The image is enabled again.",
            "disabled", "The image is disabled: lists do not show it any more.",
            "icon", "The image has a new icon.",
            "icon-removed", "The icon is gone.",
            "file", "The file is here.",
            "channels", "The image is in other channels now.");

    private final Catalogue catalogue;
    private final Terms terms;

    EditPage(Catalogue catalogue, Terms terms) {
        this.catalogue = catalogue;
        this.terms = terms;
    }

    /**
     * What the page shows.
     *
     * @param uuid of the image
     * @param name of the image
     * @param version of the image
     * @param target the page of the image
     * @param state of its life, as the API calls it
     * @param channel in which the API finds it, as a query; empty where it finds it without
     * @param channels that there are, and what may be done with the image there
     * @param etag of its manifest, quoted, so that nobody's change is overwritten
     * @param isChangeable whether the visitor may change it
     * @param file size and compression; empty when it has none
     * @param icon the address of its icon; empty when it has none
     * @param fields what can be edited
     * @param dependents the images that are built on it, as far as the visitor may see them
     * @param hiddenDependents how many more there are
     * @param done what was done a moment ago, in a sentence; empty for nothing
     */
    record Data(
            String uuid,
            String name,
            String version,
            String target,
            State state,
            String channel,
            List<Place> channels,
            String etag,
            boolean isChangeable,
            String file,
            String icon,
            FieldValues fields,
            List<Dependent> dependents,
            int hiddenDependents,
            String done) {
        /** Whether it was ever activated. */
        boolean isActivated() {
            return state.isActivated();
        }

        /** Whether anything is built on it. */
        boolean isNeeded() {
            return !dependents.isEmpty() || hiddenDependents > 0;
        }

        /** {@code 1 image is built on this one}. */
        String needed() {
            int count = dependents.size() + hiddenDependents;
            return Wording.plural(count, "image") + (count == 1 ? " is" : " are") + " built on this one";
        }
    }

    /**
     * A channel.
     *
     * @param name of it
     * @param description for people
     * @param isIn whether the image is there
     * @param mayChange whether the visitor may add it, or take it out: not of its last channel
     */
    record Place(String name, String description, boolean isIn, boolean mayChange) {}

    /** An image that is built on the one of the page. */
    record Dependent(String title, String target) {
        static Dependent of(Image image) {
            return new Dependent(image.name() + " " + image.version(), Address.ofImage(image.uuid()));
        }
    }

    Reply answer(Request request) throws IOException {
        Snapshot snapshot = catalogue.snapshot();
        Image image = snapshot.image(request.parameter("uuid"), request.principal());
        Data data = data(request, snapshot, image);
        Frame frame = Frame.of(request, Section.IMAGES, "Edit " + image.name() + " " + image.version())
                .withDescription("Change, retire or delete an image.")
                .withJson(Address.ofApi(image, ""));
        Frame whole = data.isChangeable() ? frame.withScripts("edit.js") : frame;
        return HtmlReply.of(
                (output, nobody) -> JteeditGenerated.render(output, nobody, whole, Visitor.of(request), terms, data));
    }

    private List<Place> places(Image image, Principal principal) {
        List<String> its = image.channels().names();
        return catalogue.channels().all().stream()
                .map(channel -> {
                    boolean isIn = its.contains(channel.name());
                    boolean isLast = isIn && its.size() == 1;
                    return new Place(
                            channel.name(), channel.description(), isIn, !isLast && channel.mayChange(principal));
                })
                .toList();
    }

    private Data data(Request request, Snapshot snapshot, Image image) throws IOException {
        Principal principal = request.principal();
        List<String> all = snapshot.dependents(image.uuid());
        List<Dependent> seen = snapshot.images().stream()
                .filter(other -> other.origin().filter(image.uuid()::equals).isPresent())
                .filter(other -> !other.isOffered() && other.isVisibleTo(principal))
                .map(Dependent::of)
                .toList();
        return new Data(
                image.uuid(),
                image.name(),
                image.version(),
                Address.ofImage(image.uuid()),
                image.state(),
                Address.channel(image, ""),
                places(image, principal),
                "\"" + image.json().etag() + "\"",
                isChangeable(image, principal),
                image.file().map(file -> Wording.size(file.size())).orElse(""),
                image.icon().isPresent() ? Address.ofApi(image, "/icon") : "",
                FieldValues.of(manifest(image)),
                seen,
                all.size() - seen.size(),
                request.query()
                        .get("done")
                        .flatMap(word -> Optional.ofNullable(DONE.get(word)))
                        .orElse(""));
    }

    private static boolean isChangeable(Image image, Principal principal) {
        return principal.mayPublish() && principal instanceof Principal.Account account && image.isOwnedBy(account);
    }

    private static ObjectNode manifest(Image image) throws IOException {
        try {
            return ManifestJson.parse(image.json().bytes());
        } catch (InvalidManifestException e) {
            throw new IOException("the manifest of image " + image.uuid() + " cannot be read again", e);
        }
    }
}
