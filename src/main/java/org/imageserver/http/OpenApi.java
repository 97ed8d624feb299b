package org.imageserver.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;

/** The API's document (OpenAPI 3.1), made from the routes themselves, so that it cannot be about another server. */
public final class OpenApi {
    private static final JsonMapper JSON = new JsonMapper();

    /** What any request may run into. */
    private static final List<ErrorCode> ANYWHERE = List.of(
            ErrorCode.BadRequest,
            ErrorCode.MethodNotAllowedError,
            ErrorCode.PreconditionFailed,
            ErrorCode.UriTooLong,
            ErrorCode.RequestHeaderFieldsTooLarge,
            ErrorCode.InternalError);

    private OpenApi() {}

    /** Renders the document. */
    public static ObjectNode render(List<Route> routes, String version) {
        ObjectNode document = JSON.createObjectNode();
        document.put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", "SmartOS Image Server")
                .put("version", version)
                .put("description", "IMGAPI v2 and DSAPI for imgadm. Every GET answers HEAD too.")
                .putObject("license")
                .put("name", "MPL-2.0")
                .put("identifier", "MPL-2.0");
        ObjectNode paths = document.putObject("paths");
        for (Route route : routes) {
            paths.withObjectProperty(route.path().openApi())
                    .set(route.method().name().toLowerCase(Locale.ROOT), operation(route));
        }
        document.putObject("components").set("schemas", schemas());
        return document;
    }

    private static ObjectNode operation(Route route) {
        ObjectNode operation = JSON.createObjectNode();
        operation.put("operationId", route.name());
        operation.putArray("tags").add(route.doc().face());
        operation.put("summary", route.doc().summary());
        ArrayNode parameters = operation.putArray("parameters");
        for (String name : route.path().parameters()) {
            ObjectNode parameter = parameters.addObject();
            parameter.put("name", name).put("in", "path").put("required", true);
            parameter.set("schema", name.equals("uuid") ? reference("Uuid") : type("string"));
        }
        for (Route.Parameter query : route.doc().parameters()) {
            parameters
                    .addObject()
                    .put("name", query.name())
                    .put("in", "query")
                    .put("description", query.meaning())
                    .set("schema", type("string"));
        }
        operation.set("responses", responses(route));
        return operation;
    }

    private static ObjectNode responses(Route route) {
        ObjectNode responses = JSON.createObjectNode();
        responses.putObject("200").put("description", route.doc().summary()).set("content", content(route));
        if (isFile(route)) {
            responses
                    .putObject("206")
                    .put("description", "The part that the header Range asks for.")
                    .set("content", content(route));
        }
        if (route.method().equals(HttpMethod.GET)) {
            responses.putObject("304").put("description", "The client has it already (If-None-Match).");
        }
        TreeMap<Integer, List<ErrorCode>> byStatus = new TreeMap<>();
        Set<ErrorCode> errors = new LinkedHashSet<>(route.doc().errors());
        errors.addAll(ANYWHERE);
        errors.forEach(error -> byStatus.computeIfAbsent(error.status(), status -> new ArrayList<>())
                .add(error));
        byStatus.forEach((status, codes) -> {
            ObjectNode response = responses.putObject(status.toString());
            response.put(
                    "description",
                    String.join(", ", codes.stream().map(ErrorCode::name).toList()));
            response.putObject("content").putObject(Reply.JSON).set("schema", reference("Error"));
        });
        return responses;
    }

    private static ObjectNode content(Route route) {
        ObjectNode content = JSON.createObjectNode();
        route.doc().contentTypes().forEach(type -> content.putObject(type).set("schema", schemaOf(route)));
        return content;
    }

    /** Whether the answer comes from a file, so that a part of it can be had; drawings are made in memory. */
    private static boolean isFile(Route route) {
        return route.doc().contentTypes().stream()
                .anyMatch(type -> type.equals("application/octet-stream")
                        || (type.startsWith("image/") && !type.equals("image/svg+xml")));
    }

    private static ObjectNode schemaOf(Route route) {
        return switch (route.name()) {
            case "ListImages", "ListDatasets" -> {
                ObjectNode list = type("array");
                list.set("items", reference("Manifest"));
                yield list;
            }
            case "GetImage", "GetDataset" -> reference("Manifest");
            default -> JSON.createObjectNode();
        };
    }

    private static ObjectNode schemas() {
        ObjectNode schemas = JSON.createObjectNode();
        schemas.set(
                "Uuid",
                type("string").put("pattern", "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"));
        ObjectNode manifest = schemas.putObject("Manifest");
        manifest.put("type", "object").put("description", "An image manifest; fields beyond these are kept.");
        manifest.putArray("required").add("uuid").add("name").add("version").add("files");
        ObjectNode fields = manifest.putObject("properties");
        fields.set("uuid", reference("Uuid"));
        fields.set("name", type("string"));
        fields.set("version", type("string"));
        fields.set("files", type("array"));
        ObjectNode error = schemas.putObject("Error");
        error.put("type", "object").putArray("required").add("code").add("message");
        ObjectNode errorFields = error.putObject("properties");
        ArrayNode codes = type("string").putArray("enum");
        Arrays.stream(ErrorCode.values()).forEach(code -> codes.add(code.name()));
        errorFields.putObject("code").put("type", "string").set("enum", codes);
        errorFields.set("message", type("string"));
        errorFields.set("errors", type("array"));
        return schemas;
    }

    private static ObjectNode type(String name) {
        return JSON.createObjectNode().put("type", name);
    }

    private static ObjectNode reference(String schema) {
        return JSON.createObjectNode().put("$ref", "#/components/schemas/" + schema);
    }
}
