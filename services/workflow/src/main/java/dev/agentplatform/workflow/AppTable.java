package dev.agentplatform.workflow;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** The SQL of apps and their versions, for both databases. */
final class AppTable {
    private static final String APP =
            "SELECT id, workspace_id, code, name, description, created_time, updated_time FROM workflow_app"
                    + " WHERE workspace_id = ?";
    private static final String VERSION = "SELECT id, workspace_id, app_id, version_no, workflow_version_id, config,"
            + " status, created_time FROM workflow_app_version WHERE workspace_id = ?";

    private AppTable() {}

    static void insert(Sql sql, App app) throws SQLException {
        sql.update(
                "INSERT INTO workflow_app (id, workspace_id, code, name, description, created_time, updated_time)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                app.id(),
                app.workspaceId(),
                app.code(),
                app.name(),
                app.description(),
                app.createdTime(),
                app.updatedTime());
    }

    static Optional<App> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(APP + " AND id = ?", AppTable::app, workspaceId, id);
    }

    static Page<App> list(Sql sql, String workspaceId, String code, PageRequest page) throws SQLException {
        return Listing.of(APP, workspaceId).where("code", code).page(sql, page, AppTable::app, App::id);
    }

    /** Inserts under the next number of its app, and gives that; two at a time: one is a unique violation. */
    static int insert(Sql sql, AppVersion version) throws SQLException {
        return sql.one(
                        "INSERT INTO workflow_app_version (id, workspace_id, app_id, version_no, workflow_version_id,"
                                + " config, status, created_time) VALUES (?, ?, ?, (SELECT COALESCE(MAX(version_no), 0)"
                                + " + 1 FROM workflow_app_version WHERE workspace_id = ? AND app_id = ?), ?, ?, ?, ?)"
                                + " RETURNING version_no",
                        row -> row.small("version_no"),
                        version.id(),
                        version.workspaceId(),
                        version.appId(),
                        version.workspaceId(),
                        version.appId(),
                        version.workflowVersionId(),
                        Json.writeOrNull(version.config()),
                        version.status(),
                        version.createdTime())
                .orElseThrow();
    }

    static Optional<AppVersion> version(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(VERSION + " AND id = ?", AppTable::version, workspaceId, id);
    }

    static Page<AppVersion> versions(Sql sql, String workspaceId, String appId, String status, PageRequest page)
            throws SQLException {
        return Listing.of(VERSION, workspaceId)
                .where("app_id", appId)
                .where("status", status)
                .page(sql, page, AppTable::version, AppVersion::id);
    }

    private static App app(Row row) throws SQLException {
        return new App(
                row.id("id"),
                row.text("workspace_id"),
                row.text("code"),
                row.text("name"),
                row.text("description"),
                row.number("created_time"),
                row.number("updated_time"));
    }

    private static AppVersion version(Row row) throws SQLException {
        return new AppVersion(
                row.id("id"),
                row.text("workspace_id"),
                row.text("app_id"),
                row.small("version_no"),
                row.idOrNull("workflow_version_id"),
                row.json("config"),
                row.text("status"),
                row.number("created_time"));
    }
}
