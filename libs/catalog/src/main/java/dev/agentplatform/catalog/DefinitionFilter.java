package dev.agentplatform.catalog;

/** Which definitions to list; null fields other than {@code kind} do not filter. */
public record DefinitionFilter(String kind, String type, String code, String name, String appId) {
    /** For kinds without sorts. */
    public DefinitionFilter(String kind, String code, String name, String appId) {
        this(kind, null, code, name, appId);
    }
}
