package org.imageserver.http.health;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Scrub;
import org.imageserver.catalogue.ScrubProgress;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.catalogue.Verification;
import org.imageserver.catalogue.Verifications;
import org.imageserver.statistics.Requests;
import org.imageserver.statistics.Statistics;
import org.imageserver.tls.CertificateState;
import org.imageserver.tls.RenewalState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the server does in numbers, in the text format of Prometheus. Nothing is kept for it: what others count is read
 * when somebody asks. Thread-safe; may wait for the disk.
 */
final class Metrics {
    private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);

    /** More names of images than this would make the asking expensive. */
    private static final int MOST_IMAGES = 100;

    /** Those are shown that were downloaded in this time. */
    private static final int DAYS = 30;

    private static final List<String> JOB_STATES = List.of("queued", "running", "succeeded", "failed");

    private static final double NANOS = 1e9;

    private final Catalogue catalogue;
    private final Scrub scrub;
    private final Statistics statistics;
    private final Supplier<List<ObjectNode>> jobs;
    private final Supplier<List<ObjectNode>> webhooks;
    private final Supplier<List<ObjectNode>> sources;
    private final Supplier<Optional<CertificateState>> certificate;
    private final String version;
    private final PrometheusRegistry runtime = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer =
            PrometheusTextFormatWriter.builder().build();

    Metrics(
            Catalogue catalogue,
            Scrub scrub,
            Statistics statistics,
            Supplier<List<ObjectNode>> jobs,
            Supplier<List<ObjectNode>> webhooks,
            Supplier<List<ObjectNode>> sources,
            Supplier<Optional<CertificateState>> certificate,
            String version) {
        this.catalogue = catalogue;
        this.scrub = scrub;
        this.statistics = statistics;
        this.jobs = jobs;
        this.webhooks = webhooks;
        this.sources = sources;
        this.certificate = certificate;
        this.version = version;
        JvmMetrics.builder().register(runtime);
    }

    String contentType() {
        return writer.getContentType();
    }

    byte[] now() throws IOException {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        ours().forEach(all::metricSnapshot);
        runtime.scrape().stream().forEach(all::metricSnapshot);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        writer.write(text, all.build());
        return text.toByteArray();
    }

    private List<MetricSnapshot> ours() {
        Snapshot snapshot = catalogue.snapshot();
        List<Requests.Endpoint> endpoints = statistics.requests().endpoints();
        List<MetricSnapshot> all = new ArrayList<>(List.of(
                build(),
                requests(endpoints),
                durations(endpoints),
                counter("imageserver_http_sent_bytes", "Bytes of answers.", point(statistics.bytesSent())),
                downloads(snapshot),
                images(snapshot),
                gauge(
                        "imageserver_file_bytes",
                        "Size of the files of all images that are kept here.",
                        value(fileBytes(snapshot))),
                gauge(
                        "imageserver_problem_directories",
                        "Directories that are no images that can be served.",
                        value(snapshot.problems().size())),
                verifications(snapshot),
                gauge(
                        "imageserver_snapshot_age_seconds",
                        "Time since the storage could be looked at.",
                        value(catalogue.sinceLastLook().toNanos() / NANOS)),
                jobs(),
                webhookEvents(),
                gauge(
                        "imageserver_quarantined_files",
                        "Files of all images that are damaged and not served.",
                        value(catalogue.quarantine().uuids().size())),
                counter(
                        "imageserver_scrub_read_bytes",
                        "Bytes of files that were read again to find damage.",
                        point(scrub.bytesRead())),
                gauge(
                        "imageserver_scrub_pass_files",
                        "Files that were read in the pass over all files that runs or ran last.",
                        value(scrub.progress().files())),
                gauge(
                        "imageserver_scrub_finished_timestamp_seconds",
                        "When all files had been read again for the last time; 0 before the first.",
                        value(finished(scrub.progress())))));
        all.addAll(mirrored());
        room().ifPresent(all::add);
        certificate.get().map(Metrics::certificate).ifPresent(all::addAll);
        return all;
    }

    /** Without it, the other numbers are worth all the more: they say that the storage cannot be looked at. */
    private Optional<MetricSnapshot> room() {
        try {
            long usable = catalogue.usableBytes();
            return usable == Long.MAX_VALUE
                    ? Optional.empty()
                    : Optional.of(gauge("imageserver_storage_free_bytes", "Room for more images.", value(usable)));
        } catch (IOException e) {
            LOG.debug("how much room there is cannot be told", e);
            return Optional.empty();
        }
    }

    /** By address without a path, which may hold a token; of sources that share one, the worst counts. */
    private List<MetricSnapshot> mirrored() {
        Map<Labels, Long> looked = new TreeMap<>();
        Map<Labels, Long> intervals = new TreeMap<>();
        Map<Labels, Long> missing = new TreeMap<>();
        for (ObjectNode source : sources.get()) {
            Labels labels = Labels.of("source", source.path("url").asText());
            looked.merge(labels, seconds(source.path("looked").asText()), Math::min);
            intervals.merge(labels, source.path("interval_seconds").asLong(), Math::max);
            missing.merge(
                    labels, source.path("wanted").asLong() - source.path("here").asLong(), Long::sum);
        }
        return List.of(
                gauge(
                        "imageserver_mirror_looked_timestamp_seconds",
                        "When a source had last said which images it has; 0 when it has not since the start.",
                        values(looked)),
                gauge(
                        "imageserver_mirror_interval_seconds",
                        "How long after that it is asked again.",
                        values(intervals)),
                gauge(
                        "imageserver_mirror_missing_images",
                        "Images that are to be brought from a source by schedule, and are not here.",
                        values(missing)));
    }

    private static long seconds(String time) {
        return time.isEmpty() ? 0 : Instant.parse(time).getEpochSecond();
    }

    private static List<MetricSnapshot> certificate(CertificateState state) {
        int failures = state.renewal().map(RenewalState::failures).orElse(0);
        return List.of(
                gauge(
                        "imageserver_certificate_expiry_timestamp_seconds",
                        "When the certificate that clients are shown expires.",
                        value(state.ends().getEpochSecond())),
                gauge(
                        "imageserver_certificate_renewal_failures",
                        "How often in a row it could not be had from the authority.",
                        value(failures)));
    }

    private static long finished(ScrubProgress progress) {
        String finished = progress.finished();
        return finished == null ? 0 : Instant.parse(finished).getEpochSecond();
    }

    private MetricSnapshot build() {
        return InfoSnapshot.builder()
                .name("imageserver_build")
                .help("Which server it is.")
                .dataPoint(InfoDataPointSnapshot.builder()
                        .labels(Labels.of("version", version))
                        .build())
                .build();
    }

    private static MetricSnapshot requests(List<Requests.Endpoint> endpoints) {
        List<CounterDataPointSnapshot> points = new ArrayList<>();
        for (Requests.Endpoint endpoint : endpoints) {
            endpoint.byStatus()
                    .forEach((status, count) ->
                            points.add(point(count, "endpoint", endpoint.name(), "code", Integer.toString(status))));
        }
        return counter("imageserver_http_requests", "Requests by endpoint and status.", points);
    }

    private static MetricSnapshot durations(List<Requests.Endpoint> endpoints) {
        HistogramSnapshot.Builder histogram = HistogramSnapshot.builder()
                .name("imageserver_http_request_duration_seconds")
                .help("Time until the answer began, as far as it was up to the server.");
        for (Requests.Endpoint endpoint : endpoints) {
            histogram.dataPoint(HistogramDataPointSnapshot.builder()
                    .labels(Labels.of("endpoint", endpoint.name()))
                    .classicHistogramBuckets(buckets(endpoint.byDuration()))
                    .sum(endpoint.seconds())
                    .build());
        }
        return histogram.build();
    }

    private static ClassicHistogramBuckets buckets(List<Long> counts) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int index = 0; index < counts.size(); index++) {
            boolean isRest = index == Requests.BOUNDS.size();
            double bound = isRest ? Double.POSITIVE_INFINITY : seconds(Requests.BOUNDS.get(index));
            buckets.bucket(bound, counts.get(index));
        }
        return buckets.build();
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / NANOS;
    }

    /** Of what everyone may know of: the names of others are nobody's business here. */
    private MetricSnapshot downloads(Snapshot snapshot) {
        return counter(
                "imageserver_image_downloads",
                "Downloads of the images that were downloaded most of late, since they are counted.",
                statistics.mostDownloaded(DAYS).stream()
                        .flatMap(downloaded -> snapshot.find(downloaded.uuid()).filter(Image::isListed).stream())
                        .limit(MOST_IMAGES)
                        .map(image -> point(
                                statistics.downloads(image.uuid()),
                                "uuid",
                                image.uuid(),
                                "name",
                                image.name(),
                                "version",
                                image.version()))
                        .toList());
    }

    /** What other servers only offer takes no room and cannot be damaged: it is not counted. */
    private static Stream<Image> kept(Snapshot snapshot) {
        return snapshot.images().stream().filter(image -> !image.isOffered());
    }

    private static MetricSnapshot images(Snapshot snapshot) {
        Map<Labels, Long> counts = new TreeMap<>(kept(snapshot)
                .collect(Collectors.groupingBy(
                        image -> Labels.of("state", lowerCase(image.state()), "os", image.os()),
                        Collectors.counting())));
        return gauge("imageserver_images", "Images that are kept here, by state and operating system.", values(counts));
    }

    /** What several images share on the disk has the same version for all, and takes its room once. */
    private static long fileBytes(Snapshot snapshot) {
        Set<String> counted = new HashSet<>();
        return kept(snapshot)
                .flatMap(image -> image.file().stream())
                .filter(file -> counted.add(file.version()))
                .mapToLong(Image.File::size)
                .sum();
    }

    private MetricSnapshot verifications(Snapshot snapshot) {
        Verifications.Overview overview = catalogue.verifications().overview(snapshot, new Principal.Anonymous());
        Map<Labels, Integer> counts = new TreeMap<>();
        for (Verification.State state : Verification.State.values()) {
            counts.put(Labels.of("state", lowerCase(state)), 0);
        }
        overview.states().forEach((state, count) -> counts.put(Labels.of("state", lowerCase(state)), count));
        return gauge(
                "imageserver_files", "Files that everyone may see, by what their verification found.", values(counts));
    }

    private MetricSnapshot jobs() {
        Map<Labels, Long> counts = new TreeMap<>();
        // Zeros too: what is not there cannot be drawn.
        JOB_STATES.forEach(state -> counts.put(Labels.of("state", state), 0L));
        jobs.get()
                .forEach(job ->
                        counts.merge(Labels.of("state", job.path("execution").asText()), 1L, Long::sum));
        return gauge("imageserver_jobs", "Imports that run or ran not long ago.", values(counts));
    }

    /** By host alone: the rest of a URL may be a secret. */
    private MetricSnapshot webhookEvents() {
        Map<Labels, Long> counts = new TreeMap<>();
        for (ObjectNode hook : webhooks.get()) {
            for (String state : List.of("waiting", "given_up", "delivered", "failed_attempts")) {
                Labels labels = Labels.of("host", hook.path("host").asText(), "state", state);
                counts.merge(labels, hook.path(state).asLong(), Long::sum);
            }
        }
        return gauge(
                "imageserver_webhook_events",
                "Events for webhooks that wait, were given up, or were delivered since the start, and attempts in vain.",
                values(counts));
    }

    private static String lowerCase(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static List<GaugeDataPointSnapshot> values(Map<Labels, ? extends Number> counts) {
        return counts.entrySet().stream()
                .map(entry -> GaugeDataPointSnapshot.builder()
                        .labels(entry.getKey())
                        .value(entry.getValue().doubleValue())
                        .build())
                .toList();
    }

    private static List<GaugeDataPointSnapshot> value(double value) {
        return List.of(GaugeDataPointSnapshot.builder().value(value).build());
    }

    private static List<GaugeDataPointSnapshot> value(long count) {
        return value((double) count);
    }

    private static CounterDataPointSnapshot point(long count, String... labels) {
        return CounterDataPointSnapshot.builder()
                .labels(Labels.of(labels))
                .value((double) count)
                .build();
    }

    private static MetricSnapshot counter(String name, String help, CounterDataPointSnapshot point) {
        return counter(name, help, List.of(point));
    }

    private static MetricSnapshot counter(String name, String help, Collection<CounterDataPointSnapshot> points) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        points.forEach(counter::dataPoint);
        return counter.build();
    }

    private static MetricSnapshot gauge(String name, String help, Collection<GaugeDataPointSnapshot> points) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        points.forEach(gauge::dataPoint);
        return gauge.build();
    }
}
