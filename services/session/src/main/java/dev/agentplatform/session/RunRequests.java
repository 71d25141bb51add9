package dev.agentplatform.session;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.session.RunRequest.Status;
import dev.agentplatform.store.Database;
import dev.agentplatform.workflow.Workflows;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Wishes for runs, and their dispatch: the request and its run become durable in one transaction. */
public final class RunRequests {
    private final Database database;
    private final Clock clock;
    private final Ids ids;
    private final Workflows workflows;
    private final RunStarter starter;

    /** A session and what shall run in it; one of {@code workflowId} and {@code workflowVersionId} is not null. */
    public record NewRunRequest(
            UUID sessionId, String appId, String appVersionId, UUID workflowId, UUID workflowVersionId) {}

    public record Dispatched(RunRequest request, RunRecord run) {}

    public RunRequests(Database database, Clock clock, Ids ids, Workflows workflows, RunStarter starter) {
        this.database = database;
        this.clock = clock;
        this.ids = ids;
        this.workflows = workflows;
        this.starter = starter;
    }

    /** Stores a request that nobody dispatches yet. @throws Problem 404 for the session or the version, 422 */
    public RunRequest store(String workspaceId, NewRunRequest asked) {
        checkWorkflow(workspaceId, asked.workflowId(), asked.workflowVersionId());
        RunRequest request = fresh(workspaceId, asked);
        return database.transact(sql -> {
            Sessions.lock(sql, workspaceId, asked.sessionId());
            RunRequestTable.insert(sql, request);
            return request;
        });
    }

    /** @throws Problem 404 */
    public RunRequest find(String workspaceId, UUID id) {
        return database.read(sql -> RunRequestTable.find(sql, workspaceId, id))
                .orElseThrow(() -> Problem.notFound("run request", id));
    }

    /** @param sessionId null: of all sessions @param status null: with any */
    public Page<RunRequest> list(String workspaceId, UUID sessionId, String status, PageRequest page) {
        return database.read(sql -> RunRequestTable.list(sql, workspaceId, sessionId, status, page));
    }

    /**
     * Stores a request and starts its run, in one transaction; when the run is refused, nothing stays.
     *
     * @param body as of {@code POST /runtime/runs}
     * @param reservedId the same for each repeat of one HTTP request; empty when the client cannot repeat it safely
     */
    public Dispatched dispatch(String workspaceId, NewRunRequest asked, JsonNode body, Optional<UUID> reservedId) {
        checkWorkflow(workspaceId, asked.workflowId(), asked.workflowVersionId());
        RunRequest request = fresh(workspaceId, asked).dispatchedAs(reservedId.orElseGet(ids::nextRun));
        return start(request, body, sql -> {
            Sessions.lock(sql, workspaceId, asked.sessionId());
            RunRequestTable.insert(sql, request);
        });
    }

    /** Starts the run of a stored request; one that was dispatched before answers with the run it has. @throws Problem 404 */
    public Dispatched dispatch(String workspaceId, UUID requestId, JsonNode body) {
        RunRequest stored = find(workspaceId, requestId);
        boolean again = stored.status() == Status.DISPATCHED;
        RunRequest request = again ? stored : stored.dispatchedAs(ids.nextRun());
        try {
            return start(request, body, sql -> {
                Sessions.lock(sql, workspaceId, request.sessionId());
                if (!RunRequestTable.dispatch(sql, request)) throw new Overtaken();
            });
        } catch (Overtaken overtaken) {
            // Somebody else dispatched it between our look and our transaction.
            return dispatch(workspaceId, requestId, body);
        } catch (Problem refused) {
            // 5xx may go away by itself: such a request stays as it is.
            if (refused.status() < 500) fail(workspaceId, requestId);
            throw refused;
        }
    }

    private Dispatched start(RunRequest request, JsonNode body, Engine.Alongside alongside) {
        RunRecord run = starter.start(request.workspaceId(), runOf(request, body), request.runId(), alongside);
        // Of a run that was there before, the request is the one that came with it.
        RunRequest durable = database.read(sql -> RunRequestTable.findByRun(sql, request.workspaceId(), run.id()))
                .orElseThrow(() -> Problem.conflict("id_taken", "This run was started without a run request."));
        return new Dispatched(durable, run);
    }

    /** Another dispatch of the same request was first. */
    private static final class Overtaken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Overtaken() {
            super("overtaken", null, false, false);
        }
    }

    private void fail(String workspaceId, UUID requestId) {
        database.transact(sql -> RunRequestTable.fail(sql, workspaceId, requestId));
    }

    private RunRequest fresh(String workspaceId, NewRunRequest asked) {
        return new RunRequest(
                ids.next(),
                workspaceId,
                asked.sessionId(),
                asked.appId(),
                asked.appVersionId(),
                asked.workflowId(),
                asked.workflowVersionId(),
                null,
                Status.PENDING,
                clock.millis());
    }

    private void checkWorkflow(String workspaceId, UUID workflowId, UUID versionId) {
        if (workflowId == null && versionId == null) {
            throw Problem.invalid("workflow_version_id", "is required, or workflow_id");
        }
        if (versionId != null) workflows.resolve(workspaceId, workflowId, versionId);
        else workflows.find(workspaceId, workflowId);
    }

    /** What the stored request says counts; the body adds what only a run has, such as {@code initial_node}. */
    private static ObjectNode runOf(RunRequest request, JsonNode body) {
        ObjectNode run = Json.object();
        body.properties().forEach(field -> run.set(field.getKey(), field.getValue()));
        run.remove("run_request_id");
        run.put("session_id", request.sessionId().toString());
        put(run, "app_id", request.appId());
        put(run, "app_version_id", request.appVersionId());
        put(run, "workflow_id", request.workflowId());
        put(run, "workflow_version_id", request.workflowVersionId());
        return run;
    }

    private static void put(ObjectNode run, String name, Object value) {
        if (value != null) run.put(name, value.toString());
    }
}
