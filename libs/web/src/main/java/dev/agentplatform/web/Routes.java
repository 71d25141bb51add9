package dev.agentplatform.web;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What one service room answers: its name, one line about it, and its routes in the order of the API document. */
public final class Routes {
    private final String service;
    private final String summary;
    private final List<Route> routes = new ArrayList<>();

    public Routes(String service, String summary) {
        this.service = service;
        this.summary = summary;
    }

    public RouteDraft get(String path, String summary) {
        return draft("GET", path, summary);
    }

    public RouteDraft post(String path, String summary) {
        return draft("POST", path, summary);
    }

    public RouteDraft put(String path, String summary) {
        return draft("PUT", path, summary);
    }

    public RouteDraft patch(String path, String summary) {
        return draft("PATCH", path, summary);
    }

    public RouteDraft delete(String path, String summary) {
        return draft("DELETE", path, summary);
    }

    /** A GET that answers with a stream of events. */
    public void sse(String path, String summary, StreamHandler handler) {
        get(path, summary).stream(handler);
    }

    /** The same room without some of its routes. */
    public Routes without(Predicate<Route> unwanted) {
        Routes rest = new Routes(service, summary);
        for (Route route : routes) {
            if (!unwanted.test(route)) rest.routes.add(route);
        }
        return rest;
    }

    public String service() {
        return service;
    }

    public String summary() {
        return summary;
    }

    public List<Route> routes() {
        return List.copyOf(routes);
    }

    private RouteDraft draft(String method, String path, String summary) {
        return new RouteDraft(routes::add, service, method, path, summary);
    }
}
