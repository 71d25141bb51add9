package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.store.Shape;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The SQL of runs and their mail. */
final class RunTable {
    private static final Shape CREATE = Shape.insert(
            "run",
            20,
            Shape.id("id"),
            Shape.text("workspace_id"),
            Shape.text("kind"),
            Shape.id("definition_id"),
            Shape.id("version_id"),
            Shape.id("session_id"),
            Shape.id("parent_run_id"),
            Shape.small("parent_no"),
            Shape.small("parent_index"),
            Shape.text("status"),
            Shape.text("error_code"),
            Shape.number("last_seq"),
            Shape.number("created_time"),
            Shape.number("started_time"),
            Shape.number("ended_time"),
            Shape.text("metadata"),
            Shape.text("options"),
            Shape.text("error"),
            Shape.text("input"),
            Shape.text("result"));
    private static final Shape MOVE = Shape.update(
            "run",
            21,
            List.of(Shape.id("id"), Shape.text("workspace_id")),
            Shape.text("status"),
            Shape.number("started_time"));
    private static final Shape END = Shape.update(
            "run",
            22,
            List.of(Shape.id("id"), Shape.text("workspace_id")),
            Shape.text("status"),
            Shape.text("error_code"),
            Shape.number("last_seq"),
            Shape.number("started_time"),
            Shape.number("ended_time"),
            Shape.text("error"),
            Shape.text("result"),
            Shape.text("final_state"));
    private static final Shape MAIL = Shape.insert(
            "run_message",
            50,
            Shape.id("run_id"),
            Shape.id("id"),
            Shape.text("workspace_id"),
            Shape.text("kind"),
            Shape.small("no"),
            Shape.number("time"),
            Shape.text("body"));
    private static final Shape APPLIED =
            Shape.delete("run_message", 51, Shape.id("run_id"), Shape.id("id"), Shape.text("workspace_id"));

    private static final String COLUMNS = "id, workspace_id, kind, definition_id, version_id, session_id,"
            + " parent_run_id, parent_no, parent_index, status, error_code, last_seq, created_time, started_time,"
            + " ended_time, metadata, options, error, input, result";

    private RunTable() {}

    /** How a run ended. {@code finalState} is what a retry goes on from; null when there is none. */
    record End(
            RunStatus status,
            String code,
            long lastSeq,
            long startedTime,
            long endedTime,
            String error,
            String result,
            String finalState) {}

    /** @param no step that the message is for, 0 for the run */
    record Message(UUID id, MessageKind kind, int no, long time, String body) {}

    enum MessageKind {
        CANCEL,
        SIGNAL,
        HUMAN,
        CHILD
    }

    static RowWrite create(RunRecord run) {
        RunRecord.Parent parent = run.parent();
        return CREATE.row(
                run.id(),
                run.workspaceId(),
                run.kind(),
                run.definitionId(),
                run.versionId(),
                run.sessionId(),
                parent == null ? null : parent.runId(),
                parent == null ? null : (Integer) parent.no(),
                parent == null ? null : (Integer) parent.index(),
                run.status().word(),
                run.errorCode(),
                run.lastSeq(),
                run.createdTime(),
                timeOrNull(run.startedTime()),
                timeOrNull(run.endedTime()),
                Json.writeOrNull(run.metadata()),
                run.options().write(),
                Json.writeOrNull(run.error()),
                Json.writeOrNull(run.input()),
                Json.writeOrNull(run.result()));
    }

    static RowWrite move(RunRecord run, RunStatus status, long startedTime) {
        return MOVE.row(run.id(), run.workspaceId(), status.word(), timeOrNull(startedTime));
    }

    static RowWrite end(RunRecord run, End end) {
        return END.row(
                run.id(),
                run.workspaceId(),
                end.status().word(),
                end.code(),
                end.lastSeq(),
                timeOrNull(end.startedTime()),
                end.endedTime(),
                end.error(),
                end.result(),
                end.finalState());
    }

