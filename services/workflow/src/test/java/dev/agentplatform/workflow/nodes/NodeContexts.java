package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.RunOptions;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.Scope;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** What a node sees of a run that is at its second attempt of a node, step 7 of workspace {@code w1}. */
final class NodeContexts {
    static final long NOW = 1_767_225_600_000L;
    static final UUID RUN = UUID.fromString("019b7c00-0000-7000-8000-000001000000");

    private NodeContexts() {}

    static NodeContext with(Map<String, JsonNode> roots) {
        JsonNode none = Json.nothing();
        RunRecord run = new RunRecord(
                RUN,
                "w1",
                "workflow",
                null,
                null,
                null,
                null,
                RunStatus.RUNNING,
                null,
                0,
                NOW,
                NOW,
                0,
                none,
                RunOptions.USUAL,
                none,
                none,
                none);
        Ids ids = new Ids(Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC));
        return new NodeContext(Scope.of(roots), run, "n", 7, 6, 1, 2, none, NOW, ids, List::of);
    }

    static NodeContext input(String json) {
        return with(Map.of("input", Json.parse(json)));
    }
}
