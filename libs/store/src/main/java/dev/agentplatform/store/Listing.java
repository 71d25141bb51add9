package dev.agentplatform.store;

import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * A list of rows of one workspace, ordered by id, one page at a time.
 *
 * <pre>{@code
 * Listing.of("SELECT id, name FROM session WHERE workspace_id = ?", workspaceId)
 *         .where("status", status)
 *         .page(sql, request, row -> …, Session::id)
 * }</pre>
 */
public final class Listing {
    private final StringBuilder text;
    private final List<Object> arguments = new ArrayList<>();

    private Listing(String select, String workspaceId) {
        text = new StringBuilder(select);
        arguments.add(workspaceId);
    }

    /** @param select ends with {@code WHERE workspace_id = ?} */
    public static Listing of(String select, String workspaceId) {
        return new Listing(select, workspaceId);
    }

    /** An equality; a null value does not filter. {@code column} is our own text, never a client's. */
    public Listing where(String column, Object value) {
        if (value == null) return this;
        text.append(" AND ").append(column).append(" = ?");
        arguments.add(value);
        return this;
    }

    public <T> Page<T> page(Sql sql, PageRequest page, Sql.RowMapper<T> mapper, Function<T, UUID> id)
            throws SQLException {
        if (page.after() != null) {
            text.append(page.ascending() ? " AND id > ?" : " AND id < ?");
            arguments.add(page.after());
        }
        text.append(page.ascending() ? " ORDER BY id LIMIT ?" : " ORDER BY id DESC LIMIT ?");
        arguments.add(page.limit() + 1);
        List<T> rows = sql.list(text.toString(), mapper, arguments.toArray());
        return Page.of(rows, page.limit(), row -> id.apply(row).toString());
    }
}
