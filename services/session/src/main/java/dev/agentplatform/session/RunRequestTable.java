package dev.agentplatform.session;

import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The SQL of run requests, for both databases. */
final class RunRequestTable {
    private static final String REQUEST = "SELECT id, workspace_id, session_id, app_id, app_version_id, workflow_id,"
            + " workflow_version_id, run_id, status, created_time FROM run_request"
            + " WHERE workspace_id = ?";

    private RunRequestTable() {}

    static void insert(Sql sql, RunRequest request) throws SQLException {
        sql.update(
                "INSERT INTO run_request (id, workspace_id, session_id, app_id, app_version_id, workflow_id,"
                        + " workflow_version_id, run_id, status, created_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                request.id(),
                request.workspaceId(),
                request.sessionId(),
                request.appId(),
                request.appVersionId(),
                request.workflowId(),
                request.workflowVersionId(),
                request.runId(),
                word(request.status()),
                request.createdTime());
    }

    static Optional<RunRequest> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(REQUEST + " AND id = ?", RunRequestTable::request, workspaceId, id);
    }

    static Optional<RunRequest> findByRun(Sql sql, String workspaceId, UUID runId) throws SQLException {
        return sql.one(REQUEST + " AND run_id = ?", RunRequestTable::request, workspaceId, runId);
    }

    static Page<RunRequest> list(Sql sql, String workspaceId, UUID sessionId, String status, PageRequest page)
            throws SQLException {
        return Listing.of(REQUEST, workspaceId)
                .where("session_id", sessionId)
                .where("status", status)
                .page(sql, page, RunRequestTable::request, RunRequest::id);
    }

    /** False when it was dispatched before. */
    static boolean dispatch(Sql sql, RunRequest request) throws SQLException {
        return sql.update(
                        "UPDATE run_request SET run_id = ?, status = ? WHERE id = ? AND workspace_id = ?"
                                + " AND status <> 'dispatched'",
                        request.runId(),
                        word(request.status()),
                        request.id(),
                        request.workspaceId())
                == 1;
    }

    static boolean fail(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.update(
                        "UPDATE run_request SET status = 'failed' WHERE id = ? AND workspace_id = ?"
                                + " AND status = 'pending'",
                        id,
                        workspaceId)
                == 1;
    }

    static String word(RunRequest.Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    private static RunRequest request(Row row) throws SQLException {
        return new RunRequest(
                row.id("id"),
                row.text("workspace_id"),
                row.id("session_id"),
                row.text("app_id"),
                row.text("app_version_id"),
                row.idOrNull("workflow_id"),
                row.idOrNull("workflow_version_id"),
                row.idOrNull("run_id"),
                RunRequest.Status.valueOf(row.text("status").toUpperCase(Locale.ROOT)),
                row.number("created_time"));
    }
}
