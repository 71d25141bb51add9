package dev.agentplatform.model.provider;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.web.Reply;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * A row of {@code model_provider}.
 *
 * @param sealedKey null when the provider wants none
 * @param models empty when any name may be asked for
 * @param fallback names of models to try when a model of this provider fails
 */
public record Provider(
        UUID id,
        String workspaceId,
        String name,
        Kind kind,
        String baseUrl,
        String sealedKey,
        List<ModelEntry> models,
        Limits limits,
        List<String> fallback,
        boolean enabled,
        long createdTime,
        long updatedTime) {

    /** Under which context its key is sealed. */
    String sealContext() {
        return workspaceId + "/model_provider/" + id;
    }

    /** The key is not shown, only that there is one. */
    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("workspace_id", workspaceId);
        json.put("tenant_id", workspaceId);
        json.put("name", name);
        json.put("kind", kind.word());
        json.put("base_url", baseUrl);
        json.put("has_api_key", sealedKey != null);
        json.set("models", Reply.tree(models));
        json.set("limits", Reply.tree(limits));
        json.set("fallback", Reply.tree(fallback));
        json.put("enabled", enabled);
        json.put("created_time", Times.format(createdTime));
        json.put("updated_time", Times.format(updatedTime));
        return json;
    }
}
