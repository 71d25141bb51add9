package dev.agentplatform.runtime;

import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.Range;
import dev.agentplatform.web.Required;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Body of {@code POST /runtime/runs}. */
public record StartRun(
        @Length(max = 200) @Doc("Free text of the caller") String appId,
        @Length(max = 200) @Doc("Free text of the caller") String appVersionId,

        @Length(max = 200) @Doc("Id or code of the workflow; not needed when a version is named")
        String workflowId,

        @Doc("A version, drafts too; without it the latest published one runs")
        UUID workflowVersionId,

        @Doc("A session of this workspace") UUID sessionId,

        @Doc("Begin with this node instead of the workflow's starts")
        InitialNode initialNode,

        @Alias("input") @Doc("What templates see as input") JsonNode inputJson,

        @Range(min = -100, max = 100) @Doc("Higher goes first, -100 to 100")
        Integer priority,

        @Doc("false: only a caller drives the run") Boolean autoStart,

        @Range(min = 1, max = 31_536_000) @Doc("Time limit of the whole run")
        Integer timeoutSeconds,

        @Alias("metadata") @Doc("Kept and shown") JsonNode metadataJson) {

    /** A node that the version does not define runs as given here, without successors. */
    public record InitialNode(
            @Required @Length(max = 128) String nodeId,
            @Required @Length(max = 64) String nodeType,
            JsonNode config) {}
}
