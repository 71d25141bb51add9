package dev.agentplatform.model.usage;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.model.CallOrigin;
import dev.agentplatform.store.Listing;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The SQL of {@code model_usage}. */
final class UsageTable {
    private static final int ROWS_PER_STATEMENT = 32;
    private static final String INSERT = """
        INSERT INTO model_usage (workspace_id, id, provider, model, operation, status, error_code, streamed, user_id,
            api_key_id, run_id, step_id, definition_id, prompt_tokens, completion_tokens, estimated, cost_micros,
            latency_ms, created_time) VALUES \
        """;
    private static final String MARKS = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String INSERT_ONE = INSERT + MARKS;
    private static final String INSERT_MANY = INSERT + MARKS + (", " + MARKS).repeat(ROWS_PER_STATEMENT - 1);

    /** How many groups a summary shows. */
    static final int GROUPS_MAX = 1_000;

    private UsageTable() {}

    /** What a list shows; null fields do not restrict it. */
    record Filter(String provider, String model, String status, String userId, UUID runId, UUID definitionId) {}

    /** Sums of one group; {@code unpriced} counts the calls whose price is not known. */
    record Sums(
            String group,
            long calls,
            long failed,
            long cached,
            long promptTokens,
            long completionTokens,
            long costMicros,
            long unpriced,
            long latencyMs) {}

    static void insert(Sql sql, List<UsageRow> rows) throws SQLException {
        int at = 0;
        while (rows.size() - at >= ROWS_PER_STATEMENT) {
            List<Object> values = new ArrayList<>(ROWS_PER_STATEMENT * 19);
            for (int end = at + ROWS_PER_STATEMENT; at < end; at++) values(values, rows.get(at));
            sql.update(INSERT_MANY, values.toArray());
        }
        for (; at < rows.size(); at++) {
            List<Object> values = new ArrayList<>(19);
            values(values, rows.get(at));
            sql.update(INSERT_ONE, values.toArray());
        }
    }

    private static void values(List<Object> into, UsageRow row) {
        CallOrigin origin = row.origin();
        into.add(origin.workspaceId());
        into.add(row.id());
        into.add(row.provider());
        into.add(row.model());
        into.add(row.operation());
        into.add(row.status());
        into.add(row.errorCode());
        into.add(row.streamed());
        into.add(origin.userId());
        into.add(origin.apiKeyId());
        into.add(origin.runId());
        into.add(origin.stepId());
        into.add(origin.definitionId());
        into.add(row.promptTokens());
        into.add(row.completionTokens());
        into.add(row.estimated());
        into.add(row.costMicros());
        into.add(row.latencyMs());
        into.add(row.createdTime());
    }

    static Page<UsageRow> list(Sql sql, String workspaceId, Filter filter, PageRequest page) throws SQLException {
        return Listing.of("SELECT * FROM model_usage WHERE workspace_id = ?", workspaceId)
                .where("provider", filter.provider())
                .where("model", filter.model())
                .where("status", filter.status())
                .where("user_id", filter.userId())
                .where("run_id", filter.runId())
                .where("definition_id", filter.definitionId())
                .page(sql, page, UsageTable::read, UsageRow::id);
    }

    /** @param by one of {@link UsageRoutes#GROUPS} @param fromTime inclusive @param toTime exclusive */
    static List<Sums> summary(Sql sql, String workspaceId, String by, long fromTime, long toTime) throws SQLException {
        String column = switch (by) {
            case "day" -> "created_time / 86400000";
            case "model" -> "provider || '/' || model";
            case "run" -> "run_id";
            case "definition" -> "definition_id";
            case "user" -> "user_id";
            default -> throw new IllegalArgumentException(by);
        };
        boolean ids = by.equals("run") || by.equals("definition");
        return sql.list(
                "SELECT " + column + " AS grouped, COUNT(*) AS calls,"
                        + " SUM(CASE WHEN status IN ('failed', 'cancelled') THEN 1 ELSE 0 END) AS failed,"
                        + " SUM(CASE WHEN status = 'cached' THEN 1 ELSE 0 END) AS cached,"
                        + " SUM(prompt_tokens) AS prompt_tokens, SUM(completion_tokens) AS completion_tokens,"
                        + " SUM(COALESCE(cost_micros, 0)) AS cost_micros,"
                        + " SUM(CASE WHEN cost_micros IS NULL THEN 1 ELSE 0 END) AS unpriced,"
                        + " SUM(latency_ms) AS latency_ms"
                        + " FROM model_usage WHERE workspace_id = ? AND id >= ? AND id < ?"
                        + " GROUP BY " + column + " ORDER BY calls DESC LIMIT ?",
                row -> sums(row, by, ids),
                workspaceId,
                Ids.lowest(fromTime),
                Ids.lowest(toTime),
                GROUPS_MAX);
    }

    private static Sums sums(Row row, String by, boolean ids) throws SQLException {
        String group;
        if (ids) {
            UUID id = row.idOrNull("grouped");
            group = id == null ? null : id.toString();
        } else if (by.equals("day")) {
            group = LocalDate.ofEpochDay(row.number("grouped")).toString();
        } else {
            group = row.text("grouped");
        }
        return new Sums(
                group,
                row.number("calls"),
                row.number("failed"),
                row.number("cached"),
                row.number("prompt_tokens"),
                row.number("completion_tokens"),
                row.number("cost_micros"),
                row.number("unpriced"),
                row.number("latency_ms"));
    }

    private static UsageRow read(Row row) throws SQLException {
        return new UsageRow(
                row.id("id"),
                new CallOrigin(
                        row.text("workspace_id"),
                        row.text("user_id"),
                        row.idOrNull("api_key_id"),
                        row.idOrNull("run_id"),
                        row.idOrNull("step_id"),
                        row.idOrNull("definition_id"),
                        null),
                row.text("provider"),
                row.text("model"),
                row.text("operation"),
                row.text("status"),
                row.text("error_code"),
                row.flag("streamed"),
                row.number("prompt_tokens"),
                row.number("completion_tokens"),
                row.flag("estimated"),
                row.numberOrNull("cost_micros"),
                row.number("latency_ms"),
                row.number("created_time"));
    }
}
