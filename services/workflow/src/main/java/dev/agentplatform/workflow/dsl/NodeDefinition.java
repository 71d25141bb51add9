package dev.agentplatform.workflow.dsl;

import tools.jackson.databind.JsonNode;

/**
 * One node as it is written. {@code name} is null when there is none; {@code config} is always an object, and
 * a value: do not change it.
 */
public record NodeDefinition(String id, String type, String name, JsonNode config) {}
