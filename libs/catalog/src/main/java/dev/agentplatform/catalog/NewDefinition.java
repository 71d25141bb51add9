package dev.agentplatform.catalog;

/** What a definition is made of; {@code appId} and {@code description} may be null. */
public record NewDefinition(String kind, String code, String name, String appId, String description) {}
