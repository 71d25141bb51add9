package dev.agentplatform.runtime;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Request;
import java.util.UUID;

/**
 * Finds the run that a path names, in the workspace of the request.
 *
 * <p>Predecessors' scripts name no workspace where an id says enough. So a request that nobody signed and that
 * names none acts in the workspace of the run; with a key, or with a name, nothing is guessed.
 */
final class RunScope {
    private final Engine engine;

    RunScope(Engine engine) {
        this.engine = engine;
    }

    RunRecord run(Request request) {
        return run(request, request.id("id"), "run");
    }

    /** The run of the node run that the path names. */
    RunRecord runOfNodeRun(Request request) {
        return run(request, Ids.runOf(request.id("id")), "node run");
    }

    /** Like {@link #run(Request)}, for an id that comes from elsewhere in the request. */
    RunRecord run(Request request, UUID runId, String what) {
        String workspace = request.workspace().id();
        boolean guessed = !request.workspaceNamed() && request.principal().isAnonymous();
        if (guessed) workspace = engine.workspaceOf(runId).orElse(workspace);
        return engine.find(workspace, runId).orElseThrow(() -> Problem.notFound(what, runId));
    }
}
