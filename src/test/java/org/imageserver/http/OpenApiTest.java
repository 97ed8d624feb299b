package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API's document is well-formed, complete, and true of what the server answers. */
class OpenApiTest {
    private static final String UUID = TestImages.uuid(1);

    @TempDir
    private static Path directory;

    private static TestServer server;
    private static JsonNode document;

    @BeforeAll
    static void start() {
        server = TestServer.start(directory);
        server.images().add(1);
        server.images().put(UUID, "icon.jpg", "JPEG");
        server.rescan();
        HttpResponse<String> answer = server.get("/openapi.json");
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        document = TestServer.json(answer);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void saysWhatItIs() {
        assertThat(document.path("openapi").asText()).startsWith("3.1.");
        for (String field : new String[] {"/info/title", "/info/version", "/info/license/name"}) {
            assertThat(document.at(field).asText()).as(field).isNotBlank();
        }
    }

    @Test
    void hasEveryRoute() {
        Map<String, String> names = new TreeMap<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(operation -> names.put(
                                operation.getValue().path("operationId").asText(),
                                operation.getKey() + " " + path.getKey())));
        assertThat(names)
                .containsEntry("Ping", "get /ping")
                .containsEntry("ListImages", "get /images")
                .containsEntry("GetImage", "get /images/{uuid}")
                .containsEntry("GetImageFile", "get /images/{uuid}/file")
                .containsEntry("GetImageIcon", "get /images/{uuid}/icon")
                .containsEntry("ListDatasets", "get /datasets")
                .containsEntry("GetDataset", "get /datasets/{uuid}")
                .containsEntry("GetDatasetFile", "get /datasets/{uuid}/{path}")
                .containsEntry("Home", "get /")
                .containsEntry("OpenApi", "get /openapi.json")
                .containsEntry("Docs", "get /docs");
        assertThat(names).as("each has a name of its own").hasSize(operations().size());
    }

    @Test
    void everyOperationIsWellFormed() {
        for (JsonNode operation : operations()) {
            String name = operation.path("operationId").asText();
            assertThat(name).matches("[A-Z][A-Za-z]+");
            assertThat(operation.path("summary").asText()).as(name).endsWith(".");
            assertThat(operation.path("responses").properties()).as(name).isNotEmpty();
            operation.path("responses").properties().forEach(response -> {
                assertThat(response.getKey()).matches("[1-5][0-9][0-9]");
                assertThat(response.getValue().path("description").asText()).isNotBlank();
            });
            for (JsonNode parameter : operation.path("parameters")) {
                assertThat(parameter.path("in").asText()).isIn("path", "query");
                assertThat(parameter.path("name").asText()).isNotBlank();
                assertThat(parameter.path("schema").isObject()).isTrue();
            }
        }
    }

    @Test
    void everyPartOfAPathIsDescribed() {
        document.path("paths").properties().forEach(path -> {
            List<String> inPath = Pattern.compile("\\{([^}]+)}")
                    .matcher(path.getKey())
                    .results()
                    .map(part -> part.group(1))
                    .toList();
            for (JsonNode operation : path.getValue()) {
                List<String> described = operation
                        .path("parameters")
                        .valueStream()
                        .filter(parameter -> parameter.path("in").asText().equals("path"))
                        .filter(parameter -> parameter.path("required").asBoolean())
                        .map(parameter -> parameter.path("name").asText())
                        .toList();
                assertThat(described).isEqualTo(inPath);
            }
        });
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        List<JsonNode> references = document.findValues("$ref");
        assertThat(references).isNotEmpty();
        for (JsonNode reference : references) {
            assertThat(reference.asText()).startsWith("#/");
            assertThat(document.at(reference.asText().substring(1)).isObject())
                    .as(reference.asText())
                    .isTrue();
        }
    }

