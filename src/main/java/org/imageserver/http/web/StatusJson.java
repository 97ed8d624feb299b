package org.imageserver.http.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Problem;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.catalogue.Verification;
import org.imageserver.catalogue.Verifications;
import org.imageserver.statistics.HandledRequest;
import org.imageserver.statistics.Statistics;
import org.imageserver.statistics.Traffic;
import org.imageserver.tls.CertificateState;

/**
 * What the status page shows, for programs. As there, everyone gets counts, and what may name a private image is for
 * administrators alone.
 */
final class StatusJson {
    private static final int HOURS = 48;
    private static final int DAYS = 30;

    private final Catalogue catalogue;
    private final Statistics statistics;
    private final Supplier<List<ObjectNode>> jobs;
    private final Supplier<List<ObjectNode>> sources;
    private final Supplier<Optional<CertificateState>> certificate;
    private final String version;

    StatusJson(
            Catalogue catalogue,
            Statistics statistics,
            Supplier<List<ObjectNode>> jobs,
            Supplier<List<ObjectNode>> sources,
            Supplier<Optional<CertificateState>> certificate,
            String version) {
        this.sources = sources;
        this.catalogue = catalogue;
        this.statistics = statistics;
        this.jobs = jobs;
        this.certificate = certificate;
        this.version = version;
    }

    String of(Principal principal) throws IOException {
        Snapshot snapshot = catalogue.snapshot();
        Verifications.Overview overview = catalogue.verifications().overview(snapshot, principal);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("version", version).put("java", Runtime.version().toString());
        json.put("images", snapshot.images().stream().filter(Image::isListed).count());
        long offered = snapshot.images().stream().filter(Image::isOffered).count();
        if (offered > 0) {
            json.put("offered", offered);
        }
        catalogue.staleSince().ifPresent(since -> json.put("offered_as_of", since.toString()));
        json.put("problems", snapshot.problems().size());
        long usable = catalogue.usableBytes();
        if (usable < Long.MAX_VALUE) {
            json.put("free_bytes", usable);
        }
        ObjectNode files = json.putObject("files");
        for (Map.Entry<Verification.State, Integer> state : overview.states().entrySet()) {
            files.put(state.getKey().name().toLowerCase(Locale.ROOT), state.getValue());
        }
        json.set("hours", traffic(statistics.hours(HOURS)));
        json.set("days", traffic(statistics.days(DAYS)));
        if (principal.isAdmin()) {
            addDetails(json, snapshot, overview);
        }
        return json.toString();
    }

    private static ArrayNode traffic(List<Traffic> spans) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Traffic span : spans) {
            array.addObject()
                    .put("from", span.from().toString())
                    .put("requests", span.requests())
                    .put("bytes", span.bytes())
                    .put("downloads", span.downloads());
        }
        return array;
    }

    private void addDetails(ObjectNode json, Snapshot snapshot, Verifications.Overview overview) {
        json.set("slowest", requests(statistics.slowest()));
        json.set("failures", requests(statistics.failures()));
        json.set("not_served", problems(snapshot.problems()));
        json.set("damaged", problems(overview.problems()));
        jobs.get().forEach(json.putArray("jobs")::add);
        sources.get().forEach(json.putArray("sources")::add);
        certificate.get().ifPresent(state -> {
            ObjectNode shown =
                    json.putObject("certificate").put("not_after", state.ends().toString());
            state.renewal().ifPresent(renewal -> {
                shown.put("authority", renewal.authority().toString())
                        .put("next", renewal.next().toString())
                        .put("failures", renewal.failures());
                renewal.lastFailure().ifPresent(failure -> shown.put("last_failure", failure));
            });
        });
    }

    private static ArrayNode requests(List<HandledRequest> requests) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (HandledRequest request : requests) {
            array.addObject()
                    .put("at", request.at().toString())
                    .put("method", request.method())
                    .put("target", request.target())
                    .put("status", request.status())
                    .put("milliseconds", request.took().toMillis())
                    .put("req_id", request.id());
        }
        return array;
    }

    private static ArrayNode problems(List<Problem> problems) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        problems.forEach(
                problem -> array.addObject().put("path", problem.path()).put("reason", problem.reason()));
        return array;
    }
}
