package dev.agentplatform.events;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.store.Shape;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The durable log of a run: appended by its owner, read by everybody. */
public final class RunLog {
    /** Rows of one page; a row holds the events of one commit. */
    public static final int PAGE_ROWS = 500;

    private static final Shape APPEND = Shape.insert(
            "run_event",
            40,
            Shape.id("run_id"),
            Shape.number("seq"),
            Shape.small("n"),
            Shape.text("workspace_id"),
            Shape.number("time"),
            Shape.text("body"));

    private RunLog() {}

    /** The row that appends consecutive events, the first at {@code events.getFirst().seq()}. */
    public static RowWrite append(UUID runId, String workspaceId, long time, List<LogEvent> events) {
        StringBuilder body = new StringBuilder(256 * events.size()).append('[');
        for (LogEvent event : events) {
            if (body.length() > 1) body.append(',');
            body.append(event.json());
        }
        return APPEND.row(
                runId,
                events.getFirst().seq(),
                events.size(),
                workspaceId,
                time,
                body.append(']').toString());
    }

    /** Events with {@code seq >= from}, oldest first, at most a page of rows. */
    public static List<LogEvent> read(Database database, String workspaceId, UUID runId, long from) {
        return database.read(sql -> {
            long first = rowHolding(sql, workspaceId, runId, from);
            List<String> bodies = sql.list(
                    "SELECT body FROM run_event WHERE run_id = ? AND workspace_id = ? AND seq >= ?"
                            + " ORDER BY seq LIMIT " + PAGE_ROWS,
                    row -> row.text("body"),
                    runId,
                    workspaceId,
                    first);
            List<LogEvent> events = new ArrayList<>();
            for (String body : bodies) addFrom(from, body, events);
            return events;
        });
    }

    // A row may begin before `from` and still cover it.
    private static long rowHolding(Sql sql, String workspaceId, UUID runId, long from) throws SQLException {
        return sql.one(
                        "SELECT seq FROM run_event WHERE run_id = ? AND workspace_id = ? AND seq <= ?"
                                + " ORDER BY seq DESC LIMIT 1",
                        row -> row.number("seq"),
                        runId,
                        workspaceId,
                        from)
                .orElse(from);
    }

    private static void addFrom(long from, String body, List<LogEvent> events) {
        for (JsonNode event : Json.parse(body)) {
            long seq = event.get("seq").asLong();
            if (seq >= from) events.add(new LogEvent(seq, event.get("type").asString(), Json.write(event)));
        }
    }
}
