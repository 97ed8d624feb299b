package org.imageserver.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.imageserver.TestImages;
import org.imageserver.scale.Event.Change;
import org.imageserver.scale.Event.Kind;
import org.imageserver.scale.Event.Outcome;

/** Asks servers for things, and writes down what it was told. Thread-safe. */
final class Client {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Queue<Event> history;

    Client(Queue<Event> history) {
        this.history = history;
    }

    /** An answer, and by whom; a life that ended meanwhile has no name. The body has a character for each byte. */
    private record Answer(long begun, long ended, String life, int status, String tag, String body) {
        byte[] bytes() {
            return body.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private Optional<Answer> read(ServerProcess server, String target) throws InterruptedException {
        try {
            return ask(server, "GET", target, new byte[0]);
        } catch (NobodyThereException e) {
            return Optional.empty();
        }
    }

    private Optional<Answer> ask(ServerProcess server, String method, String target, byte[] body, String... headers)
            throws InterruptedException {
        String life = server.life();
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(target))
                .timeout(PATIENCE)
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        long begun = System.nanoTime();
        try {
            HttpResponse<String> answer =
                    http.send(request.build(), BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
            String tag = answer.headers().firstValue("etag").orElse("");
            String one = life.equals(server.life()) ? life : life + ", or the next at " + begun;
            return Optional.of(new Answer(begun, System.nanoTime(), one, answer.statusCode(), tag, answer.body()));
        } catch (ConnectException e) {
            throw new NobodyThereException();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The server does not run. */
    private static final class NobodyThereException extends RuntimeException {}

    private static JsonNode json(Answer answer) {
        try {
            return JSON.readTree(answer.bytes());
        } catch (IOException e) {
            throw new AssertionError("an answer of " + answer.status() + " that is no JSON", e);
        }
    }

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private Change change(ServerProcess server, Kind kind, String uuid, String condition, String value, Call call)
            throws InterruptedException {
        long begun = System.nanoTime();
        Optional<Answer> answer;
        Outcome outcome;
        try {
            answer = call.make();
            outcome = answer.map(Client::outcome).orElse(Outcome.UNKNOWN);
        } catch (NobodyThereException e) {
            answer = Optional.empty();
            outcome = Outcome.UNASKED;
        }
        boolean isOk = outcome == Outcome.OK;
        String its =
                isOk && uuid.isEmpty() ? json(answer.orElseThrow()).path("uuid").asText() : uuid;
        Change change = new Change(
                begun,
                System.nanoTime(),
                answer.map(Answer::life).orElse(server.life() + ", no answer at " + begun),
                kind,
                its,
                condition,
                value,
                isOk ? answer.orElseThrow().tag() : "",
                outcome);
        history.add(change);
        return change;
    }

    private interface Call {
        Optional<Answer> make() throws InterruptedException;
    }

    /** Whoever is told 503 does not know. */
    private static Outcome outcome(Answer answer) {
        if (answer.status() == 500) {
            throw new AssertionError("no fault of a store is an internal error: " + answer.body());
        }
        return answer.status() < 300 ? Outcome.OK : answer.status() < 500 ? Outcome.REFUSED : Outcome.UNKNOWN;
    }

    Change publish(ServerProcess server, String name, byte[] file) throws InterruptedException {
        String target = "/publish?version=1&type=other&os=other&name=" + name;
        return change(server, Kind.PUBLISH, "", "", TestImages.sha1(file), () -> ask(server, "POST", target, file));
    }

    /** Changes the description, if the entity tag is still this one. */
    Change update(ServerProcess server, String uuid, String tag, String description) throws InterruptedException {
        byte[] body = bytes(JsonNodeFactory.instance.objectNode().put("description", description));
        String target = "/images/" + uuid + "?action=update";
        return change(
                server, Kind.UPDATE, uuid, tag, description, () -> ask(server, "POST", target, body, "If-Match", tag));
    }

    Change setDisabled(ServerProcess server, String uuid, boolean isDisabled) throws InterruptedException {
        String target = "/images/" + uuid + "?action=" + (isDisabled ? "disable" : "enable");
        return change(
                server,
                Kind.DISABLE,
                uuid,
                "",
                Boolean.toString(isDisabled),
                () -> ask(server, "POST", target, new byte[0]));
    }

    Change delete(ServerProcess server, String uuid) throws InterruptedException {
        return change(server, Kind.DELETE, uuid, "", "", () -> ask(server, "DELETE", "/images/" + uuid, new byte[0]));
    }

    Change importImage(ServerProcess server, String uuid, String name) throws InterruptedException {
        byte[] body = bytes(
                Peer.manifest(name).put("v", 2).put("uuid", uuid).put("published_at", "2020-01-01T00:00:00.000Z"));
        String target = "/images/" + uuid + "?action=import";
        return change(server, Kind.IMPORT, uuid, "", name, () -> ask(server, "POST", target, body));
    }

    Change createOn(ServerProcess server, String origin, String name) throws InterruptedException {
        byte[] body = bytes(Peer.manifest(name).put("origin", origin));
        return change(server, Kind.DEPENDENT, "", origin, name, () -> ask(server, "POST", "/images", body));
    }

    /** The list, if there was one. */
    Optional<Set<String>> list(ServerProcess server) throws InterruptedException {
        Optional<Answer> answer = read(server, "/images?state=all").filter(given -> given.status() == 200);
        return answer.map(given -> {
            Set<String> uuids = new HashSet<>();
            json(given).forEach(image -> uuids.add(image.path("uuid").asText()));
            history.add(new Event.Listed(given.begun(), given.ended(), given.life(), uuids));
            return uuids;
        });
    }

    /** The entity tag of a manifest, if there was one. */
    Optional<String> get(ServerProcess server, String uuid) throws InterruptedException {
        Optional<Answer> answer =
                read(server, "/images/" + uuid).filter(given -> given.status() == 200 || given.status() == 404);
        answer.ifPresent(
                given -> history.add(new Event.Got(given.begun(), given.ended(), given.life(), uuid, given.status())));
        return answer.filter(given -> given.status() == 200).map(Answer::tag);
    }

    /** The bytes of a file; whether there was an answer to its end. */
    boolean file(ServerProcess server, String uuid) throws InterruptedException {
        Optional<Answer> answer = read(server, "/images/" + uuid + "/file")
                .filter(given -> given.status() == 200 || given.status() == 404);
        answer.ifPresent(given -> history.add(new Event.File(
                given.begun(), given.ended(), given.life(), uuid, given.status(), TestImages.sha1(given.bytes()))));
        return answer.isPresent();
    }

    /** An image as it is in the end; empty when the server cannot say. */
    Optional<Event.Last> last(ServerProcess server, String uuid) throws InterruptedException {
        Optional<Answer> manifest = read(server, "/images/" + uuid).filter(given -> given.status() == 200);
        if (manifest.isEmpty()) {
            return Optional.empty();
        }
        JsonNode image = json(manifest.get());
        String sha1 = "";
        if (image.path("files").size() > 0) {
            Optional<Answer> file = read(server, "/images/" + uuid + "/file").filter(given -> given.status() == 200);
            if (file.isEmpty()) {
                return Optional.empty();
            }
            sha1 = TestImages.sha1(file.get().bytes());
        }
        return Optional.of(new Event.Last(
                uuid,
                image.path("name").asText(),
                image.path("description").asText(),
                image.path("origin").asText(),
                image.path("disabled").asBoolean(),
                manifest.get().tag(),
                sha1));
    }
}
