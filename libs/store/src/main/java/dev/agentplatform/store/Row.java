package dev.agentplatform.store;

import dev.agentplatform.kernel.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The current row of a result, read by column name. A plain getter of a null number or id is a fault. */
public final class Row {
    private final ResultSet rows;
    private final Dialect dialect;

    Row(ResultSet rows, Dialect dialect) {
        this.rows = rows;
        this.dialect = dialect;
    }

    public UUID id(String column) throws SQLException {
        return present(column, idOrNull(column));
    }

    public UUID idOrNull(String column) throws SQLException {
        return dialect.id(rows, rows.findColumn(column));
    }

    /** Null for SQL null. */
    public String text(String column) throws SQLException {
        return rows.getString(column);
    }

    public long number(String column) throws SQLException {
        return present(column, numberOrNull(column));
    }

    public Long numberOrNull(String column) throws SQLException {
        long value = rows.getLong(column);
        return rows.wasNull() ? null : value;
    }

    public int small(String column) throws SQLException {
        return present(column, smallOrNull(column));
    }

    public Integer smallOrNull(String column) throws SQLException {
        int value = rows.getInt(column);
        return rows.wasNull() ? null : value;
    }

    public double decimal(String column) throws SQLException {
        return present(column, decimalOrNull(column));
    }

    public Double decimalOrNull(String column) throws SQLException {
        double value = rows.getDouble(column);
        return rows.wasNull() ? null : value;
    }

    public boolean flag(String column) throws SQLException {
        return small(column) != 0;
    }

    public Boolean flagOrNull(String column) throws SQLException {
        Integer value = smallOrNull(column);
        return value == null ? null : value != 0;
    }

    /** Milliseconds as a time. */
    public Instant time(String column) throws SQLException {
        return Instant.ofEpochMilli(number(column));
    }

    public Instant timeOrNull(String column) throws SQLException {
        Long value = numberOrNull(column);
        return value == null ? null : Instant.ofEpochMilli(value);
    }

    /** The JSON null node for SQL null. */
    public JsonNode json(String column) throws SQLException {
        return Json.parseOrNull(rows.getString(column));
    }

    /** Null for SQL null. */
    public byte[] bytes(String column) throws SQLException {
        return rows.getBytes(column);
    }

    private static <T> T present(String column, T value) {
        if (value == null) throw new IllegalStateException("column " + column + " is null");
        return value;
    }
}
