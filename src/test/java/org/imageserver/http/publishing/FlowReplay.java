package org.imageserver.http.publishing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.imageserver.Golden;
import org.imageserver.TestImages;

/**
 * Sends what the recorded peer was sent, in its order: writes by an admin, reads by nobody. Uuids, entity tags and
 * digests of the peer's answers are replaced by ours as they become known.
 */
final class FlowReplay {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String SMALL = "fbb716cbf5cb0662b7951b413628b43d425392d5";

    /** Headers that the client sets by itself. */
    private static final Set<String> OF_THE_CLIENT = Set.of("content-length", "expect", "transfer-encoding");

    /** Fields that speak of bytes and of moments: ours are others. */
    private static final List<String> NOT_COMPARED = List.of("uuid", "published_at", "files", "origin");

    private final Publishing publishing;
    private final Map<String, String> ours = new LinkedHashMap<>();

    FlowReplay(Publishing publishing) {
        this.publishing = publishing;
        String sha1 = TestImages.sha1(fixture("small.gz"));
        ours.put(SMALL, sha1);
        ours.put(SMALL.toUpperCase(Locale.ROOT), sha1.toUpperCase(Locale.ROOT));
        ours.put("dataset_guid=12345", "dataset_guid=" + Long.toUnsignedString(0x2ef77897bf601fe0L));
        ours.put("sha1=022194e645441cea39200a31fba413e0dd82f6ca", "sha1=" + TestImages.sha1(fixture("icon.png")));
    }

    /** What ours answers otherwise; empty when it is the same. */
    Optional<String> difference(Golden.Step step) {
        HttpResponse<String> answer = send(step);
        Optional<Golden.Answer> peer = step.answer();
        String told = told(answer);
        if (peer.isEmpty()) {
            return Optional.of(told);
        }
        learn(peer.get(), answer);
        if (peer.get().status() != answer.statusCode()) {
            return Optional.of(told);
        }
        if (!peer.get().body().startsWith("{") || peer.get().isCut()) {
            return Optional.empty();
        }
        JsonNode expected = json(mapped(peer.get().body()));
        JsonNode found = json(answer.body());
        return found.has("code")
                ? Optional.of(told).filter(any -> !expected.equals(found))
                : fields(expected, found).map(names -> told + " differs in " + names);
    }

    private static Optional<String> fields(JsonNode expected, JsonNode found) {
        Set<String> names = new TreeSet<>();
        expected.fieldNames().forEachRemaining(names::add);
        found.fieldNames().forEachRemaining(names::add);
        NOT_COMPARED.forEach(names::remove);
        names.removeIf(name -> Objects.equals(expected.get(name), found.get(name)));
        return names.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", names));
    }

    private void learn(Golden.Answer peer, HttpResponse<String> answer) {
        Optional<String> tag = answer.headers().firstValue("etag");
        if (tag.isPresent() && peer.headers().containsKey("etag")) {
            ours.put(peer.headers().get("etag").replace("\"", ""), tag.get().replace("\"", ""));
        }
        if (peer.status() == 200 && answer.statusCode() == 200 && peer.body().startsWith("{")) {
            ours.put(
                    json(peer.body()).path("uuid").asText(),
                    json(answer.body()).path("uuid").asText());
        }
    }

    private HttpResponse<String> send(Golden.Step step) {
        List<String> headers = new ArrayList<>();
        step.headers().forEach((name, value) -> {
            if (!OF_THE_CLIENT.contains(name.toLowerCase(Locale.ROOT))) {
                headers.addAll(List.of(name, mapped(value)));
            }
        });
        String[] all = headers.toArray(String[]::new);
        String target = mapped(step.target());
        boolean isRead = step.method().equals("GET") || step.method().equals("HEAD");
        return isRead
                ? publishing.server().send(step.method(), target, all)
                : publishing.admin().send(step.method(), target, body(step), all);
    }

    private BodyPublisher body(Golden.Step step) {
        return switch (step.body()) {
            case Golden.Body.None none -> BodyPublishers.noBody();
            case Golden.Body.Text text -> BodyPublishers.ofString(mapped(text.text()));
            case Golden.Body.Form form -> BodyPublishers.ofString(String.join("&", form.fields()));
            case Golden.Body.Fixture file ->
                step.headers().containsKey("Transfer-Encoding")
                        ? Publishing.chunked(fixture(file.fileName()))
                        : BodyPublishers.ofByteArray(fixture(file.fileName()));
        };
    }

    /** The recorder's files are not known; a stream must be one. */
    private static byte[] fixture(String name) {
        return switch (name) {
            case "empty" -> new byte[0];
            case "icon.png", "icon.jpg" -> new byte[] {1, 2, 3};
            case "big.png" -> new byte[128 * 1024 + 1];
            case "small.gz" -> Publishing.stream(Publishing.FULL);
            case "fauxnodejs-1.4.0.zfs.bz2" -> Publishing.stream("containers/whole.bz2");
            default -> throw new IllegalArgumentException(name);
        };
    }

    private String mapped(String text) {
        String mapped = text;
        for (Map.Entry<String, String> pair : ours.entrySet()) {
            mapped = mapped.replace(pair.getKey(), pair.getValue());
        }
        return mapped;
    }

    private static String told(HttpResponse<String> answer) {
        if (!answer.body().startsWith("{\"code\"")) {
            return Integer.toString(answer.statusCode());
        }
        ObjectNode error = (ObjectNode) json(answer.body());
        List<String> fields = new ArrayList<>();
        error.path("errors").forEach(each -> fields.add(each.path("field").asText()));
        return Publishing.told(answer) + (fields.isEmpty() ? "" : " " + fields);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(text, e);
        }
    }
}