    @Test
    void listsEveryError() {
        List<String> codes = new ArrayList<>();
        document.at("/components/schemas/Error/properties/code/enum").forEach(code -> codes.add(code.asText()));
        assertThat(codes)
                .isEqualTo(
                        Arrays.stream(ErrorCode.values()).map(ErrorCode::name).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /ping                  | /ping                            | X: y
            /ping                  | /ping?error=x                    | X: y
            /ping                  | /ping                            | Accept-Version: ~99
            /images                | /images                          | X: y
            /images                | /images                          | If-None-Match: *
            /images                | /images                          | If-Match: x
            /images                | /images?limit=x                  | X: y
            /images                | /images?marker=UUID9             | X: y
            /images                | /images?inclAdminFields=true     | X: y
            /images                | /images                          | Accept-Version: ~99
            /images/{uuid}         | /images/UUID                     | X: y
            /images/{uuid}         | /images/UUID                     | If-None-Match: *
            /images/{uuid}         | /images/UUID                     | If-Match: x
            /images/{uuid}         | /images/UUID9                    | X: y
            /images/{uuid}         | /images/UUID?account=x           | X: y
            /images/{uuid}         | /images/UUID?inclAdminFields=true | X: y
            /images/{uuid}/file    | /images/UUID/file                | X: y
            /images/{uuid}/file    | /images/UUID/file                | Range: bytes=0-1
            /images/{uuid}/file    | /images/UUID/file                | Range: bytes=99-
            /images/{uuid}/file    | /images/UUID/file                | If-None-Match: *
            /images/{uuid}/file    | /images/UUID/file                | If-Match: x
            /images/{uuid}/file    | /images/UUID/file?index=1        | X: y
            /images/{uuid}/icon    | /images/UUID/icon                | X: y
            /images/{uuid}/icon    | /images/UUID/icon                | Range: bytes=1-
            /images/{uuid}/icon    | /images/UUID9/icon               | X: y
            /datasets              | /datasets                        | X: y
            /datasets              | /datasets                        | If-None-Match: *
            /datasets              | /datasets                        | If-Match: x
            /datasets/{uuid}       | /datasets/UUID                   | X: y
            /datasets/{uuid}       | /datasets/UUID                   | If-Match: x
            /datasets/{uuid}       | /datasets/UUID9                  | X: y
            /datasets/{uuid}/{path} | /datasets/UUID/image.zfs.gz     | X: y
            /datasets/{uuid}/{path} | /datasets/UUID/image.zfs.gz     | Range: bytes=0-1
            /datasets/{uuid}/{path} | /datasets/UUID/image.zfs.gz     | Range: bytes=99-
            /datasets/{uuid}/{path} | /datasets/UUID/image.zfs.gz     | If-None-Match: *
            /datasets/{uuid}/{path} | /datasets/UUID/image.zfs.gz     | If-Match: x
            /datasets/{uuid}/{path} | /datasets/UUID/x                | X: y
            /                      | /                                | X: y
            /                      | /                                | Accept: text/html
            /static/{version}/{name} | /static/x/pages.css            | X: y
            /static/{version}/{name} | /static/x/pages.css            | If-None-Match: *
            /static/{version}/{name} | /static/x/no-such              | X: y
            /openapi.json          | /openapi.json                    | X: y
            /openapi.json          | /openapi.json                    | If-Match: x
            /docs                  | /docs                            | X: y
            """)
    void isTrueOfTheAnswer(String path, String target, String header) {
        String[] nameAndValue = header.split(": ", 2);
        HttpResponse<String> answer = server.get(
                target.replace("UUID9", TestImages.uuid(9)).replace("UUID", UUID), nameAndValue[0], nameAndValue[1]);
        JsonNode responses = document.path("paths").path(path).at("/get/responses");
        JsonNode response = responses.path(Integer.toString(answer.statusCode()));
        assertThat(response.isObject())
                .as("%d is described", answer.statusCode())
                .isTrue();
        String type = answer.headers().firstValue("content-type").orElse("").replaceFirst(";.*", "");
        if (type.isEmpty()) {
            assertThat(response.has("content")).isFalse();
            return;
        }
        JsonNode content = response.path("content");
        JsonNode described = content.has(type) ? content.path(type) : content.path(type.replaceFirst("/.*", "/*"));
        assertThat(described.isObject()).as("%s is described", type).isTrue();
        if (type.equals("application/json")) {
            assertFits(TestServer.json(answer), described.path("schema"));
        }
    }

    /** As much of JSON Schema as the document uses. */
    private static void assertFits(JsonNode value, JsonNode schema) {
        if (schema.has("$ref")) {
            assertFits(value, document.at(schema.path("$ref").asText().substring(1)));
            return;
        }
        String type = schema.path("type").asText("any");
        switch (type) {
            case "object" -> assertThat(value.isObject()).isTrue();
            case "array" -> assertThat(value.isArray()).isTrue();
            case "string" -> assertThat(value.isTextual()).isTrue();
            default -> assertThat(type).isEqualTo("any");
        }
        schema.path("required")
                .forEach(name ->
                        assertThat(value.has(name.asText())).as(name.asText()).isTrue());
        schema.path("properties").properties().forEach(property -> {
            if (value.has(property.getKey())) {
                assertFits(value.path(property.getKey()), property.getValue());
            }
        });
        if (schema.has("items")) {
            value.forEach(item -> assertFits(item, schema.path("items")));
        }
        if (schema.has("pattern")) {
            assertThat(value.asText()).containsPattern(schema.path("pattern").asText());
        }
        if (schema.has("enum")) {
            assertThat(schema.path("enum")).contains(value);
        }
    }

    private static List<JsonNode> operations() {
        List<JsonNode> operations = new ArrayList<>();
        document.path("paths").forEach(path -> path.forEach(operations::add));
        return operations;
    }
}
