package org.imageserver.http.web;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.ChannelScope;
import org.imageserver.catalogue.Image;
import org.imageserver.http.Accept;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.manifest.State;

/** What there is of one name: all versions, the latest of them, its badge and its feed. */
final class NamePage {
    private final Catalogue catalogue;
    private final ToLongFunction<String> downloads;

    NamePage(Catalogue catalogue, ToLongFunction<String> downloads) {
        this.catalogue = catalogue;
        this.downloads = downloads;
    }

    /**
     * What the page shows.
     *
     * @param name of all these images
     * @param latest the row of the image that {@code latest} leads to; the newest of all when none is active
     * @param total how many there are, in words
     * @param rows of this page
     * @param paging where the other pages are
     * @param origin of this server, for commands
     * @param target of this page
     */
    record Data(String name, Row latest, String total, List<Row> rows, Paging paging, String origin, String target) {
        /** The badge as it is put into a README. */
        String markdown() {
            // A bracket in the name would end the text.
            String text = name.replaceAll("[\\[\\]\\\\]", "\\\\$0");
            return "[![" + text + "](" + origin + target + "/badge.svg)](" + origin + target + ")";
        }

        /** The address of another page of versions. */
        String page(int number) {
            return number == 1 ? target : target + "?page=" + number;
        }
    }

    /** All versions that the principal may see, the newest first. */
    Reply answer(Request request) {
        List<Image> images = images(request);
        String name = images.getFirst().name();
        Paging paging = Paging.of(ListQuery.page(request.query().get("page").orElse("")), images.size());
        Row latest = row(latest(images, "", scope(Optional.empty())).orElse(images.getFirst()));
        String total = Wording.plural(images.size(), "version");
        Data data = new Data(
                name,
                latest,
                total,
                paging.of(images).stream().map(this::row).toList(),
                paging,
                Frame.origin(request),
                Address.ofName(name));
        Frame frame = Frame.of(request, Section.IMAGES, name + " · SmartOS images")
                .withDescription(latest.description().isEmpty() ? total + " of " + name : latest.description())
                .withFeed(Address.ofName(name) + "/feed.atom")
                // A tilde would make it a search.
                .withJson(name.startsWith("~") ? "" : "/images?name=" + Address.encoded(name));
        return HtmlReply.of((output, nobody) -> JtenameGenerated.render(output, nobody, frame, data));
    }

    /** Leads to the newest active image of the name in a channel, the default one if it names none; {@code version=24.4} asks for that one or the newest 24.4.x. */
    Reply latest(Request request) {
        String version = request.query().get("version").orElse("");
        ChannelScope scope = scope(request.query().get("channel"));
        Image latest = latest(images(request), version, scope)
                .orElseThrow(() -> missing(request.parameter("name") + " has no active image"
                        + (version.isEmpty() ? "" : " of version " + version)
                        + (scope.channel() == null ? "" : " in channel " + scope.channel())));
        boolean isProgram = Accept.allows(request.header("Accept").orElse(""), Reply.JSON);
        String target = isProgram ? Address.ofApi(latest, "") : Address.ofImage(latest.uuid());
        return new Reply.Empty(302, Map.of("Location", target, "Cache-Control", "no-cache", "Vary", "Accept"));
    }

    /** Name and latest version as a picture. */
    Reply badge(Request request) {
        List<Image> images = images(request);
        Image latest = latest(images, "", scope(Optional.empty())).orElse(images.getFirst());
        return Badge.of(latest.name(), latest.version());
    }

    /** The newest images of the name, as a feed. */
    Reply feed(Request request) {
        List<Image> images = images(request).stream()
                .filter(image -> image.state() == State.ACTIVE)
                .toList();
        String name = request.parameter("name");
        return Feed.of(request, name + " · SmartOS images", Address.ofName(name), images);
    }

    private List<Image> images(Request request) {
        String name = request.parameter("name");
        Principal principal = request.principal();
        List<Image> images = catalogue.snapshot().named(name).stream()
                .filter(image -> Selection.isShown(image, principal))
                .toList();
        if (images.isEmpty()) {
            throw missing("there is no image named " + name);
        }
        return images;
    }

    private static ApiException missing(String message) {
        return new ApiException(ErrorCode.ResourceNotFound, message);
    }

    private ChannelScope scope(Optional<String> channel) {
        return catalogue.channels().toRead(channel);
    }

    private static Optional<Image> latest(List<Image> newestFirst, String version, ChannelScope scope) {
        return newestFirst.stream()
                .filter(image -> image.state() == State.ACTIVE && scope.has(image))
                .filter(image -> version.isEmpty()
                        || image.version().equals(version)
                        || image.version().startsWith(version + "."))
                .findFirst();
    }

    private Row row(Image image) {
        return Row.of(new Selection.Entry(List.of(image)), downloads);
    }
}
