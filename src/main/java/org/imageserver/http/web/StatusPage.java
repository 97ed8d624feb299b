package org.imageserver.http.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Problem;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.catalogue.Verification;
import org.imageserver.catalogue.Verifications;
import org.imageserver.http.Accept;
import org.imageserver.http.Body;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.statistics.HandledRequest;
import org.imageserver.statistics.Statistics;
import org.imageserver.statistics.Traffic;
import org.imageserver.tls.CertificateState;

/**
 * How the server is: images, disk, traffic, and for administrators what is slow or wrong. Everyone sees counts; what may
 * name a private image is for administrators alone. Thread-safe.
 */
public final class StatusPage {
    private static final int HOURS = 48;
    private static final int DAYS = 30;
    private static final int SHOWN = 10;
    private static final int MOST_PROBLEMS = 100;
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final Catalogue catalogue;
    private final Statistics statistics;
    private final Supplier<List<ObjectNode>> jobs;
    private final Supplier<List<ObjectNode>> sources;
    private final Supplier<List<ObjectNode>> webhooks;
    private final Supplier<Optional<CertificateState>> certificate;
    private final String version;
    private final Instant started = Instant.now();

    /**
     * Makes the page.
     *
     * @param jobs what runs in the background, as the API shows it, newest first
     * @param sources how it stands with other servers whose images are brought here, as the API shows it
     * @param webhooks how it stands with those who are told what becomes of images
     * @param certificate that clients are shown
     */
    public StatusPage(
            Catalogue catalogue,
            Statistics statistics,
            Supplier<List<ObjectNode>> jobs,
            Supplier<List<ObjectNode>> sources,
            Supplier<List<ObjectNode>> webhooks,
            Supplier<Optional<CertificateState>> certificate,
            String version) {
        this.catalogue = catalogue;
        this.statistics = statistics;
        this.jobs = jobs;
        this.sources = sources;
        this.webhooks = webhooks;
        this.certificate = certificate;
        this.version = version;
    }

    /** Where it is. */
    public Route route() {
        return Route.get(
                "/status",
                "Status",
                new Doc(
                        WebRoutes.FACE,
                        "How the server is, as a page, or as JSON for a program that accepts application/json: images, files"
                                + " verified, traffic by hour and day; for admins also what is slow, refused or damaged.",
                        List.of(),
                        List.of("text/html", Reply.JSON),
                        List.of(ErrorCode.UnauthorizedError)),
                ErrorPage.around(request -> new Reply.Later(() -> answer(request))));
    }

    private Reply answer(Request request) throws IOException {
        if (isForProgram(request)) {
            return Reply.json(
                            Body.of(new StatusJson(catalogue, statistics, jobs, sources, certificate, version)
                                    .of(request.principal())),
                            null)
                    .with("Vary", "Accept, Accept-Encoding");
        }
        Frame frame = Frame.of(request, Section.STATUS, "Status of this image server")
                .withDescription("Images, disk and traffic of this image server.");
        StatusData data = data(request.principal());
        return HtmlReply.of((output, nobody) -> JtestatusGenerated.render(output, nobody, frame, data))
                .with("Vary", "Accept, Accept-Encoding");
    }

    private static boolean isForProgram(Request request) {
        String accept = request.header("Accept").orElse("");
        return Accept.allows(accept, Reply.JSON) && !Accept.allows(accept, "text/html");
    }

    private StatusData data(Principal principal) throws IOException {
        Snapshot snapshot = catalogue.snapshot();
        Verifications.Overview overview = catalogue.verifications().overview(snapshot, principal);
        List<Image> listed = snapshot.images().stream().filter(Image::isListed).toList();
        return new StatusData(
                figures(snapshot, listed),
                charts(),
                byOs(listed),
                mostDownloaded(snapshot),
                inWords(overview.states()),
                snapshot.problems().size(),
                principal.isAdmin() ? details(snapshot, overview) : null);
    }

