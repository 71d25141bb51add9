package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.Expression;
import dev.agentplatform.language.Scope;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code if-else}: an {@code expression} routes to {@code true} or {@code false}; {@code cases} of
 * {@code {route, expression}} route to the first that holds, else to {@code else}.
 */
public final class IfElseNode implements NodeType {
    private record Case(String route, Expression expression) {}

    @Override
    public String name() {
        return "if-else";
    }

    @Override
    public boolean effect() {
        return false;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        if (!config.has("cases")) {
            Expression expression = Expression.parse(config.path("expression").asString(""));
            return context -> {
                boolean holds = expression.test(context.scope());
                return routed(holds, String.valueOf(holds));
            };
        }
        List<Case> cases = new ArrayList<>();
        for (JsonNode one : config.get("cases")) {
            String route = one.path("route").asString("");
            cases.add(new Case(route, Expression.parse(one.path("expression").asString(""))));
        }
        String otherwise = config.path("else").asString("else");
        return context -> choose(cases, otherwise, context.scope());
    }

    private static Outcome choose(List<Case> cases, String otherwise, Scope scope) {
        for (Case one : cases) if (one.expression().test(scope)) return routed(true, one.route());
        return routed(false, otherwise);
    }

    private static Outcome routed(boolean holds, String route) {
        ObjectNode output = Json.object().put("condition_result", holds).put("route", route);
        return new Outcome.Done(output, null, route, null, Json.nothing(), List.of());
    }
}
