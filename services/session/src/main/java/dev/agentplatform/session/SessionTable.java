package dev.agentplatform.session;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL of sessions and messages, for both databases. */
final class SessionTable {
    private static final String SESSION = "SELECT id, workspace_id, app_id, user_id, channel_type, title, status,"
            + " metadata, message_seq, created_time, updated_time FROM session WHERE workspace_id = ?";
    private static final String MESSAGE = "SELECT id, workspace_id, session_id, sequence, role, content_text, content,"
            + " created_time FROM session_message WHERE workspace_id = ?";

    private SessionTable() {}

    static void insert(Sql sql, Session session) throws SQLException {
        sql.update(
                "INSERT INTO session (id, workspace_id, app_id, user_id, channel_type, title, status, metadata,"
                        + " message_seq, created_time, updated_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                session.id(),
                session.workspaceId(),
                session.appId(),
                session.userId(),
                session.channelType(),
                session.title(),
                session.status(),
                Json.writeOrNull(session.metadata()),
                session.messageSeq(),
                session.createdTime(),
                session.updatedTime());
    }

    static Optional<Session> find(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(SESSION + " AND id = ?", SessionTable::session, workspaceId, id);
    }

    /** {@link #find}, and nobody else changes the session until the transaction ends. */
    static Optional<Session> lock(Sql sql, String workspaceId, UUID id) throws SQLException {
        return sql.one(SESSION + " AND id = ?" + sql.dialect().forUpdate(), SessionTable::session, workspaceId, id);
    }

    static Page<Session> list(Sql sql, String workspaceId, Sessions.Filter filter, PageRequest page)
            throws SQLException {
        return Listing.of(SESSION, workspaceId)
                .where("app_id", filter.appId())
                .where("user_id", filter.userId())
                .where("channel_type", filter.channelType())
                .where("status", filter.status())
                .page(sql, page, SessionTable::session, Session::id);
    }

    static void update(Sql sql, Session session) throws SQLException {
        sql.update(
                "UPDATE session SET user_id = ?, title = ?, status = ?, metadata = ?, updated_time = ?"
                        + " WHERE id = ? AND workspace_id = ?",
                session.userId(),
                session.title(),
                session.status(),
                Json.writeOrNull(session.metadata()),
                session.updatedTime(),
                session.id(),
                session.workspaceId());
    }

    static void delete(Sql sql, String workspaceId, UUID id) throws SQLException {
        sql.update("DELETE FROM session_message WHERE session_id = ? AND workspace_id = ?", id, workspaceId);
        sql.update("DELETE FROM run_request WHERE session_id = ? AND workspace_id = ?", id, workspaceId);
        sql.update("DELETE FROM session WHERE id = ? AND workspace_id = ?", id, workspaceId);
    }

    // ---- messages

    /** Takes the next number of a session, and with it the lock on its row; empty when there is no such session. */
    static Optional<Long> nextSequence(Sql sql, String workspaceId, UUID sessionId, long now) throws SQLException {
        return sql.one(
                "UPDATE session SET message_seq = message_seq + 1, updated_time = ? WHERE id = ? AND workspace_id = ?"
                        + " RETURNING message_seq",
                row -> row.number("message_seq"),
                now,
                sessionId,
                workspaceId);
    }

    static void insert(Sql sql, Message message) throws SQLException {
        sql.update(
                "INSERT INTO session_message (session_id, sequence, workspace_id, id, role, content_text, content,"
                        + " created_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                message.sessionId(),
                message.sequence(),
                message.workspaceId(),
                message.id(),
                message.role(),
                message.contentText(),
                Json.writeOrNull(message.content()),
                message.createdTime());
    }

    /** @param after number of the last message of the page before; null for the first page */
    static List<Message> messages(Sql sql, String workspaceId, UUID sessionId, boolean ascending, Long after, int limit)
            throws SQLException {
        long bound = after != null ? after : ascending ? 0 : Long.MAX_VALUE;
        String order = ascending ? " AND sequence > ? ORDER BY sequence" : " AND sequence < ? ORDER BY sequence DESC";
        return sql.list(
                MESSAGE + " AND session_id = ?" + order + " LIMIT ?",
                SessionTable::message,
                workspaceId,
                sessionId,
                bound,
                limit);
    }

    private static Session session(Row row) throws SQLException {
        return new Session(
                row.id("id"),
                row.text("workspace_id"),
                row.text("app_id"),
                row.text("user_id"),
                row.text("channel_type"),
                row.text("title"),
                row.text("status"),
                row.json("metadata"),
                row.number("message_seq"),
                row.number("created_time"),
                row.number("updated_time"));
    }

    private static Message message(Row row) throws SQLException {
        return new Message(
                row.id("id"),
                row.text("workspace_id"),
                row.id("session_id"),
                row.number("sequence"),
                row.text("role"),
                row.text("content_text"),
                row.json("content"),
                row.number("created_time"));
    }
}