    private List<StatusData.Figure> figures(Snapshot snapshot, List<Image> listed) throws IOException {
        long bytes = snapshot.images().stream()
                .filter(image -> !image.isOffered())
                .flatMap(image -> image.file().stream())
                .mapToLong(Image.File::size)
                .sum();
        List<StatusData.Figure> figures = new ArrayList<>();
        long names = listed.stream().map(Image::name).distinct().count();
        figures.add(new StatusData.Figure(
                Wording.count(listed.size()), "images", "under " + Wording.plural(names, "name")));
        figures.add(new StatusData.Figure(Wording.size(bytes), "in files", "of all images"));
        long offered = snapshot.images().stream().filter(Image::isOffered).count();
        if (offered > 0) {
            figures.add(new StatusData.Figure(
                    Wording.count(offered),
                    "offered",
                    catalogue
                            .staleSince()
                            .map(since -> "by others, as of " + HOUR.format(since) + " UTC")
                            .orElse("by other servers")));
        }
        long usable = catalogue.usableBytes();
        if (usable < Long.MAX_VALUE) {
            figures.add(new StatusData.Figure(Wording.size(usable), "free", "for more"));
        }
        figures.add(
                new StatusData.Figure(upTime(Duration.between(started, Instant.now())), "up", "version " + version));
        return figures;
    }

    private static String upTime(Duration time) {
        if (time.toDays() > 0) {
            return Wording.plural(time.toDays(), "day");
        }
        return time.toHours() > 0
                ? Wording.plural(time.toHours(), "hour")
                : Wording.plural(Math.max(0, time.toMinutes()), "minute");
    }

    private List<BarChart> charts() {
        List<Traffic> hours = statistics.hours(HOURS);
        List<Traffic> days = statistics.days(DAYS);
        return List.of(
                chart("Downloads a day", days, DAY, Traffic::downloads, Wording::count),
                chart("Bytes sent a day", days, DAY, Traffic::bytes, Wording::size),
                chart("Requests an hour", hours, HOUR, Traffic::requests, Wording::count),
                chart("Bytes sent an hour", hours, HOUR, Traffic::bytes, Wording::size));
    }

    private static BarChart chart(
            String title,
            List<Traffic> traffic,
            DateTimeFormatter label,
            ToLongFunction<Traffic> amount,
            LongFunction<String> inWords) {
        return BarChart.of(
                title,
                traffic.stream()
                        .map(each -> new BarChart.Amount(label.format(each.from()), amount.applyAsLong(each)))
                        .toList(),
                inWords);
    }

    private static List<StatusData.Share> byOs(List<Image> listed) {
        Map<String, Long> counts = listed.stream()
                .collect(Collectors.groupingBy(
                        image -> image.os().isEmpty() ? "other" : image.os(), Collectors.counting()));
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .map(entry -> new StatusData.Share(
                        entry.getKey(), Wording.count(entry.getValue()), 100 * entry.getValue() / listed.size()))
                .toList();
    }

    private List<StatusData.Popular> mostDownloaded(Snapshot snapshot) {
        return statistics.mostDownloaded(DAYS).stream()
                .flatMap(downloaded -> snapshot.find(downloaded.uuid()).filter(Image::isListed).stream()
                        .map(image -> new StatusData.Popular(
                                image.uuid(), image.name(), image.version(), Wording.count(downloaded.count()))))
                .limit(SHOWN)
                .toList();
    }

    private static List<String> inWords(Map<Verification.State, Integer> states) {
        List<String> words = new ArrayList<>();
        states.forEach((state, count) -> words.add(Wording.count(count) + " "
                + switch (state) {
                    case VERIFIED_AT_PUBLISH -> "verified when they were published";
                    case VERIFIED -> "verified in the background";
                    case PROBLEM -> "with a problem";
                    case QUARANTINED -> "damaged and not served";
                    case NOT_A_STREAM -> "of a type that is no ZFS stream";
                    case NOT_YET -> "waiting to be verified";
                    case OFF -> "not verified, since that is switched off";
                }));
        return words;
    }

