package dev.agentplatform.model.published;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.web.Request;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** What of the rooms above answers as a model. The app binds it. */
public interface PublishedDefinitions {
    /**
     * Starts a run for the caller of the request.
     *
     * @throws dev.agentplatform.kernel.Problem 404 {@code model_not_found} also for what is not published, 403 {@code
     *     execute_forbidden}, 422 when the question does not fit
     */
    RunRecord start(Request request, DefinitionName name, Question question);

    /** What the caller may ask, kind after kind, at most {@code limit} of each kind. */
    List<Listed> list(Request request, int limit);

    /** One of them; empty when it is not there or not for the caller. */
    Optional<Listed> find(Request request, DefinitionName name);

    /** @param name as a model's @param createdTime UTC milliseconds */
    record Listed(String name, long createdTime) {}

    /** What a run asks people now: {@code {id, title, task_type}}. */
    List<ObjectNode> humanTasks(String workspaceId, UUID runId);
}
