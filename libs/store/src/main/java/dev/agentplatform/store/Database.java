package dev.agentplatform.store;

import java.sql.SQLException;

/**
 * Reads and transactions on the one database of the platform. Hot writes go through {@link GroupCommit}.
 *
 * <p>Both calls block, so call them on virtual threads. A fault of a statement is thrown as {@link
 * DatabaseFailure} ({@link UniqueViolation} for a key that exists), an overloaded, full or lost database
 * as a {@link dev.agentplatform.kernel.Problem} with status 503. An interrupt of the caller never
 * disturbs the database; it stays set and is seen after the call.
 */
public sealed interface Database extends AutoCloseable permits SqliteDatabase, PostgresqlDatabase {

    /** SQL only: no other I/O, no waiting, no nested call of the database. It may be run again. */
    @FunctionalInterface
    interface Work<T> {
        T run(Sql sql) throws SQLException;
    }

    /** Connects; on SQLite creates the file. Does not migrate: see {@link Migrations}. */
    static Database open(DatabaseSettings settings) {
        return switch (settings.url()) {
            case DatabaseUrl.Sqlite url -> SqliteDatabase.open(url, settings);
            case DatabaseUrl.Postgresql url -> PostgresqlDatabase.open(url, settings);
        };
    }

    DatabaseSettings settings();

    default Dialect dialect() {
        return settings().url().dialect();
    }

    Metrics metrics();

    /** Reads only; each statement sees what was committed when it began. */
    <T> T read(Work<T> work);

    /**
     * One transaction; returns when it is durable. Whatever {@code work} throws rolls back and is thrown
     * here. Deadlocks and lost connections are retried on PostgreSQL, at most three times.
     *
     * @throws CommitUnknown when the connection was lost during the commit
     */
    <T> T transact(Work<T> work);

    /** Finishes what was accepted, then closes. May be called twice. */
    @Override
    void close();
}
