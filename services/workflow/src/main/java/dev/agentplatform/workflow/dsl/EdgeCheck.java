package dev.agentplatform.workflow.dsl;

import dev.agentplatform.workflow.dsl.NodeTypeInfo.Routing;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks that the conditions of edges are routes or expressions, and that routes lead somewhere. */
final class EdgeCheck {
    /** The edge for a node that failed, when its {@code on_error} is {@code route}. */
    static final String ERROR_ROUTE = "error";

    private static final Pattern ROUTE_NAME = Pattern.compile("[A-Za-z0-9_ .-]{1,128}");

    private final NodeTypes types;
    private final FaultList faults;
    private final References references;

    EdgeCheck(NodeTypes types, FaultList faults, References references) {
        this.types = types;
        this.faults = faults;
        this.references = references;
    }

    void condition(EdgeDefinition edge, NodeDefinition source, String edgePath) {
        String condition = edge.condition();
        if (condition == null) return;
        String path = edgePath + ".condition";
        boolean routesErrors =
                source.config().path(CommonConfig.ON_ERROR).asString("").equals("route");
        if (condition.equals(ERROR_ROUTE) && routesErrors) return;
        switch (routing(source)) {
            case DECLARED_ROUTES -> declared(edge, source, path);
            case OPEN_ROUTES -> {
                if (!ROUTE_NAME.matcher(condition).matches()) references.condition(edge, source, path);
            }
            case CONDITIONS -> {
                if (condition.equals(ERROR_ROUTE)) {
                    String message = "the route error needs on_error: route at '" + source.id() + "'";
                    faults.edge(path, edge, "unknown_route", message);
                } else {
                    references.condition(edge, source, path);
                }
            }
        }
    }

    private void declared(EdgeDefinition edge, NodeDefinition source, String path) {
        List<String> routes = Routes.of(source);
        if (routes.isEmpty() || routes.contains(edge.condition()) || Routes.OTHERWISE.contains(edge.condition()))
            return;
        String message = "'" + Validation.shown(edge.condition()) + "' is no route of '" + source.id() + "', which has "
                + String.join(", ", routes);
        faults.edge(path, edge, "unknown_route", message);
    }

    /** Warns of routes that no edge takes. */
    void routes(WorkflowDocument document, String prefix) {
        Map<String, Set<String>> conditions = new HashMap<>();
        for (EdgeDefinition edge : document.edges()) {
            conditions.computeIfAbsent(edge.source(), source -> new HashSet<>()).add(edge.condition());
        }
        for (int i = 0; i < document.nodes().size(); i++) {
            NodeDefinition node = document.nodes().get(i);
            if (routing(node) != Routing.DECLARED_ROUTES) continue;
            Set<String> taken = conditions.getOrDefault(node.id(), new HashSet<>());
            if (taken.contains(null) || Routes.OTHERWISE.stream().anyMatch(taken::contains)) continue;
            for (String route : Routes.of(node)) {
                if (taken.contains(route)) continue;
                String message = "no edge has the condition '" + route + "': the run ends there on this route";
                faults.warning(prefix + "nodes." + i, node, "route_without_edge", message);
            }
        }
    }

    private Routing routing(NodeDefinition node) {
        return types.find(node.type()).map(NodeTypeInfo::routing).orElse(Routing.OPEN_ROUTES);
    }
}
