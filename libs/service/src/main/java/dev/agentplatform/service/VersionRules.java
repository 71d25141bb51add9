package dev.agentplatform.service;

import dev.agentplatform.catalog.VersionStatus;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a version of one kind must be, and how it is shown. */
public interface VersionRules {
    /**
     * The body that is stored for a request.
     *
     * @throws dev.agentplatform.kernel.Problem 422 with every fault that the status does not allow
     */
    JsonNode body(String workspaceId, JsonNode request, VersionStatus status);

    /** Adds the fields of a stored body to the version that a client sees. */
    void show(JsonNode body, ObjectNode shown);
}
