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

    private static final Shape APPEND_TRANSIENT = Shape.insert(
            "run_event",
            40,
            Shape.id("run_id"),
            Shape.number("seq"),
            Shape.small("n"),
            Shape.text("workspace_id"),
            Shape.number("time"),
            Shape.text("body"),
            Shape.small("transient"));

    private RunLog() {}

    /** Rows that append consecutive events: one, unless transient events stand among them. */
    public static List<RowWrite> append(UUID runId, String workspaceId, long time, List<LogEvent> events) {
        List<RowWrite> rows = new ArrayList<>(1);
        int from = 0;
        for (int to = 1; to <= events.size(); to++) {
            boolean goesOn = to < events.size()
                    && events.get(to).isTransient() == events.get(from).isTransient();
            if (goesOn) continue;
            rows.add(row(runId, workspaceId, time, events.subList(from, to)));
            from = to;
        }
        return rows;
    }

    private static RowWrite row(UUID runId, String workspaceId, long time, List<LogEvent> events) {
        StringBuilder body = new StringBuilder(256 * events.size()).append('[');
        for (LogEvent event : events) {
            if (body.length() > 1) body.append(',');
            body.append(event.json());
        }
        String text = body.append(']').toString();
        long seq = events.getFirst().seq();
        return events.getFirst().isTransient()
                ? APPEND_TRANSIENT.row(runId, seq, events.size(), workspaceId, time, text, 1)
                : APPEND.row(runId, seq, events.size(), workspaceId, time, text);
    }

    /**
     * Removes transient events of runs that ended before a time, some runs at once; returns how many rows. In a log
     * that was trimmed there are gaps, so that only a reader of the table may pass over one.
     */
    public static int trim(Sql sql, long endedBefore, int runs) throws SQLException {
        return sql.update(
                "DELETE FROM run_event WHERE transient = 1 AND run_id IN (SELECT r.id FROM run r WHERE r.ended_time < ?"
                        + " AND r.id IN (SELECT DISTINCT run_id FROM run_event WHERE transient = 1) LIMIT ?)",
                endedBefore,
                runs);
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
