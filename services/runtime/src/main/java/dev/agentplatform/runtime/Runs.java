package dev.agentplatform.runtime;

import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunOptions;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.store.Sql;
import dev.agentplatform.workflow.Workflows;
import dev.agentplatform.workflow.compile.WorkflowKind;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Starts runs of workflows and finds them. */
public final class Runs {
    private final Engine engine;
    private final Workflows workflows;
    private final Ids ids;
    private final SessionCheck sessions;
    private final boolean autoStart;

    /** What the session room answers. */
    public interface SessionCheck {
        boolean exists(String workspaceId, UUID sessionId);

        /** Keeps the session until the transaction ends. @throws Problem 404 */
        void lock(Sql sql, String workspaceId, UUID sessionId) throws SQLException;
    }

    /** @param autoStart what a run does that does not say */
    public Runs(Engine engine, Workflows workflows, Ids ids, SessionCheck sessions, boolean autoStart) {
        this.engine = engine;
        this.workflows = workflows;
        this.ids = ids;
        this.sessions = sessions;
        this.autoStart = autoStart;
    }

    /**
     * @param reservedId the id that the run gets; starting one id twice makes one run
     * @throws Problem 404 or 422 that names the field, 409 {@code no_published_version}
     */
    public RunRecord start(String workspaceId, StartRun asked, Optional<UUID> reservedId) {
        UUID session = asked.sessionId();
        Engine.Alongside lock = session == null ? null : sql -> sessions.lock(sql, workspaceId, session);
        return start(workspaceId, asked, reservedId.orElseGet(ids::nextRun), lock);
    }

    /**
     * {@link #start(String, StartRun, Optional)} for a caller that writes in the same transaction and locks the
     * session itself; {@code alongside} may be null.
     */
    public RunRecord start(String workspaceId, StartRun asked, UUID id, Engine.Alongside alongside) {
        if (asked.workflowId() == null && asked.workflowVersionId() == null) {
            throw Problem.invalid("workflow_id", "is required, or workflow_version_id");
        }
        if (asked.sessionId() != null && !sessions.exists(workspaceId, asked.sessionId())) {
            throw Problem.notFound("session", asked.sessionId());
        }
        VersionBody version =
                workflows.resolve(workspaceId, workflow(workspaceId, asked.workflowId()), asked.workflowVersionId());
        boolean named = asked.workflowVersionId() != null;
        if (named && !runsAlone(asked.initialNode(), version)) workflows.refuseFaults(version);
        Submission submission = new Submission(
                id,
                workspaceId,
                WorkflowKind.NAME,
                version.definitionId(),
                version.id(),
                asked.sessionId(),
                asked.inputJson() == null ? Json.object() : asked.inputJson(),
                metadata(asked),
                options(asked),
                null);
        return engine.submit(submission, alongside);
    }

    /** Whether the run is of one node that the version does not know, whatever the version says. */
    private static boolean runsAlone(StartRun.InitialNode initial, VersionBody version) {
        if (initial == null) return false;
        for (JsonNode node : version.body().path("nodes")) {
            if (node.path("id").asString("").equals(initial.nodeId())) return false;
        }
        return true;
    }

    private UUID workflow(String workspaceId, String idOrCode) {
        if (idOrCode == null) return null;
        return Ids.parse(idOrCode)
                .orElseGet(() -> workflows
                        .findByCode(workspaceId, idOrCode)
                        .map(Definition::id)
                        .orElseThrow(() -> Problem.notFound("workflow", idOrCode)));
    }

    private static JsonNode metadata(StartRun asked) {
        ObjectNode kept = Json.object();
        if (asked.appId() != null) kept.put("app_id", asked.appId());
        if (asked.appVersionId() != null) kept.put("app_version_id", asked.appVersionId());
        if (!Json.isNothing(asked.metadataJson())) kept.set("metadata", asked.metadataJson());
        return kept.isEmpty() ? Json.nothing() : kept;
    }

    /** The first node as the engine takes it; JSON null when the workflow's own starts begin. */
    private JsonNode initialNode(StartRun.InitialNode asked) {
        if (asked == null) return Json.nothing();
        boolean configured = !Json.isNothing(asked.config());
        if (configured && !asked.config().isObject()) throw Problem.invalid("initial_node.config", "must be an object");
        ObjectNode node = Json.object().put("id", asked.nodeId()).put("type", asked.nodeType());
        if (configured) node.set("config", asked.config());
        List<FieldError> faults = workflows.faultsOfNode(node);
        if (!faults.isEmpty())
            throw Problem.invalid(faults.stream().map(Runs::ofInitialNode).toList());
        ObjectNode initial = Json.object().put("node_id", asked.nodeId()).put("node_type", asked.nodeType());
        if (configured) initial.set("config", asked.config());
        return initial;
    }

    private static FieldError ofInitialNode(FieldError fault) {
        boolean renamed = fault.path().equals("id") || fault.path().equals("type");
        return new FieldError("initial_node." + (renamed ? "node_" : "") + fault.path(), fault.message());
    }

    private RunOptions options(StartRun asked) {
        JsonNode initial = initialNode(asked.initialNode());
        return new RunOptions(
                asked.priority() == null ? 0 : asked.priority(),
                asked.autoStart() == null ? autoStart : asked.autoStart(),
                initial,
                asked.timeoutSeconds() == null ? 0 : asked.timeoutSeconds() * 1_000L,
                0,
                null);
    }

    /** @throws Problem 404 */
    public RunRecord find(String workspaceId, UUID id) {
        return engine.find(workspaceId, id).orElseThrow(() -> Problem.notFound("run", id));
    }
}
