package dev.agentplatform.workflow.dsl;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The routes that an if-else declares. */
public final class Routes {
    /** Conditions of the edges that are taken when no edge names the route. */
    public static final List<String> OTHERWISE = List.of("else", "default");

    private Routes() {}

    /** Every route that the node can take, in order; empty when its config is not one of an if-else. */
    public static List<String> of(NodeDefinition node) {
        JsonNode cases = node.config().path("cases");
        if (cases.isArray() && !cases.isEmpty()) return ofCases(cases, otherwise(node.config()));
        return node.config().path("expression").isString() ? List.of("true", "false") : List.of();
    }

    /** The route of an if-else when no case holds. */
    public static String otherwise(JsonNode config) {
        String name = config.path("else").asString("");
        return name.isBlank() ? OTHERWISE.getFirst() : name;
    }

    private static List<String> ofCases(JsonNode cases, String otherwise) {
        Set<String> routes = new LinkedHashSet<>();
        for (JsonNode one : cases) {
            if (one.path("route").isString()) routes.add(one.path("route").stringValue());
        }
        routes.add(otherwise);
        return new ArrayList<>(routes);
    }
}
