package dev.agentplatform.catalog;

/** What a definition is made of; {@code type}, {@code appId} and {@code description} may be null. */
public record NewDefinition(String kind, String type, String code, String name, String appId, String description) {
    /** For kinds without sorts. */
    public NewDefinition(String kind, String code, String name, String appId, String description) {
        this(kind, null, code, name, appId, description);
    }
}
