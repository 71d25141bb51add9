package dev.agentplatform.store;

import java.util.List;

/**
 * A hot statement as data: a table, its columns and what to do. Rows of one shape from many units are
 * merged into a few statements of a group commit.
 *
 * <p>Make each shape once, as a constant: the writer caches statements by identity. Values of a row
 * stand in the order {@code keys} then {@code columns}; {@code null} is allowed in {@code columns}.
 * {@code order} decides which shape is written first inside a batch (low first).
 */
public record Shape(Action action, String table, int order, List<Column> keys, List<Column> columns) {
    public enum Action {
        INSERT,
        UPDATE,
        DELETE
    }

    public enum Type {
        ID,
        TEXT,
        INT,
        LONG
    }

    public record Column(String name, Type type) {}

    public static Column id(String name) {
        return new Column(name, Type.ID);
    }

    public static Column text(String name) {
        return new Column(name, Type.TEXT);
    }

    public static Column number(String name) {
        return new Column(name, Type.LONG);
    }

    public static Column small(String name) {
        return new Column(name, Type.INT);
    }

    public static Shape insert(String table, int order, Column... columns) {
        return new Shape(Action.INSERT, table, order, List.of(), List.of(columns));
    }

    public static Shape update(String table, int order, List<Column> keys, Column... columns) {
        return new Shape(Action.UPDATE, table, order, keys, List.of(columns));
    }

    public static Shape delete(String table, int order, Column... keys) {
        return new Shape(Action.DELETE, table, order, List.of(keys), List.of());
    }

    /** ID takes a UUID, TEXT a String, INT an Integer, LONG a Long. */
    public RowWrite row(Object... values) {
        if (values.length != keys.size() + columns.size()) {
            throw new IllegalArgumentException(action + " " + table + " takes " + (keys.size() + columns.size())
                    + " values, not " + values.length);
        }
        return new RowWrite(this, values);
    }

    // Identity, so that a lookup in the statement cache does not hash all columns.
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
