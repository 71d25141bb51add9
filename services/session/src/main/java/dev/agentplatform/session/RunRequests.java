package dev.agentplatform.session;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.session.RunRequest.Status;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import dev.agentplatform.workflow.Workflows;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Wishes for runs, and their dispatch. A dispatch first writes the request with the id of the run that is to be, then
 * starts the run under that id, then marks the request: whatever a crash cuts short can be repeated and makes one run.
 */
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
        return database.transact(sql -> insert(sql, workspaceId, asked, null));
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
     * Stores a request and starts its run; when the run is refused, nothing stays.
     *
     * @param body as of {@code POST /runtime/runs}
     * @param reservedId the same for each repeat of one HTTP request; empty when the client cannot repeat it safely
     */
    public Dispatched dispatch(String workspaceId, NewRunRequest asked, JsonNode body, Optional<UUID> reservedId) {
        checkWorkflow(workspaceId, asked.workflowId(), asked.workflowVersionId());
        UUID runId = reservedId.orElseGet(ids::nextRun);
        RunRequest request = database.transact(sql -> {
            Optional<RunRequest> repeated = RunRequestTable.findByRun(sql, workspaceId, runId);
            return repeated.isPresent() ? repeated.get() : insert(sql, workspaceId, asked, runId);
        });
        return start(request, body, this::withdraw);
    }

    /** Starts the run of a stored request; one that was dispatched before answers with the run it has. @throws Problem 404 */
    public Dispatched dispatch(String workspaceId, UUID requestId, JsonNode body) {
        RunRequest request = database.transact(sql -> {
            RunRequest stored = RunRequestTable.lock(sql, workspaceId, requestId)
                    .orElseThrow(() -> Problem.notFound("run request", requestId));
            if (stored.runId() != null) return stored;
            RunRequest reserved = stored.with(ids.nextRun(), Status.PENDING);
            RunRequestTable.update(sql, reserved);
            return reserved;
        });
        return start(request, body, refused -> mark(refused, Status.FAILED));
    }

    private Dispatched start(RunRequest request, JsonNode body, Consumer<RunRequest> whenRefused) {
        RunRecord run;
        try {
            run = starter.start(request.workspaceId(), runOf(request, body), Optional.of(request.runId()));
        } catch (Problem refused) {
            // 5xx may go away by itself: such a request stays pending.
            if (refused.status() < 500) whenRefused.accept(request);
            throw refused;
        }
        return new Dispatched(mark(request, Status.DISPATCHED), run);
    }

    /** A request that came with its run leaves nothing behind when the run is refused. */
    private void withdraw(RunRequest request) {
        database.transact(sql -> {
            RunRequestTable.delete(sql, request);
            return null;
        });
    }

    private RunRequest mark(RunRequest request, Status status) {
        if (request.status() == status) return request;
        RunRequest marked = request.with(request.runId(), status);
        database.transact(sql -> {
            RunRequestTable.update(sql, marked);
            return null;
        });
        return marked;
    }

    private RunRequest insert(Sql sql, String workspaceId, NewRunRequest asked, UUID runId) throws SQLException {
        if (SessionTable.lock(sql, workspaceId, asked.sessionId()).isEmpty()) {
            throw Problem.notFound("session", asked.sessionId());
        }
        RunRequest request = new RunRequest(
                ids.next(),
                workspaceId,
                asked.sessionId(),
                asked.appId(),
                asked.appVersionId(),
                asked.workflowId(),
                asked.workflowVersionId(),
                runId,
                Status.PENDING,
                clock.millis());
        RunRequestTable.insert(sql, request);
        return request;
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
