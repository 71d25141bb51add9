package dev.agentplatform.store;

import dev.agentplatform.store.Shape.Action;
import dev.agentplatform.store.Shape.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.postgresql.core.BaseConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection of one group commit. A batch costs two round trips: the judge's locking reads, then all
 * writes and the commit as one text of statements, which the driver sends together.
 */
final class PostgresqlWriter implements WriterConnection {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresqlWriter.class);
    private static final int STATEMENTS_MAX = 128;
    private static final long RECONNECT_WITHIN_NANOS = 5_000_000_000L;
    private static final long PAUSE_NANOS_FIRST = 20_000_000L;
    private static final long PAUSE_NANOS_MAX = 1_000_000_000L;

    private final PostgresqlDatabase database;
    private final Map<List<Shape>, PreparedStatement> statements = new LinkedHashMap<>(STATEMENTS_MAX, 0.75f, true);
    private Connection connection;
    private volatile boolean tryOnce;

    PostgresqlWriter(PostgresqlDatabase database) {
        this.database = database;
    }

    /** From now on a lost connection is tried only once. */
    void tryOnce() {
        tryOnce = true;
    }

    @Override
    public Connection connection() throws SQLException {
        // Statements are prepared on the server at their first use: they are few and run for ever.
        if (connection == null) connection = database.connect(1);
        return connection;
    }

    @Override
    public void writeAndCommit(List<RowWrite> writes) throws SQLException {
        List<List<RowWrite>> groups = SqliteRows.groups(writes);
        PreparedStatement statement = statement(groups);
        BaseConnection driver = connection.unwrap(BaseConnection.class);
        int index = 1;
        for (List<RowWrite> group : groups) {
            Shape shape = group.getFirst().shape();
            List<RowWrite> rows = shape.action() == Action.UPDATE ? lastOfEachKey(shape, group) : group;
            int column = 0;
            for (Column key : shape.keys()) {
                statement.setArray(index++, BinaryArrays.of(driver, key.type(), values(rows, column++)));
            }
            for (Column value : shape.columns()) {
                statement.setArray(index++, BinaryArrays.of(driver, value.type(), values(rows, column++)));
            }
        }
        try {
            statement.execute();
        } catch (SQLException failure) {
            if (Dialect.POSTGRESQL.isConnectionLost(failure)) throw new CommitUnknown(failure);
            throw failure;
        }
    }

    private PreparedStatement statement(List<List<RowWrite>> groups) throws SQLException {
        List<Shape> shapes = new ArrayList<>(groups.size());
        for (List<RowWrite> group : groups) shapes.add(group.getFirst().shape());
        PreparedStatement cached = statements.get(shapes);
        if (cached != null) return cached;
        StringJoiner text = new StringJoiner("; ");
        for (Shape shape : shapes) text.add(sql(shape));
        text.add("COMMIT");
        PreparedStatement statement = connection().prepareStatement(text.toString());
        statements.put(shapes, statement);
        if (statements.size() > STATEMENTS_MAX) {
            var eldest = statements.entrySet().iterator();
            eldest.next().getValue().close();
            eldest.remove();
        }
        return statement;
    }

    private static Object[] values(List<RowWrite> rows, int column) {
        Object[] values = new Object[rows.size()];
        for (int i = 0; i < values.length; i++) values[i] = rows.get(i).values()[column];
        return values;
    }

    // A merged UPDATE that met a row twice would keep either of the two.
    private static List<RowWrite> lastOfEachKey(Shape shape, List<RowWrite> rows) {
        int keys = shape.keys().size();
        Map<Object, RowWrite> last = LinkedHashMap.newLinkedHashMap(rows.size());
        for (RowWrite row : rows) {
            Object key =
                    keys == 1 ? row.values()[0] : Arrays.asList(row.values()).subList(0, keys);
            last.put(key, row);
        }
        return last.size() == rows.size() ? rows : List.copyOf(last.values());
    }

    static String sql(Shape shape) {
        List<Column> all = new ArrayList<>(shape.keys());
        all.addAll(shape.columns());
        String unnest = "unnest(" + joined(all, ", ", column -> "?::" + type(column.type()) + "[]") + ")";
        String rows = unnest + " AS u (" + joined(all, ", ", Column::name) + ")";
        String matching = matching(shape.keys());
        return switch (shape.action()) {
            case INSERT ->
                "INSERT INTO " + shape.table() + " (" + joined(all, ", ", Column::name) + ") SELECT * FROM " + rows;
            case UPDATE ->
                "UPDATE " + shape.table() + " AS t SET "
                        + joined(shape.columns(), ", ", column -> column.name() + " = u." + column.name()) + " FROM "
                        + rows + matching;
            case DELETE -> "DELETE FROM " + shape.table() + " AS t USING " + rows + matching;
        };
    }

    // A workspace behind the id of a row guards it, and is no way to find it. Were it compared as it is, a plan made
    // while
    // the table is small might take an index that begins with the workspace, and read all of that workspace ever after.
    private static String matching(List<Column> keys) {
        StringJoiner conditions = new StringJoiner(" AND ", " WHERE ", "");
        for (Column key : keys) {
            boolean guards = key.type() == Shape.Type.TEXT && !key.equals(keys.getFirst());
            conditions.add("t." + key.name() + (guards ? " || ''" : "") + " = u." + key.name());
        }
        return conditions.toString();
    }

    private static String type(Shape.Type type) {
        return switch (type) {
            case ID -> "uuid";
            case TEXT -> "text";
            case INT -> "int4";
            case LONG -> "int8";
        };
    }

    private static String joined(List<Column> columns, String separator, Function<Column, String> text) {
        return columns.stream().map(text).collect(Collectors.joining(separator));
    }

    @Override
    public boolean recover() {
        if (connection == null) return reconnect();
        try (PreparedStatement rollback = connection.prepareStatement("ROLLBACK")) {
            rollback.execute();
            return true;
        } catch (SQLException lost) {
            LOG.warn("the connection of a group commit was lost: {}", lost.getMessage());
            close();
            return reconnect();
        }
    }

    private boolean reconnect() {
        long deadline = System.nanoTime() + RECONNECT_WITHIN_NANOS;
        long pause = PAUSE_NANOS_FIRST;
        while (true) {
            try {
                connection();
                database.metrics().reconnected();
                return true;
            } catch (SQLException failure) {
                if (tryOnce || System.nanoTime() + pause > deadline) {
                    LOG.warn("the database cannot be reached: {}", failure.getMessage());
                    return false;
                }
                LockSupport.parkNanos(pause);
                pause = Math.min(pause * 2, PAUSE_NANOS_MAX);
            }
        }
    }

    void close() {
        statements.clear();
        if (connection == null) return;
        try {
            connection.close();
        } catch (SQLException failure) {
            LOG.debug("closing a lost connection: {}", failure.getMessage());
        }
        connection = null;
    }
}
