package org.imageserver.http.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Provenance;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.catalogue.StreamContents;
import org.imageserver.catalogue.Verification;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.Route.Parameter;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.manifest.ManifestJson;
import org.imageserver.statistics.Statistics;

/** Everything about one image: how to install it, what it is, what it is built on, and what was made of it. */
public final class ImagePage {
    private static final int DAYS = 30;
    private static final int MOST_VERSIONS = 8;
    private static final long MEBIBYTE = 1024 * 1024;

    private final Catalogue catalogue;
    private final Statistics statistics;

    /** Makes the page. */
    public ImagePage(Catalogue catalogue, Statistics statistics) {
        this.catalogue = catalogue;
        this.statistics = statistics;
    }

    /** Where it is. */
    public Route route() {
        return Route.get(
                "/i/:uuid",
                "Image",
                new Doc(
                        WebRoutes.FACE,
                        "One image: its commands, facts, origins and downloads, and a form that makes the input of vmadm"
                                + " create.",
                        List.of(
                                new Parameter(
                                        "brand", "Of the machine that the form is for: joyent, lx, bhyve, kvm ..."),
                                new Parameter("alias", "And the form's other fields, by their names on the page.")),
                        "text/html",
                        List.of(ErrorCode.ResourceNotFound)),
                ErrorPage.around(request -> new Reply.Later(() -> answer(request))));
    }

    private Reply answer(Request request) {
        Snapshot snapshot = catalogue.snapshot();
        Image image = snapshot.image(request.parameter("uuid"), request.principal());
        ObjectNode manifest = manifest(image);
        ImageData data = data(request, snapshot, image, manifest);
        String title = image.name() + " " + image.version();
        Frame frame = Frame.of(request, Section.IMAGES, title + " · SmartOS images")
                .withDescription(
                        data.row().description().isEmpty() ? title : data.row().description())
                .withJson(Address.ofApi(image, ""));
        return HtmlReply.of((output, nobody) -> JteimageGenerated.render(output, nobody, frame, data));
    }

    /** The snapshot keeps manifests as bytes; they were valid when it was made. */
    private static ObjectNode manifest(Image image) {
        try {
            return ManifestJson.parse(image.json().bytes());
        } catch (InvalidManifestException e) {
            throw new IllegalStateException("a rendered manifest is no manifest any more: " + image.uuid(), e);
        }
    }

    private ImageData data(Request request, Snapshot snapshot, Image image, ObjectNode manifest) {
        Optional<Verification> verification = catalogue.verifications().of(snapshot, image);
        String origin = Frame.origin(request);
        List<Image> versions = otherVersions(snapshot, request.principal(), image);
        int more = versions.size() - MOST_VERSIONS;
        return new ImageData(
                row(image),
                origin,
                image.channels().hasDefault() ? "" : image.channels().names().getFirst(),
                Address.ofApi(image, ""),
                mayEdit(request.principal(), image) ? Address.ofImage(image.uuid()) + "/edit" : "",
                image.description(),
                ImageWords.link(manifest.path("homepage").asText()),
                ImageWords.age(image.published(), Instant.now()),
                ImageWords.kind(image),
                Requirements.inWords(manifest.path("requirements")),
                facts(image, manifest, verification, catalogue.provenance().of(image.uuid())),
                verification.map(ImageWords::check).orElse(null),
                download(origin, image, manifest, verification).orElse(null),
                Lineage.of(snapshot, request.principal(), image),
                versions.stream().limit(MOST_VERSIONS).map(this::row).toList(),
                more > 0 ? Wording.plural(more, "more version") : "",
                chart(image),
                VmForm.of(manifest, request.query()).orElse(null),
                PrettyJson.of(manifest));
    }

    private static boolean mayEdit(Principal principal, Image image) {
        return switch (principal) {
            case Principal.Anonymous anonymous -> false;
            case Principal.Account account ->
                !image.isOffered()
                        && (account.isAdmin()
                                || (account.mayPublish() && account.uuid().equals(image.owner())));
        };
    }

    private Row row(Image image) {
        return Row.of(new Selection.Entry(List.of(image)), statistics::downloads);
    }

