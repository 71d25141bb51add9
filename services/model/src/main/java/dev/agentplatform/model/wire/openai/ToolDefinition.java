package dev.agentplatform.model.wire.openai;

import tools.jackson.databind.node.ObjectNode;

/** A function that the model may call. @param description may be null @param parameters JSON Schema of an object */
public record ToolDefinition(String name, String description, ObjectNode parameters) {}
