package dev.agentplatform.store;

import dev.agentplatform.kernel.Ids;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Types;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** The handful of differences between the two databases. All other SQL is written once. */
public enum Dialect {
    SQLITE {
        @Override
        public String begin() {
            // A deferred transaction that writes after reading could fail as busy half-way.
            return "BEGIN IMMEDIATE";
        }

        @Override
        public void bindId(PreparedStatement statement, int index, UUID id) throws SQLException {
            statement.setBytes(index, id == null ? null : Ids.bytes(id));
        }

        @Override
        public UUID id(ResultSet row, int column) throws SQLException {
            byte[] bytes = row.getBytes(column);
            return bytes == null ? null : Ids.fromBytes(bytes);
        }

        @Override
        public String forUpdate() {
            return "";
        }

        @Override
        public String skipLocked() {
            return "";
        }

        @Override
        public String jsonbParameter() {
            return "?";
        }

        @Override
        public Map<String, String> placeholders() {
            return Map.ofEntries(
                    Map.entry("id", "BLOB"),
                    Map.entry("json", "TEXT"),
                    Map.entry("jsonb", "TEXT"),
                    Map.entry("long", "INTEGER"),
                    Map.entry("decimal", "REAL"),
                    Map.entry("flag", "INTEGER"),
                    Map.entry("bytes", "BLOB"),
                    Map.entry("ordered", "TEXT"),
                    Map.entry("hot_table", ""));
        }

        @Override
        public boolean isUniqueViolation(SQLException failure) {
            return switch (failure.getErrorCode()) {
                case SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_ROWID -> true;
                case SQLITE_CONSTRAINT ->
                    text(failure).contains("UNIQUE constraint failed")
                            || text(failure).contains("PRIMARY KEY");
                default -> false;
            };
        }

        @Override
        public boolean isRetryable(SQLException failure) {
            int primary = failure.getErrorCode() & 0xFF;
            return primary == SQLITE_BUSY || primary == SQLITE_LOCKED;
        }

        @Override
        public boolean isUnavailable(SQLException failure) {
            return switch (failure.getErrorCode() & 0xFF) {
                case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_INTERRUPT, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN -> true;
                default -> false;
            };
        }

        @Override
        public boolean isConnectionLost(SQLException failure) {
            return false;
        }
    },

    POSTGRESQL {
        @Override
        public String begin() {
            return "BEGIN";
        }

        @Override
        public void bindId(PreparedStatement statement, int index, UUID id) throws SQLException {
            if (id == null) statement.setNull(index, Types.OTHER, "uuid");
            else statement.setObject(index, id);
        }

        @Override
        public UUID id(ResultSet row, int column) throws SQLException {
            return row.getObject(column, UUID.class);
        }

        @Override
        public String forUpdate() {
            return " FOR UPDATE";
        }

        @Override
        public String skipLocked() {
            return " FOR UPDATE SKIP LOCKED";
        }

        @Override
        public String jsonbParameter() {
            return "CAST(? AS jsonb)";
        }

        @Override
        public Map<String, String> placeholders() {
            return Map.ofEntries(
                    Map.entry("id", "uuid"),
                    Map.entry("json", "TEXT"),
                    Map.entry("jsonb", "JSONB"),
                    Map.entry("long", "BIGINT"),
                    Map.entry("decimal", "DOUBLE PRECISION"),
                    Map.entry("flag", "INTEGER"),
                    Map.entry("bytes", "BYTEA"),
                    // Compared byte by byte, whatever language the database speaks.
                    Map.entry("ordered", "TEXT COLLATE \"C\""),
                    // Rows of a hot table are updated in place and vacuumed early.
                    Map.entry(
                            "hot_table",
                            "WITH (fillfactor=50, autovacuum_vacuum_scale_factor=0.01,"
                                    + " autovacuum_vacuum_cost_delay=0)"));
        }

        @Override
        public boolean isUniqueViolation(SQLException failure) {
            return "23505".equals(failure.getSQLState());
        }

        @Override
        public boolean isRetryable(SQLException failure) {
            return "40P01".equals(failure.getSQLState())
                    || "40001".equals(failure.getSQLState())
                    || isConnectionLost(failure);
        }

        @Override
        public boolean isUnavailable(SQLException failure) {
            String state = String.valueOf(failure.getSQLState());
            // Resources, cancelled by its time limit, locks that did not come, read-only standby, disk trouble.
            return isRetryable(failure)
                    || failure instanceof SQLTransientException
                    || state.startsWith("53")
                    || state.startsWith("58")
                    || Set.of("57014", "55P03", "25006").contains(state);
        }

        @Override
        public boolean isConnectionLost(SQLException failure) {
            String state = String.valueOf(failure.getSQLState());
            return state.startsWith("08")
                    || Set.of("57P01", "57P02", "57P03", "57P05", "25P03").contains(state);
        }
    };

    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_LOCKED = 6;
    private static final int SQLITE_INTERRUPT = 9;
    private static final int SQLITE_IOERR = 10;
    private static final int SQLITE_FULL = 13;
    private static final int SQLITE_CANTOPEN = 14;
    private static final int SQLITE_CONSTRAINT = 19;
    private static final int SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
    private static final int SQLITE_CONSTRAINT_UNIQUE = 2067;
    private static final int SQLITE_CONSTRAINT_ROWID = 2579;

    /** The statement that begins a transaction which writes. */
    public abstract String begin();

    /** Binds a UUID, or null: 16 bytes on SQLite, {@code uuid} on PostgreSQL. */
    public abstract void bindId(PreparedStatement statement, int index, UUID id) throws SQLException;

    /** Null for SQL null. */
    public abstract UUID id(ResultSet row, int column) throws SQLException;

    /** To append to a SELECT that locks its rows; starts with a space, or is empty (SQLite has one writer). */
    public abstract String forUpdate();

    /** Like {@link #forUpdate}, but passes over rows that others hold. */
    public abstract String skipLocked();

    /** The parameter mark for a {@code ${jsonb}} column. */
    public abstract String jsonbParameter();

    /** Names of column types and table options in migrations: {@code ${id}}, {@code ${json}}, {@code ${long}} … */
    public abstract Map<String, String> placeholders();

    public abstract boolean isUniqueViolation(SQLException failure);

    /** The same transaction, begun again, may succeed. */
    public abstract boolean isRetryable(SQLException failure);

    /** Not the fault of the statement: the database is down, full, busy or too slow. */
    public abstract boolean isUnavailable(SQLException failure);

    public abstract boolean isConnectionLost(SQLException failure);

    private static String text(SQLException failure) {
        return String.valueOf(failure.getMessage());
    }
}
