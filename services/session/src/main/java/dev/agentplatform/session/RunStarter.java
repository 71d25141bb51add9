package dev.agentplatform.session;

import dev.agentplatform.engine.RunRecord;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Starts a run of a workflow; the room that does is bound when the server is wired. */
@FunctionalInterface
public interface RunStarter {
    /**
     * @param body as of {@code POST /runtime/runs}
     * @param reservedId the id that the run gets; starting one id twice makes one run
     * @throws dev.agentplatform.kernel.Problem when the run is refused; nothing was started then
     */
    RunRecord start(String workspaceId, JsonNode body, Optional<UUID> reservedId);
}