    private StatusData.Details details(Snapshot snapshot, Verifications.Overview overview) {
        return new StatusData.Details(
                inWords(statistics.slowest()),
                inWords(statistics.failures()),
                snapshot.problems().stream()
                        .limit(MOST_PROBLEMS)
                        .map(Problem::toString)
                        .toList(),
                overview.problems().stream()
                        .limit(MOST_PROBLEMS)
                        .map(Problem::toString)
                        .toList(),
                jobs.get().stream().limit(SHOWN).map(StatusPage::work).toList(),
                sources.get().stream().map(StatusPage::source).toList(),
                webhooks.get().stream().map(StatusPage::webhook).toList(),
                certificate.get().map(state -> state.describe(Instant.now())).orElse(""));
    }

    private static String webhook(ObjectNode hook) {
        String failure = hook.path("last_failure").asText();
        return hook.path("host").asText() + ": "
                + Wording.plural(hook.path("delivered").asLong(), "event")
                + " delivered since the start, " + hook.path("waiting").asText() + " waiting, "
                + hook.path("given_up").asText() + " given up"
                + (failure.isEmpty() ? "" : "; last failure: " + failure);
    }

    private static StatusData.Source source(ObjectNode source) {
        long bytes = source.at("/under_way/bytes").asLong();
        long total = source.at("/under_way/total_bytes").asLong();
        List<String> names = new ArrayList<>();
        source.at("/under_way/images")
                .forEach(image -> names.add(image.path("name").asText()));
        String looked = source.path("looked").asText();
        JsonNode error = source.path("last_error");
        return new StatusData.Source(
                source.path("url").asText(),
                (looked.isEmpty() ? "not asked yet" : "asked " + HOUR.format(Instant.parse(looked)))
                        + kept(source)
                        + offered(source),
                names.isEmpty()
                        ? ""
                        : String.join(", ", names) + ": " + Wording.size(bytes) + " of " + Wording.size(total),
                total == 0 ? 0 : Math.min(100, 100 * bytes / total),
                error.isMissingNode()
                        ? ""
                        : HOUR.format(Instant.parse(error.path("at").asText())) + ": "
                                + error.path("message").asText());
    }

    /** Of a source with a schedule. */
    private static String kept(ObjectNode source) {
        return source.has("wanted")
                ? ", " + source.path("here").asInt() + " of "
                        + Wording.plural(source.path("wanted").asInt(), "image") + " here"
                : "";
    }

    /** Of a source that is asked on demand. */
    private static String offered(ObjectNode source) {
        if (!source.has("offered")) {
            return "";
        }
        String images = ", " + Wording.plural(source.path("offered").asInt(), "image") + " offered on demand";
        String time = source.path("offered_as_of").asText();
        return source.path("is_down").asBoolean() && !time.isEmpty()
                ? images + ", by its list of " + HOUR.format(Instant.parse(time)) + ", since it cannot be asked"
                : images;
    }

    private static List<StatusData.Slow> inWords(List<HandledRequest> requests) {
        Function<HandledRequest, StatusData.Slow> described = request -> new StatusData.Slow(
                HOUR.format(request.at()),
                request.method() + " " + request.target(),
                request.status(),
                request.took().toMillis() + " ms",
                request.id());
        return requests.stream().limit(SHOWN).map(described).toList();
    }

    private static StatusData.Work work(ObjectNode job) {
        long bytes = job.at("/progress/bytes").asLong();
        long total = job.at("/progress/total_bytes").asLong();
        boolean isFetch = job.path("name").asText().startsWith("fetch");
        return new StatusData.Work(
                (isFetch ? "fetch the file of " : "import ")
                        + job.path("image_uuid").asText(),
                job.path("execution").asText(),
                total == 0 ? 0 : Math.min(100, 100 * bytes / total),
                Wording.size(bytes) + (total == 0 ? "" : " of " + Wording.size(total)));
    }
}
