package dev.agentplatform.session;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunRecord;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Starts a run of a workflow; the room that does is bound when the server is wired. */
@FunctionalInterface
public interface RunStarter {
    /**
     * @param body as of {@code POST /runtime/runs}
     * @param id that the run gets; starting one id twice makes one run
     * @param alongside written in the transaction that makes the run; not when the id was started before
     * @throws dev.agentplatform.kernel.Problem when the run is refused; nothing was written then
     */
    RunRecord start(String workspaceId, JsonNode body, UUID id, Engine.Alongside alongside);
}
