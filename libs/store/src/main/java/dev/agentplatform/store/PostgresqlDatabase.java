package dev.agentplatform.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.agentplatform.kernel.Problem;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pool of connections for reads and closures; each group commit has a connection of its own. */
final class PostgresqlDatabase implements Database {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresqlDatabase.class);
    private static final int RETRIES_MAX = 3;
    private static final long CONNECTION_WAIT_MS = 5_000;
    private static final long PAUSE_NANOS = 5_000_000;
    private static final int IDLE_IN_TRANSACTION_MS = 10_000;

    private final DatabaseSettings settings;
    private final DatabaseUrl.Postgresql url;
    private final Metrics metrics = new Metrics();
    private final HikariDataSource pool;
    private final List<GroupCommit<?, ?>> groupCommits = new CopyOnWriteArrayList<>();

    private PostgresqlDatabase(DatabaseUrl.Postgresql url, DatabaseSettings settings) {
        this.url = url;
        this.settings = settings;
        HikariConfig config = new HikariConfig();
        config.setPoolName("postgresql");
        config.setJdbcUrl(url.jdbcUrl());
        config.setDataSourceProperties(properties());
        config.setMaximumPoolSize(settings.connections());
        config.setConnectionTimeout(CONNECTION_WAIT_MS);
        config.setConnectionInitSql(sessionSettings());
        this.pool = new HikariDataSource(config);
    }

    static PostgresqlDatabase open(DatabaseUrl.Postgresql url, DatabaseSettings settings) {
        try {
            return new PostgresqlDatabase(url, settings);
        } catch (PoolInitializationException failure) {
            throw new IllegalStateException("cannot connect to " + url + ": " + failure.getMessage(), failure);
        }
    }

    private Properties properties() {
        Properties properties = new Properties();
        if (url.user() != null) properties.setProperty("user", url.user());
        if (url.password() != null) properties.setProperty("password", url.password());
        properties.setProperty("ApplicationName", "agent-platform");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "5");
        // Longer than any statement may take: only a server that vanished is silent for so long.
        properties.setProperty(
                "socketTimeout", String.valueOf(settings.readLimit().toSeconds() + 30));
        properties.setProperty("prepareThreshold", "2");
        return properties;
    }

    // Forgotten transactions keep dead rows alive, and claims would read all of them. Plans are kept as long as their
    // connection: one made while a table was nearly empty would read all of it for ever after, so an index is to be
    // taken where there is one. What has none looks dear then, and would be compiled for nothing.
    private String sessionSettings() {
        return "SET statement_timeout = " + settings.readLimit().toMillis()
                + "; SET idle_in_transaction_session_timeout = " + IDLE_IN_TRANSACTION_MS
                + "; SET enable_seqscan = off; SET jit = off";
    }

    /** A connection outside the pool, for a group commit or a migration; the caller closes it. */
    Connection connect(int prepareThreshold) throws SQLException {
        Properties properties = properties();
        properties.setProperty("prepareThreshold", String.valueOf(prepareThreshold));
        Connection connection = DriverManager.getConnection(url.jdbcUrl(), properties);
        try (var statement = connection.createStatement()) {
            statement.execute(sessionSettings());
        } catch (SQLException failure) {
            connection.close();
            throw failure;
        }
        return connection;
    }

    PostgresqlWriter newWriter() {
        return new PostgresqlWriter(this);
    }

    void closesFirst(GroupCommit<?, ?> groupCommit) {
        groupCommits.add(groupCommit);
    }

    HikariDataSource pool() {
        return pool;
    }

    @Override
    public DatabaseSettings settings() {
        return settings;
    }

    @Override
    public Metrics metrics() {
        return metrics;
    }

    @Override
    public <T> T read(Work<T> work) {
        try {
            return Replies.undisturbed(() -> retried(() -> readOnce(work)));
        } finally {
            metrics.readDone();
        }
    }

    @Override
    public <T> T transact(Work<T> work) {
        T result = Replies.undisturbed(() -> retried(() -> transactOnce(work)));
        metrics.closure();
        return result;
    }

    private interface Attempt<T> {
        T run() throws SQLException;
    }

    private <T> T retried(Attempt<T> attempt) {
        for (int tries = 0; ; tries++) {
            try {
                return attempt.run();
            } catch (SQLException failure) {
                if (pool.isClosed()) throw closed();
                boolean none = failure instanceof SQLTransientConnectionException;
                if (none || tries == RETRIES_MAX || !dialect().isRetryable(failure)) {
                    throw Replies.reason(dialect(), failure);
                }
                LOG.debug("transaction again: {}", failure.getMessage());
                // Two that deadlocked shall not meet again.
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PAUSE_NANOS << tries));
            }
        }
    }

    private <T> T readOnce(Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return work.run(new Sql(connection, dialect()));
        }
    }

    private <T> T transactOnce(Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            T result;
            try {
                result = work.run(new Sql(connection, dialect()));
            } catch (Throwable failure) {
                rollBack(connection);
                throw failure;
            }
            commit(connection);
            return result;
        }
    }

    private void commit(Connection connection) throws SQLException {
        try {
            connection.commit();
        } catch (SQLException failure) {
            if (dialect().isConnectionLost(failure)) throw new CommitUnknown(failure);
            throw failure;
        }
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException lost) {
            LOG.debug("the server rolls back, the connection is gone: {}", lost.getMessage());
        }
    }

    @Override
    public void close() {
        for (GroupCommit<?, ?> groupCommit : groupCommits) groupCommit.close();
        pool.close();
    }

    private static Problem closed() {
        return Problem.unavailable("The database is being closed.", 1);
    }
}
