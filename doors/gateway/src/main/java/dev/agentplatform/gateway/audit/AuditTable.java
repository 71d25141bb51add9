package dev.agentplatform.gateway.audit;

import dev.agentplatform.gateway.audit.AuditStats.Count;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** The SQL of {@code gateway_request_audit}. */
final class AuditTable {
    /** A list looks at so many rows for one page; what is rare may need several pages. */
    static final int ROWS_LOOKED_AT_MAX = 50_000;

    /** Figures are of so many rows at most, the newest. */
    static final int ROWS_COUNTED_MAX = 100_000;

    private static final String ALL =
            "workspace_id, id, created_time, method, path, status, duration_ms, duration_bucket,"
                    + " service, request_id, api_key_id, user_id, acting_user_id, client_address, bytes_in, bytes_out";
    private static final int COLUMNS = 16;
    private static final String MARKS = "(?" + ", ?".repeat(COLUMNS - 1) + ")";

    /** Many rows in one statement cost a third of as many statements. Powers of two, so that few statements exist. */
    private static final int ROWS_PER_STATEMENT_MAX = 64;

    private AuditTable() {}

    /** What a list shows; null fields do not restrict it. Times are UTC milliseconds. */
    record Filter(
            String method,
            String pathPrefix,
            Integer status,
            Integer statusClass,
            String service,
            UUID apiKeyId,
            String userId,
            String requestId,
            Long since,
            Long until) {}

    static void insert(Sql sql, List<AuditRow> rows) throws SQLException {
        int from = 0;
        while (from < rows.size()) {
            int size = Math.min(ROWS_PER_STATEMENT_MAX, Integer.highestOneBit(rows.size() - from));
            Object[] arguments = new Object[size * COLUMNS];
            for (int i = 0; i < size; i++) {
                Object[] values = values(rows.get(from + i));
                System.arraycopy(values, 0, arguments, i * values.length, values.length);
            }
            sql.update(
                    "INSERT INTO gateway_request_audit (" + ALL + ") VALUES " + MARKS + (", " + MARKS).repeat(size - 1),
                    arguments);
            from += size;
        }
    }

    /**
     * Newest first, from below {@code before}. A page that is not full may have a next cursor: the rows looked at for
     * it were used up.
     */
    static Page<AuditRow> list(Sql sql, String workspaceId, Filter filter, UUID before, int limit) throws SQLException {
        List<Object> arguments = new ArrayList<>();
        String recent = recent(workspaceId, filter, before, arguments);
        List<Object> lastLookedAt = new ArrayList<>(arguments);
        StringBuilder text =
                new StringBuilder("SELECT " + ALL + " FROM (SELECT " + ALL + recent + " LIMIT ?) recent WHERE 1 = 1");
        arguments.add(ROWS_LOOKED_AT_MAX);
        restrict(text, arguments, filter);
        text.append(" ORDER BY id DESC LIMIT ?");
        arguments.add(limit + 1);
        List<AuditRow> rows = sql.list(text.toString(), AuditTable::read, arguments.toArray());
        Page<AuditRow> page = Page.of(rows, limit, row -> row.id().toString());
        if (page.nextCursor() != null) return page;
        lastLookedAt.add(ROWS_LOOKED_AT_MAX - 1);
        String cursor = sql.one(
                        "SELECT id" + recent + " LIMIT 1 OFFSET ?",
                        row -> row.id("id").toString(),
                        lastLookedAt.toArray())
                .orElse(null);
        return new Page<>(page.items(), cursor);
    }

    /** The rows of a window in the order of the primary key, or of the index on request ids. */
    private static String recent(String workspaceId, Filter filter, UUID before, List<Object> arguments) {
        StringBuilder text = new StringBuilder(" FROM gateway_request_audit WHERE workspace_id = ?");
        arguments.add(workspaceId);
        add(text, arguments, " AND id < ?", before);
        add(text, arguments, " AND id >= ?", filter.since() == null ? null : Ids.lowest(filter.since()));
        add(text, arguments, " AND id < ?", filter.until() == null ? null : Ids.lowest(filter.until()));
        add(text, arguments, " AND request_id = ?", filter.requestId());
        return text.append(" ORDER BY id DESC").toString();
    }

    private static void restrict(StringBuilder text, List<Object> arguments, Filter filter) {
        add(text, arguments, " AND method = ?", filter.method());
        add(text, arguments, " AND status = ?", filter.status());
        add(text, arguments, " AND status / 100 = ?", filter.statusClass());
        add(text, arguments, " AND service = ?", filter.service());
        add(text, arguments, " AND api_key_id = ?", filter.apiKeyId());
        add(text, arguments, " AND user_id = ?", filter.userId());
        if (filter.pathPrefix() == null) return;
        text.append(" AND substr(path, 1, ?) = ?");
        arguments.addAll(Arrays.asList(filter.pathPrefix().length(), filter.pathPrefix()));
    }

    private static void add(StringBuilder text, List<Object> arguments, String condition, Object value) {
        if (value == null) return;
        text.append(condition);
        arguments.add(value);
    }

    /** Requests from {@code since} on, counted by what figures are made of. */
    static List<Count> counts(Sql sql, String workspaceId, long since) throws SQLException {
        return sql.list(
                """
                SELECT service, status, duration_bucket, COUNT(*) AS requests FROM (
                  SELECT service, status, duration_bucket FROM gateway_request_audit
                  WHERE workspace_id = ? AND id >= ? ORDER BY id DESC LIMIT ?) recent
                GROUP BY service, status, duration_bucket\
                """,
                row -> new Count(
                        row.text("service"),
                        row.small("status"),
                        row.smallOrNull("duration_bucket"),
                        row.number("requests")),
                workspaceId,
                Ids.lowest(since),
                ROWS_COUNTED_MAX);
    }

    /** Deletes at most {@code most} rows from before a time, in all workspaces; gives their number. */
    static int purge(Sql sql, long before, int most) throws SQLException {
        return sql.update("""
            DELETE FROM gateway_request_audit WHERE (workspace_id, id) IN (
              SELECT workspace_id, id FROM gateway_request_audit WHERE created_time < ?
              ORDER BY created_time LIMIT ?)\
            """, before, most);
    }

    private static Object[] values(AuditRow row) {
        return new Object[] {
            row.workspaceId(),
            row.id(),
            row.createdTime(),
            row.method(),
            row.path(),
            row.status(),
            row.durationMillis(),
            row.durationBucket(),
            row.service(),
            row.requestId(),
            row.apiKeyId(),
            row.userId(),
            row.actingUserId(),
            row.clientAddress(),
            row.bytesIn(),
            row.bytesOut()
        };
    }

    private static AuditRow read(Row row) throws SQLException {
        return new AuditRow(
                row.text("workspace_id"),
                row.id("id"),
                row.number("created_time"),
                row.text("method"),
                row.text("path"),
                row.small("status"),
                row.decimal("duration_ms"),
                row.smallOrNull("duration_bucket"),
                row.text("service"),
                row.text("request_id"),
                row.idOrNull("api_key_id"),
                row.text("user_id"),
                row.text("acting_user_id"),
                row.text("client_address"),
                row.number("bytes_in"),
                row.number("bytes_out"));
    }
}