    private static List<Image> otherVersions(Snapshot snapshot, Principal principal, Image image) {
        return snapshot.named(image.name()).stream()
                .filter(other -> !other.uuid().equals(image.uuid()) && Selection.isShown(other, principal))
                .toList();
    }

    private static List<ImageData.Fact> facts(
            Image image,
            ObjectNode manifest,
            Optional<Verification> verification,
            Optional<Provenance.Origin> provenance) {
        List<ImageData.Fact> facts = new ArrayList<>();
        if (image.isOffered()) {
            facts.add(fact("Kept", "On another server; it is brought here with its first download."));
        }
        image.file().ifPresent(file -> {
            String compression = manifest.at("/files/0/compression").asText();
            facts.add(fact("File", Wording.size(file.size()) + (compression.isEmpty() ? "" : ", " + compression)));
        });
        Optional<StreamContents> contents = verification.flatMap(Verification::contents);
        contents.ifPresent(stream -> facts.add(fact("Unpacked", Wording.size(stream.bytes()))));
        long disk = manifest.path("image_size").asLong();
        if (disk > 0 && disk < Long.MAX_VALUE / MEBIBYTE) {
            facts.add(fact("Disk", Wording.memory(disk)));
        }
        image.file().flatMap(Image.File::sha1).ifPresent(sha1 -> facts.add(exact("SHA-1", sha1)));
        verification.flatMap(Verification::sha256).ifPresent(sha256 -> facts.add(exact("SHA-256", sha256)));
        contents.ifPresent(stream -> addContents(stream, facts));
        if (!image.channels().names().isEmpty()) {
            facts.add(fact("Channels", String.join(", ", image.channels().names())));
        }
        facts.add(exact("UUID", image.uuid()));
        facts.add(exact("Owner", image.owner()));
        provenance.ifPresent(origin -> {
            facts.add(fact("Brought from", origin.shownSource()));
            facts.add(fact("Brought here", origin.fetched()));
            facts.add(fact("Compared", origin.verified()));
        });
        return facts;
    }

    private static void addContents(StreamContents stream, List<ImageData.Fact> facts) {
        facts.add(exact("Snapshot", stream.snapshot()));
        facts.add(exact("Snapshot guid", stream.guid()));
        if (stream.isIncremental()) {
            facts.add(exact("Needs snapshot", stream.fromguid()));
        }
        facts.add(fact("Stream features", stream.features().isEmpty() ? "none" : String.join(", ", stream.features())));
    }

    private static ImageData.Fact fact(String label, String value) {
        return new ImageData.Fact(label, value, false);
    }

    private static ImageData.Fact exact(String label, String value) {
        return new ImageData.Fact(label, value, true);
    }

    private static Optional<ImageData.Download> download(
            String origin, Image image, ObjectNode manifest, Optional<Verification> verification) {
        return image.file().map(file -> {
            String target = Address.ofApi(image, "/file");
            String name = ImageWords.fileName(
                    image, manifest.at("/files/0/compression").asText());
            String fetch = "curl -fsS -o " + name + " " + shell(origin + target);
            String compare = verification
                    .flatMap(Verification::sha256)
                    .map(sha256 -> " && openssl dgst -sha256 " + name + " | grep " + sha256)
                    .or(() -> file.sha1().map(sha1 -> " && openssl dgst -sha1 " + name + " | grep " + sha1))
                    .orElse("");
            return new ImageData.Download(target, fetch + compare, Wording.size(file.size()));
        });
    }

    /** A question mark means something to some shells. */
    private static String shell(String url) {
        return url.contains("?") ? "'" + url + "'" : url;
    }

    private BarChart chart(Image image) {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        List<Long> counts = statistics.downloadsByDay(image.uuid(), DAYS);
        List<BarChart.Amount> amounts = new ArrayList<>();
        for (int index = 0; index < counts.size(); index++) {
            LocalDate day = today.minusDays(counts.size() - 1L - index);
            String label = day.getDayOfMonth() + " " + day.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            amounts.add(new BarChart.Amount(label, counts.get(index)));
        }
        return BarChart.of("Downloads a day", amounts, Wording::count);
    }
}
