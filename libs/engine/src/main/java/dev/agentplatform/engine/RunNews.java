package dev.agentplatform.engine;

import dev.agentplatform.events.LogEvent;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells the outbox of the changes of runs, in the unit of the change: what the log has as {@code run.*}. Nothing is
 * written while no subscription can match.
 */
final class RunNews {
    static final RunNews NONE = new RunNews(null, null);
    private static final String PREFIX = "run.";
    private static final String SOURCE = "runtime";

    private final Outbox outbox;
    private final Ids ids;

    RunNews(Outbox outbox, Ids ids) {
        this.outbox = outbox;
        this.ids = ids;
    }

    void tell(RunRecord run, Turn turn) {
        if (outbox == null) return;
        for (LogEvent event : turn.events) {
            if (event.type().startsWith(PREFIX) && outbox.wanted(run.workspaceId(), event.type())) {
                turn.rows.addAll(outbox.rows(message(run, turn, event)));
            }
        }
    }

    private Outbox.Message message(RunRecord run, Turn turn, LogEvent event) {
        ObjectNode payload = Json.object();
        payload.put("run_id", run.id().toString());
        payload.put("run_kind", run.kind());
        payload.put(
                "definition_id",
                run.definitionId() == null ? null : run.definitionId().toString());
        payload.put(
                "version_id", run.versionId() == null ? null : run.versionId().toString());
        payload.put(
                "session_id", run.sessionId() == null ? null : run.sessionId().toString());
        payload.put(
                "parent_run_id",
                run.parent() == null ? null : run.parent().runId().toString());
        payload.set("metadata_json", run.metadata());
        ObjectNode logged = (ObjectNode) Json.parse(event.json());
        logged.remove("type");
        payload.setAll(logged);
        return new Outbox.Message(
                ids.next(),
                run.workspaceId(),
                event.type(),
                SOURCE,
                "run",
                run.id().toString(),
                turn.now,
                Json.write(payload));
    }
}
