package dev.agentplatform.store;

import dev.agentplatform.kernel.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Statements on one connection, as handed to a {@link Database.Work}. Not to be kept beyond it.
 *
 * <p>Arguments may be UUID, String, Integer, Long, Boolean (stored as 0 or 1), Double, Instant
 * (milliseconds), JsonNode (text), byte[], null, an enum (its name) or a collection of these, which
 * stands for as many parameters: {@code "id IN (" + Sql.marks(ids) + ")"}.
 */
public final class Sql {
    /** Marks per IN list; split longer lists. */
    public static final int MARKS_MAX = 1_000;

    /** Makes a value of a row; it must not keep the row. */
    @FunctionalInterface
    public interface RowMapper<T> {
        T map(Row row) throws SQLException;
    }

    private final Connection connection;
    private final Dialect dialect;

    Sql(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    public Connection connection() {
        return connection;
    }

    public Dialect dialect() {
        return dialect;
    }

    /** All rows of a SELECT, or of a change with RETURNING. */
    public <T> List<T> list(String sql, RowMapper<T> mapper, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, arguments);
            try (ResultSet rows = statement.executeQuery()) {
                Row row = new Row(rows, dialect);
                List<T> found = new ArrayList<>();
                while (rows.next()) found.add(mapper.map(row));
                return found;
            }
        }
    }

    /** The first row, if there is one. */
    public <T> Optional<T> one(String sql, RowMapper<T> mapper, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, arguments);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.ofNullable(mapper.map(new Row(rows, dialect))) : Optional.empty();
            }
        }
    }

    /** Number of rows that were inserted, updated or deleted. */
    public int update(String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, arguments);
            return statement.executeUpdate();
        }
    }

    /** One row of a group commit's shape, written here and now. */
    public int write(RowWrite row) throws SQLException {
        Shape shape = row.shape();
        Object[] values = row.values();
        if (shape.action() == Shape.Action.UPDATE) {
            // In an UPDATE the columns come before the keys.
            int keys = shape.keys().size();
            values = Arrays.copyOfRange(row.values(), keys, keys + row.values().length);
            System.arraycopy(row.values(), 0, values, shape.columns().size(), keys);
        }
        return update(SqliteRows.sql(shape, 1), values);
    }

    /**
     * {@code ?, ?, …} for a collection that is handed over as one argument; {@code NULL}, which matches
     * nothing, when it is empty.
     *
     * <p>The number of marks is a power of two, so that few different statements come into being; missing
     * values repeat the last one.
     */
    public static String marks(Collection<?> values) {
        if (values.isEmpty()) return "NULL";
        return "?" + ", ?".repeat(marksFor(values.size()) - 1);
    }

    private static int marksFor(int values) {
        if (values > MARKS_MAX) throw new IllegalArgumentException(values + " values; at most " + MARKS_MAX);
        int power = Integer.highestOneBit(values);
        return power == values ? values : power * 2;
    }

    private void bind(PreparedStatement statement, Object... arguments) throws SQLException {
        int index = 1;
        for (Object argument : arguments) {
            if (argument instanceof Collection<?> values) index = bindAll(statement, index, values);
            else bindOne(statement, index++, argument);
        }
    }

    private int bindAll(PreparedStatement statement, int first, Collection<?> values) throws SQLException {
        if (values.isEmpty()) return first;
        int index = first;
        Object last = null;
        for (Object value : values) {
            last = value;
            bindOne(statement, index++, value);
        }
        int end = first + marksFor(values.size());
        while (index < end) bindOne(statement, index++, last);
        return end;
    }

    private void bindOne(PreparedStatement statement, int index, Object argument) throws SQLException {
        switch (argument) {
            case null -> statement.setNull(index, Types.NULL);
            case UUID id -> dialect.bindId(statement, index, id);
            case String text -> statement.setString(index, text);
            case Integer number -> statement.setInt(index, number);
            case Long number -> statement.setLong(index, number);
            case Boolean flag -> statement.setInt(index, flag ? 1 : 0);
            case Double number -> statement.setDouble(index, number);
            case Instant time -> statement.setLong(index, time.toEpochMilli());
            case JsonNode json -> statement.setString(index, Json.writeOrNull(json));
            case byte[] bytes -> statement.setBytes(index, bytes);
            case Enum<?> value -> statement.setString(index, value.name());
            default ->
                throw new IllegalArgumentException(
                        "cannot bind a " + argument.getClass().getName());
        }
    }
}
