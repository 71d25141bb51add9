package dev.agentplatform.catalog;

import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The part of a version that never changes. It is shared: readers must not alter {@code body}. */
public record VersionBody(UUID id, String workspaceId, UUID definitionId, int versionNo, JsonNode body) {}
