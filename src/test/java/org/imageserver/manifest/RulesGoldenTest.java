package org.imageserver.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.imageserver.Golden;
import org.junit.jupiter.api.Test;

/** The rules beside the recorded answers of the peer, in its mode (public, no channels, everyone an operator). */
class RulesGoldenTest {
    private static final ManifestRules RULES = new ManifestRules(ManifestRules.Mode.PUBLIC, Set.of());
    private static final String OWNER = "639e90cd-71ec-c449-bc7a-2446651cce7c";

    /** What the peer stores but does not show without credentials: to show or not is decided elsewhere. */
    private static final Set<String> SHOWN_TO_OPERATORS = Set.of("billing_tags", "traits");

    @Test
    void createsLikeThePeer() {
        List<Compared> steps = new ArrayList<>();
        for (Golden.Step step : Golden.steps("create")) {
            if (isPlainJson(step)
                    && step.method().equals("POST")
                    && step.target().equals("/images")) {
                Outcome ours = RULES.forCreate(request(step), recordedUuid(step), OWNER);
                steps.add(new Compared(step.id(), peer(step), shown(ours)));
            }
        }
        assertThat(steps.size()).isEqualTo(149);
        assertThat(differences(steps)).containsExactlyInAnyOrderElementsOf(differences("create"));
    }

    @Test
    void updatesLikeThePeer() throws Exception {
        List<Compared> steps = new ArrayList<>();
        Map<String, ObjectNode> images = new LinkedHashMap<>();
        for (Golden.Step step : Golden.steps("flow")) {
            String uuid = step.target().replaceFirst("^/images/?", "").replaceFirst("[/?].*$", "");
            if (isPlainJson(step) && step.target().contains("?action=update") && images.containsKey(uuid)) {
                // What the recorded answers show of the image is what the change is made to.
                Manifest current = Manifest.of(images.get(uuid));
                boolean isOperator = !step.target().contains("account=");
                Outcome ours = RULES.forUpdate(current, request(step), isOperator);
                steps.add(new Compared(step.id(), peer(step), shown(ours)));
            }
            answeredManifest(step)
                    .ifPresent(manifest -> images.put(manifest.get("uuid").textValue(), manifest));
        }
        assertThat(steps.size()).isEqualTo(53);
        assertThat(differences(steps)).containsExactlyInAnyOrderElementsOf(differences("update"));
    }

    /** Status and body of the two answers, as text. */
    private record Compared(String id, String peer, String ours) {}

    /** Steps about the body alone, completely recorded: a JSON object and no headers with a meaning of their own. */
    private static boolean isPlainJson(Golden.Step step) {
        return step.headers().equals(Map.of("Content-Type", "application/json"))
                && step.body() instanceof Golden.Body.Text text
                && text.text().startsWith("{")
                && text.text().endsWith("}")
                && step.answer().stream().noneMatch(Golden.Answer::isCut);
    }

    private static ObjectNode request(Golden.Step step) {
        return parse(((Golden.Body.Text) step.body()).text());
    }

    private static ObjectNode parse(String json) {
        try {
            return ManifestJson.parse(json.getBytes(UTF_8));
        } catch (InvalidManifestException e) {
            throw new AssertionError(json, e);
        }
    }

    private static String recordedUuid(Golden.Step step) {
        return answeredManifest(step)
                .map(manifest -> manifest.get("uuid").textValue())
                .orElse("00000000-0000-0000-0000-00000000000a");
    }

    private static Optional<ObjectNode> answeredManifest(Golden.Step step) {
        return step.answer()
                .filter(answer -> answer.status() == 200 && answer.body().startsWith("{"))
                .map(answer -> parse(answer.body()))
                .filter(body -> body.has("uuid"));
    }

    private static String peer(Golden.Step step) {
        return step.answer()
                .map(answer -> answer.status() + " " + parse(answer.body()))
                .orElse("died");
    }

    private static String shown(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Accepted accepted ->
                "200 " + accepted.manifest().toJson().remove(SHOWN_TO_OPERATORS);
            case Outcome.Refused refused -> "422 " + error(refused);
        };
    }

    private static ObjectNode error(Outcome.Refused refused) {
        String code = switch (refused.fault()) {
            case VALIDATION_FAILED -> "ValidationFailed";
            case INVALID_PARAMETER -> "InvalidParameter";
        };
        ObjectNode error = ManifestJson.object().put("code", code).put("message", refused.message());
        ArrayNode errors = error.putArray("errors");
        for (Violation violation : refused.violations()) {
            ObjectNode entry =
                    errors.addObject().put("field", violation.field()).put("code", violation.code());
            if (violation.message() != null) {
                entry.put("message", violation.message());
            }
        }
        return error;
    }

    /** "id | ours", for each step in which we do not say what the peer says. */
    private static List<String> differences(List<Compared> steps) {
        return steps.stream()
                .filter(step -> !step.ours().equals(step.peer()))
                .map(step -> step.id() + " | " + inShort(step))
                .toList();
    }

    private static String inShort(Compared step) {
        if (!step.ours().startsWith("200 ")) {
            return parse(step.ours().substring(4))
                    .path("errors")
                    .valueStream()
                    .map(error -> error.get("field").textValue() + " "
                            + error.get("code").textValue()
                            + (error.has("message")
                                    ? ": " + error.get("message").textValue()
                                    : ""))
                    .collect(Collectors.joining("; "));
        }
        return step.peer().startsWith("200 ")
                ? "200 "
                        + otherFields(
                                parse(step.peer().substring(4)),
                                parse(step.ours().substring(4)))
                : "200";
    }

    private static String otherFields(ObjectNode peers, ObjectNode ours) {
        return Stream.concat(peers.propertyStream(), ours.propertyStream())
                .map(Map.Entry::getKey)
                .distinct()
                .filter(field -> !peers.path(field).equals(ours.path(field)))
                .map(field -> field + "=" + (ours.has(field) ? ours.get(field) : "none"))
                .collect(Collectors.joining(" "));
    }

    /** The deliberate differences: lines of "id | ours", with the reason in a comment above. */
    private static List<String> differences(String operation) {
        return Manifests.text(Manifests.resource("/golden/differences-" + operation + ".txt"))
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }
}
