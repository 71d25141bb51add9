package dev.agentplatform.session;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Conversations and their messages. A session of another workspace is not found. */
public final class Sessions {
    /** Of the free-form JSON of one session or message. */
    static final int JSON_CHARACTERS_MAX = 1_000_000;

    private final Database database;
    private final Clock clock;
    private final Ids ids;

    /** What a session is made of; {@code channelType} is not null, the rest may be. */
    public record NewSession(String appId, String userId, String channelType, String title, JsonNode metadata) {}

    /** What changes; null stays as it is. */
    public record Patch(String userId, String title, String status, JsonNode metadata) {}

    /** Which sessions to list; null does not filter. */
    public record Filter(String appId, String userId, String channelType, String status) {}

    public Sessions(Database database, Clock clock, Ids ids) {
        this.database = database;
        this.clock = clock;
        this.ids = ids;
    }

    public Session create(String workspaceId, NewSession asked) {
        checkSize("metadata_json", asked.metadata());
        long now = clock.millis();
        Session session = new Session(
                ids.next(),
                workspaceId,
                asked.appId(),
                asked.userId(),
                asked.channelType(),
                asked.title(),
                Session.ACTIVE,
                asked.metadata(),
                0,
                now,
                now);
        return database.transact(sql -> {
            SessionTable.insert(sql, session);
            return session;
        });
    }

    /** @throws Problem 404 */
    public Session find(String workspaceId, UUID id) {
        return database.read(sql -> SessionTable.find(sql, workspaceId, id))
                .orElseThrow(() -> Problem.notFound("session", id));
    }

    public Page<Session> list(String workspaceId, Filter filter, PageRequest page) {
        return database.read(sql -> SessionTable.list(sql, workspaceId, filter, page));
    }

    /** @throws Problem 404 */
    public Session patch(String workspaceId, UUID id, Patch patch) {
        checkSize("metadata_json", patch.metadata());
        return database.transact(sql -> {
            Session before = SessionTable.lock(sql, workspaceId, id).orElseThrow(() -> Problem.notFound("session", id));
            Session after = new Session(
                    id,
                    workspaceId,
                    before.appId(),
                    patch.userId() == null ? before.userId() : patch.userId(),
                    before.channelType(),
                    patch.title() == null ? before.title() : patch.title(),
                    patch.status() == null ? before.status() : patch.status(),
                    patch.metadata() == null ? before.metadata() : patch.metadata(),
                    before.messageSeq(),
                    before.createdTime(),
                    clock.millis());
            SessionTable.update(sql, after);
            return after;
        });
    }

    /** Removes a session with its messages and run requests. @throws Problem 404, 409 {@code session_busy} */
    public void delete(String workspaceId, UUID id) {
        database.transact(sql -> {
            // Locked first: whoever starts a run in the session locks it too.
            lock(sql, workspaceId, id);
            if (Engine.hasLiveRun(sql, workspaceId, id)) {
                throw Problem.conflict("session_busy", "The session has a run that has not ended; cancel it first.");
            }
            SessionTable.delete(sql, workspaceId, id);
            return null;
        });
    }

    /** @param contentText may be null when there is {@code content} @throws Problem 404 */
    public Message append(String workspaceId, UUID sessionId, String role, String contentText, JsonNode content) {
        checkSize("content_json", content);
        return database.transact(sql -> {
            long now = clock.millis();
            long sequence = SessionTable.nextSequence(sql, workspaceId, sessionId, now)
                    .orElseThrow(() -> Problem.notFound("session", sessionId));
            Message message =
                    new Message(ids.next(), workspaceId, sessionId, sequence, role, contentText, content, now);
            SessionTable.insert(sql, message);
            return message;
        });
    }

    /** @param after sequence of the last message of the page before; null for the first page @throws Problem 404 */
    public Page<Message> messages(String workspaceId, UUID sessionId, boolean ascending, Long after, int limit) {
        return database.read(sql -> {
            if (SessionTable.find(sql, workspaceId, sessionId).isEmpty()) {
                throw Problem.notFound("session", sessionId);
            }
            List<Message> rows = SessionTable.messages(sql, workspaceId, sessionId, ascending, after, limit + 1);
            return Page.of(rows, limit, message -> String.valueOf(message.sequence()));
        });
    }

    /** Keeps a session as it is until the transaction ends: before its runs change. @throws Problem 404 */
    public static void lock(Sql sql, String workspaceId, UUID id) throws SQLException {
        if (SessionTable.lock(sql, workspaceId, id).isEmpty()) throw Problem.notFound("session", id);
    }

    private static void checkSize(String path, JsonNode json) {
        if (!Json.isNothing(json) && Json.write(json).length() > JSON_CHARACTERS_MAX) {
            throw Problem.invalid(path, "must have at most " + JSON_CHARACTERS_MAX + " characters as JSON");
        }
    }
}
