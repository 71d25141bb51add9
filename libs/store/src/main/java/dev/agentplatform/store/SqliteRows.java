package dev.agentplatform.store;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.store.Shape.Action;
import dev.agentplatform.store.Shape.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.stream.Collectors;

/** Writes rows with few statements: up to 32 of an insert or a delete at once, updates one by one. */
final class SqliteRows {
    // More rows per statement gain nothing: a batch rarely has more for one table.
    private static final int[] ROWS_PER_INSERT = {32, 8, 1};
    private static final int[] ROWS_PER_UPDATE = {1};

    private record Key(Shape shape, int rows) {}

    private final Connection connection;
    private final Map<Key, PreparedStatement> statements = new HashMap<>();

    SqliteRows(Connection connection) {
        this.connection = connection;
    }

    /** {@code writes} is sorted by the order of the shapes. */
    void write(List<RowWrite> writes) throws SQLException {
        for (List<RowWrite> group : groups(writes)) {
            Shape shape = group.getFirst().shape();
            int from = 0;
            for (int size : shape.action() == Action.UPDATE ? ROWS_PER_UPDATE : ROWS_PER_INSERT) {
                for (; group.size() - from >= size; from += size) write(shape, group.subList(from, from + size));
            }
        }
    }

    /** One list per shape; shapes of one order stand in the order of their first row. */
    static List<List<RowWrite>> groups(List<RowWrite> writes) {
        Map<Shape, List<RowWrite>> byShape = new HashMap<>();
        List<List<RowWrite>> groups = new ArrayList<>();
        for (RowWrite write : writes) {
            List<RowWrite> group = byShape.get(write.shape());
            if (group == null) {
                group = new ArrayList<>();
                byShape.put(write.shape(), group);
                groups.add(group);
            }
            group.add(write);
        }
        return groups;
    }

    private void write(Shape shape, List<RowWrite> rows) throws SQLException {
        Key key = new Key(shape, rows.size());
        PreparedStatement statement = statements.get(key);
        if (statement == null) {
            statement = connection.prepareStatement(sql(shape, rows.size()));
            statements.put(key, statement);
        }
        int keys = shape.keys().size();
        int columns = shape.columns().size();
        int index = 1;
        for (RowWrite row : rows) {
            // In an UPDATE the columns come before the keys.
            for (int i = 0; i < columns; i++) {
                bind(statement, index++, shape.columns().get(i), row.values()[keys + i]);
            }
            for (int i = 0; i < keys; i++) bind(statement, index++, shape.keys().get(i), row.values()[i]);
        }
        try {
            statement.executeUpdate();
        } catch (SQLException failure) {
            // After most errors the driver has finalized the statement.
            statements.remove(key);
            statement.close();
            throw failure;
        }
    }

    private static void bind(PreparedStatement statement, int index, Column column, Object value) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
            return;
        }
        switch (column.type()) {
            case ID -> statement.setBytes(index, Ids.bytes((UUID) value));
            case TEXT -> statement.setString(index, (String) value);
            case INT -> statement.setInt(index, (Integer) value);
            case LONG -> statement.setLong(index, (Long) value);
        }
    }

    static String sql(Shape shape, int rows) {
        return switch (shape.action()) {
            case INSERT ->
                "INSERT INTO " + shape.table() + " (" + names(shape.columns()) + ") VALUES "
                        + tuples(shape.columns().size(), rows);
            case UPDATE ->
                "UPDATE " + shape.table() + " SET " + assignments(shape.columns(), ", ") + " WHERE "
                        + assignments(shape.keys(), " AND ");
            case DELETE -> delete(shape, rows);
        };
    }

    private static String delete(Shape shape, int rows) {
        String from = "DELETE FROM " + shape.table() + " WHERE ";
        if (rows == 1) return from + assignments(shape.keys(), " AND ");
        if (shape.keys().size() == 1) {
            return from + shape.keys().getFirst().name() + " IN (?" + ", ?".repeat(rows - 1) + ")";
        }
        return from + "(" + names(shape.keys()) + ") IN (VALUES "
                + tuples(shape.keys().size(), rows) + ")";
    }

    private static String names(List<Column> columns) {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    private static String assignments(List<Column> columns, String separator) {
        return columns.stream().map(column -> column.name() + " = ?").collect(Collectors.joining(separator));
    }

    private static String tuples(int columns, int rows) {
        String tuple = "(?" + ", ?".repeat(columns - 1) + ")";
        StringJoiner joined = new StringJoiner(", ");
        for (int i = 0; i < rows; i++) joined.add(tuple);
        return joined.toString();
    }
}
