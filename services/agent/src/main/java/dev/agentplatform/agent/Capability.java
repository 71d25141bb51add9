package dev.agentplatform.agent;

import dev.agentplatform.kernel.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that an agent can call, as it was when the run looked it up. It is recorded with the run, so that a
 * definition which changes meanwhile changes nothing for the run.
 *
 * @param source {@code tool}, {@code skill}, {@code knowledge} …: who invokes it
 * @param name what the model calls it: letters, digits, {@code _} and {@code -}, at most 64
 * @param definitionId as its source knows it
 * @param versionId the version to use; null when the source has none
 * @param parameters JSON Schema of an object
 * @param isRun a call is a run of its own, a child of the agent's
 * @param needsApproval a person decides on each call
 */
public record Capability(
        String source,
        String name,
        String definitionId,
        String versionId,
        String description,
        JsonNode parameters,
        boolean isRun,
        boolean needsApproval) {
    private static final int NAME_LENGTH_MAX = 64;

    /** A code as models take it for a name. */
    public static String nameOf(String code) {
        String name = code.replaceAll("[^A-Za-z0-9_-]", "_");
        return name.length() <= NAME_LENGTH_MAX ? name : name.substring(0, NAME_LENGTH_MAX);
    }

    Capability approved(boolean byAPerson) {
        return new Capability(
                source, name, definitionId, versionId, description, parameters, isRun, needsApproval || byAPerson);
    }

    ObjectNode write() {
        ObjectNode json = Json.object()
                .put("source", source)
                .put("name", name)
                .put("definition_id", definitionId)
                .put("version_id", versionId)
                .put("description", description)
                .put("is_run", isRun)
                .put("needs_approval", needsApproval);
        json.set("parameters", parameters);
        return json;
    }

    static Capability read(JsonNode json) {
        return new Capability(
                json.path("source").asString(""),
                json.path("name").asString(""),
                json.path("definition_id").asString(""),
                json.path("version_id").asString(null),
                json.path("description").asString(""),
                json.path("parameters"),
                json.path("is_run").asBoolean(false),
                json.path("needs_approval").asBoolean(false));
    }
}
