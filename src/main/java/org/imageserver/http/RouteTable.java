package org.imageserver.http;

import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** All routes of the server; the one place that knows which paths and methods there are. Immutable. */
public final class RouteTable {
    /** Says that there is nothing. */
    public static final Endpoint NOTHING_THERE = request -> {
        throw new ApiException(ErrorCode.ResourceNotFound, request.target() + " does not exist");
    };

    private final List<Route> routes;
    private final Map<Integer, List<Route>> byLength;
    private final Endpoint elsewhere;

    /**
     * Makes a table; of two routes that match, the first wins.
     *
     * @param elsewhere answers for every path that no route has
     */
    public RouteTable(List<Route> routes, Endpoint elsewhere) {
        this.routes = List.copyOf(routes);
        this.elsewhere = elsewhere;
        this.byLength = this.routes.stream()
                .collect(Collectors.groupingBy(route -> route.path().length()));
    }

    /** The routes in the order of the table. */
    public List<Route> routes() {
        return routes;
    }

    /** Answers for every path that no route has. */
    Endpoint elsewhere() {
        return elsewhere;
    }

    /** What a method and path lead to. */
    sealed interface Match {
        record Found(Route route, Map<String, String> parameters) implements Match {}

        record WrongMethod(SortedSet<String> allowed) implements Match {}

        record Unknown() implements Match {}
    }

    Match match(HttpMethod method, String path) {
        SortedSet<String> allowed = new TreeSet<>();
        List<String> segments = PathTemplate.split(path);
        for (Route route : byLength.getOrDefault(segments.size(), List.of())) {
            Optional<Map<String, String>> parameters = route.path().match(segments);
            if (parameters.isEmpty()) {
                continue;
            }
            if (route.method().equals(method) || answersHead(route, method)) {
                return new Match.Found(route, parameters.get());
            }
            allowed.add(route.method().name());
        }
        if (allowed.isEmpty()) {
            return new Match.Unknown();
        }
        allowed.add(HttpMethod.OPTIONS.name());
        if (allowed.contains(HttpMethod.GET.name())) {
            allowed.add(HttpMethod.HEAD.name());
        }
        return new Match.WrongMethod(allowed);
    }

    private static boolean answersHead(Route route, HttpMethod method) {
        return method.equals(HttpMethod.HEAD) && route.method().equals(HttpMethod.GET);
    }
}
