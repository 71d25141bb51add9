package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.Template;
import tools.jackson.databind.JsonNode;

/** {@code answer}: its {@code template} becomes {@code output_text}; a single hole keeps its value as JSON too. */
public final class AnswerNode implements NodeType {
    @Override
    public String name() {
        return "answer";
    }

    @Override
    public boolean effect() {
        return false;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        Template template = Template.parse(config.path("template").asString(""));
        return context -> {
            JsonNode value = template.resolve(context.scope());
            if (value.isString()) return Outcome.done(Json.nothing(), value.asString());
            return Outcome.done(value, Json.isNothing(value) ? "" : Json.write(value));
        };
    }
}
