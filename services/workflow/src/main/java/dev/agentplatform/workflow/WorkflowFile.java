package dev.agentplatform.workflow;

import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Binder;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Required;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A workflow with one of its versions as a document of its own, to be kept in a file or carried to another workspace. It
 * holds no ids, so that it means the same everywhere.
 *
 * @param appId may be null
 * @param description may be null
 * @param status {@code DRAFT} or {@code PUBLISHED}
 */
public record WorkflowFile(
        String code, String name, String appId, String description, VersionStatus status, JsonNode dsl) {

    /** The document's fields. */
    private record Fields(
            @OneOf(Workflows.KIND) String kind,
            @Required @Length(min = 1, max = 128) String code,
            @Required @Length(min = 1, max = 200) String name,
            String appId,
            String description,
            @OneOf({"draft", "published"}) String status,
            @Required @Alias("dsl_json") ObjectNode dsl) {}

    /** @throws dev.agentplatform.kernel.Problem 422 with every wrong field */
    public static WorkflowFile of(JsonNode document) {
        Fields fields = Binder.bind(document, Fields.class);
        VersionStatus status = "published".equals(fields.status()) ? VersionStatus.PUBLISHED : VersionStatus.DRAFT;
        return new WorkflowFile(
                fields.code(), fields.name(), fields.appId(), fields.description(), status, fields.dsl());
    }

    public ObjectNode document() {
        ObjectNode document =
                Json.object().put("kind", Workflows.KIND).put("code", code).put("name", name);
        if (appId != null) document.put("app_id", appId);
        if (description != null) document.put("description", description);
        document.put("status", status.word());
        document.set("dsl", dsl);
        return document;
    }
}
