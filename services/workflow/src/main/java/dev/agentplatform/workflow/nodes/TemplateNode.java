package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.Template;
import tools.jackson.databind.JsonNode;

/** {@code template-transform}: text, and JSON too when what was rendered is JSON. */
public final class TemplateNode implements NodeType {
    @Override
    public String name() {
        return "template-transform";
    }

    @Override
    public boolean effect() {
        return false;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        Template template = Template.parse(config.path("template").asString(""));
        return context -> {
            JsonNode value = template.renderJson(context.scope());
            if (value.isString()) return Outcome.done(Json.nothing(), value.asString());
            return Outcome.done(value, template.render(context.scope()));
        };
    }
}
