package org.imageserver.http;

import io.vertx.core.http.HttpMethod;
import java.util.List;

/**
 * One line of the route table.
 *
 * @param method GET routes answer HEAD too
 * @param path a template; {@code :uuid} matches a lower-case UUID, {@code :other} any one segment
 * @param name the endpoint's name as its users know it (ListImages)
 * @param doc what the API document says of it
 * @param endpoint what answers
 */
public record Route(HttpMethod method, PathTemplate path, String name, Doc doc, Endpoint endpoint) {
    /** A route that reads. */
    public static Route get(String path, String name, Doc doc, Endpoint endpoint) {
        return new Route(HttpMethod.GET, PathTemplate.of(path), name, doc, endpoint);
    }

    /**
     * What the API document says of a route.
     *
     * @param face the group it is shown in
     * @param summary one sentence
     * @param parameters of the query
     * @param contentTypes of the good answer; several where it depends on who asks
     * @param errors that it may give beside those that every route may give
     */
    public record Doc(
            String face,
            String summary,
            List<Parameter> parameters,
            List<String> contentTypes,
            List<ErrorCode> errors) {
        /** A route that always answers in the same form. */
        public Doc(
                String face, String summary, List<Parameter> parameters, String contentType, List<ErrorCode> errors) {
            this(face, summary, parameters, List.of(contentType), errors);
        }
    }

    /** A parameter of the query: its name and what it means. */
    public record Parameter(String name, String meaning) {}
}