    static RowWrite mail(UUID runId, String workspaceId, Message message) {
        return MAIL.row(
                runId, message.id(), workspaceId, message.kind().name(), message.no(), message.time(), message.body());
    }

    /** {@link #mail} from inside a closure. */
    static void insert(Sql sql, UUID runId, String workspaceId, Message message) throws SQLException {
        sql.update(
                "INSERT INTO run_message (run_id, id, workspace_id, kind, no, time, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
                runId,
                message.id(),
                workspaceId,
                message.kind().name(),
                message.no(),
                message.time(),
                message.body());
    }

    static RowWrite applied(UUID runId, String workspaceId, UUID messageId) {
        return APPLIED.row(runId, messageId, workspaceId);
    }

    static List<Message> mail(Sql sql, UUID runId, String workspaceId, int limit) throws SQLException {
        return sql.list(
                "SELECT id, kind, no, time, body FROM run_message WHERE run_id = ? AND workspace_id = ?"
                        + " ORDER BY id LIMIT ?",
                row -> new Message(
                        row.id("id"),
                        MessageKind.valueOf(row.text("kind")),
                        row.small("no"),
                        row.number("time"),
                        row.text("body")),
                runId,
                workspaceId,
                limit);
    }

    static Optional<RunRecord> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(
                "SELECT " + COLUMNS + " FROM run WHERE id = ? AND workspace_id = ?", RunTable::run, id, workspaceId);
    }

    /** Which workspace a run belongs to: for callers who name none where nobody has to. */
    static Optional<String> workspaceOf(Sql sql, UUID id) throws SQLException {
        return sql.one("SELECT workspace_id FROM run WHERE id = ?", row -> row.text("workspace_id"), id);
    }

    static Optional<String> finalState(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(
                "SELECT final_state FROM run WHERE id = ? AND workspace_id = ? AND final_state IS NOT NULL",
                row -> row.text("final_state"),
                id,
                workspaceId);
    }

    /** An ended run lives again. */
    static void setMetadata(Sql sql, RunRecord run, JsonNode metadata) throws SQLException {
        sql.update(
                "UPDATE run SET metadata = ? WHERE id = ? AND workspace_id = ?",
                Json.writeOrNull(metadata),
                run.id(),
                run.workspaceId());
    }

    static void reopen(Sql sql, RunRecord run) throws SQLException {
        sql.update(
                "UPDATE run SET status = 'running', error_code = NULL, error = NULL, ended_time = NULL,"
                        + " final_state = NULL WHERE id = ? AND workspace_id = ?",
                run.id(),
                run.workspaceId());
    }

    /** A page of runs, newest first, without their wide columns. */
    static List<RunRecord> list(Sql sql, RunFilter filter, UUID before, int limit) throws SQLException {
        StringBuilder where = new StringBuilder(
                "SELECT id, workspace_id, kind, definition_id, version_id, session_id, parent_run_id, parent_no,"
                        + " parent_index, status, error_code, last_seq, created_time, started_time, ended_time,"
                        + " metadata, options, error, NULL AS input, NULL AS result FROM run WHERE workspace_id = ?");
        List<Object> arguments = new ArrayList<>(List.of(filter.workspaceId()));
        and(where, arguments, "kind = ?", filter.kind());
        and(where, arguments, "definition_id = ?", filter.definitionId());
        and(where, arguments, "version_id = ?", filter.versionId());
        and(where, arguments, "session_id = ?", filter.sessionId());
        and(where, arguments, "parent_run_id = ?", filter.parentRunId());
        and(
                where,
                arguments,
                "status = ?",
                filter.status() == null ? null : filter.status().word());
        and(where, arguments, "id < ?", before);
        if (filter.parentRunId() == null && !filter.children()) where.append(" AND parent_run_id IS NULL");
        where.append(" ORDER BY id DESC LIMIT ?");
        arguments.add(limit);
        return sql.list(where.toString(), RunTable::run, arguments.toArray());
    }

    static boolean hasLive(Sql sql, String workspaceId, UUID sessionId) throws SQLException {
        return sql.one(
                        "SELECT id FROM run WHERE session_id = ? AND workspace_id = ?"
                                + " AND status IN ('queued', 'running', 'waiting') LIMIT 1",
                        row -> row.id("id"),
                        sessionId,
                        workspaceId)
                .isPresent();
    }

    /** Children of a step, in order of index. */
    static List<NodeContext.ChildResult> children(Sql sql, RunRecord parent, int no) throws SQLException {
        return sql.list(
                "SELECT parent_index, id, status, error_code, result FROM run"
                        + " WHERE parent_run_id = ? AND parent_no = ? AND workspace_id = ? ORDER BY parent_index",
                row -> new NodeContext.ChildResult(
                        row.small("parent_index"),
                        row.id("id"),
                        row.text("status"),
                        row.text("error_code"),
                        StepOutput.read(row.text("result"))),
                parent.id(),
                no,
                parent.workspaceId());
    }

    static List<UUID> liveChildren(Sql sql, RunRecord parent, int no) throws SQLException {
        return sql.list(
                "SELECT id FROM run WHERE parent_run_id = ? AND parent_no = ? AND workspace_id = ?"
                        + " AND status IN ('queued', 'running', 'waiting')",
                row -> row.id("id"),
                parent.id(),
                no,
                parent.workspaceId());
    }

    /** Runs owned by a process that have mail, with their wakes: for the sweep over all workspaces. */
    static Map<UUID, Long> mailOf(Sql sql, UUID owner) throws SQLException {
        Map<UUID, Long> found = new HashMap<>();
        sql.list(
                "SELECT t.ref, t.wakes FROM task t WHERE t.owner = ?"
                        + " AND EXISTS (SELECT 1 FROM run_message m WHERE m.run_id = t.ref)",
                row -> found.put(row.id("ref"), row.number("wakes")),
                owner);
        return found;
    }

    /** Where the logs of these runs end now: for the sweep over all workspaces. */
    static Map<UUID, Long> logEnds(Sql sql, List<UUID> runs) throws SQLException {
        Map<UUID, Long> ends = new HashMap<>();
        String marks = "?" + ", ?".repeat(runs.size() - 1);
        sql.list(
                "SELECT id, last_seq FROM run WHERE id IN (" + marks + ")",
                row -> ends.put(row.id("id"), row.number("last_seq")),
                runs.toArray());
        sql.list(
                "SELECT ref, seq FROM task WHERE ref IN (" + marks + ")",
                row -> ends.put(row.id("ref"), row.number("seq")),
                runs.toArray());
        return ends;
    }

    private static void and(StringBuilder where, List<Object> arguments, String condition, Object value) {
        if (value == null) return;
        where.append(" AND ").append(condition);
        arguments.add(value);
    }

    private static RunRecord run(Row row) throws SQLException {
        UUID parentId = row.idOrNull("parent_run_id");
        RunRecord.Parent parent = parentId == null
                ? null
                : new RunRecord.Parent(parentId, row.small("parent_no"), row.small("parent_index"));
        return new RunRecord(
                row.id("id"),
                row.text("workspace_id"),
                row.text("kind"),
                row.idOrNull("definition_id"),
                row.idOrNull("version_id"),
                row.idOrNull("session_id"),
                parent,
                RunStatus.of(row.text("status")).orElseThrow(),
                row.text("error_code"),
                row.number("last_seq"),
                row.number("created_time"),
                timeOrZero(row.numberOrNull("started_time")),
                timeOrZero(row.numberOrNull("ended_time")),
                Json.parseOrNull(row.text("metadata")),
                RunOptions.read(row.text("options")),
                Json.parseOrNull(row.text("error")),
                Json.parseOrNull(row.text("input")),
                Json.parseOrNull(row.text("result")));
    }

    private static Long timeOrNull(long time) {
        return time == 0 ? null : (Long) time;
    }

    private static long timeOrZero(Long time) {
        return time == null ? 0 : time;
    }
}
