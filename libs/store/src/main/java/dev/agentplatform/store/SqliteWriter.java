package dev.agentplatform.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread and connection that write to SQLite.
 *
 * <p>A transaction holds a batch of units and then the closures that wait, each behind a savepoint, so
 * that all share one flush to the disk. Units come first because their judge begins the transaction.
 */
final class SqliteWriter implements WriterConnection {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteWriter.class);
    private static final int CLOSURES_PER_BATCH = 512;

    private final Connection driver;
    private final Connection cached;
    private final Sql sql;
    private final SqliteRows rows;
    private final Metrics metrics;
    private final BoundedQueue<Closure<?>> closures = new BoundedQueue<>(SqliteDatabase.CLOSURES_MAX);
    private final List<GroupCommit<?, ?>> groupCommits = new CopyOnWriteArrayList<>();
    private final Map<String, PreparedStatement> controls = new HashMap<>();
    private final Deque<Closure<?>> riders = new ArrayDeque<>();
    private final WriterThread thread = new WriterThread("sqlite-writer", this::turn);
    private final AtomicReference<String> checkpointWanted = new AtomicReference<>();

    SqliteWriter(Connection driver, Metrics metrics) throws SQLException {
        this.driver = driver;
        this.metrics = metrics;
        // Out of auto-commit the driver leaves transactions alone, but it opens a first one, which is ended here.
        driver.setAutoCommit(false);
        control("COMMIT");
        this.cached = StatementCache.over(driver);
        this.sql = new Sql(cached, Dialect.SQLITE);
        this.rows = new SqliteRows(driver);
        thread.start();
    }

    void carry(GroupCommit<?, ?> groupCommit) {
        groupCommits.add(groupCommit);
    }

    void drop(GroupCommit<?, ?> groupCommit) {
        groupCommits.remove(groupCommit);
    }

    void wake() {
        thread.wake();
    }

    boolean isCurrentThread() {
        return thread.isCurrent();
    }

    <T> CompletableFuture<T> submit(Database.Work<T> work) {
        Closure<T> closure = new Closure<>(work);
        closures.add(closure);
        thread.wake();
        return closure.reply;
    }

    /** Asks for a checkpoint between two batches, where no lock is in the way. */
    void checkpoint(String mode) {
        checkpointWanted.set(mode);
        thread.wake();
    }

    void close() {
        closures.close();
        thread.stop();
        try {
            driver.close();
        } catch (SQLException failure) {
            LOG.warn("closing the writer failed: {}", failure.getMessage());
        }
    }

    private boolean turn() {
        riders.addAll(closures.take(CLOSURES_PER_BATCH - riders.size()));
        boolean worked = !riders.isEmpty();
        for (GroupCommit<?, ?> groupCommit : groupCommits) worked |= groupCommit.writeBatch(this);
        if (!riders.isEmpty()) commitRiders();
        checkpoint();
        return worked;
    }

    @Override
    public Connection connection() {
        return cached;
    }

    @Override
    public void writeAndCommit(List<RowWrite> writes) throws SQLException {
        rows.write(writes);
        List<Closure<?>> ridden = new ArrayList<>();
        try {
            ride(ridden);
            control("COMMIT");
        } catch (SQLException failure) {
            for (Closure<?> closure : ridden) closure.fail(failure);
            throw failure;
        }
        for (Closure<?> closure : ridden) {
            metrics.closure();
            closure.answer();
        }
    }

    private void commitRiders() {
        try {
            control(Dialect.SQLITE.begin());
            writeAndCommit(List.of());
        } catch (SQLException failure) {
            recover();
            // Those that had not run yet: without disk or lock they would not fare better.
            for (Closure<?> closure : riders) closure.fail(failure);
            riders.clear();
        }
    }

    private void ride(List<Closure<?>> ridden) throws SQLException {
        while (!riders.isEmpty()) {
            Closure<?> closure = riders.poll();
            ridden.add(closure);
            control("SAVEPOINT closure");
            if (!closure.run(sql)) control("ROLLBACK TO closure");
            control("RELEASE closure");
        }
    }

    @Override
    public boolean recover() {
        try {
            control("ROLLBACK");
        } catch (SQLException none) {
            // Some errors of SQLite have rolled back already; then there is no transaction to end.
            LOG.debug("nothing to roll back: {}", none.getMessage());
        }
        return true;
    }

    private void checkpoint() {
        String mode = checkpointWanted.getAndSet(null);
        if (mode == null) return;
        try (PreparedStatement statement = driver.prepareStatement("PRAGMA wal_checkpoint(" + mode + ")")) {
            statement.execute();
        } catch (SQLException failure) {
            LOG.warn("a checkpoint failed, trying again later: {}", failure.getMessage());
        }
    }

    private void control(String statement) throws SQLException {
        PreparedStatement prepared = controls.get(statement);
        if (prepared == null) {
            prepared = driver.prepareStatement(statement);
            controls.put(statement, prepared);
        }
        try {
            prepared.execute();
        } catch (SQLException failure) {
            // After most errors the driver has finalized the statement.
            controls.remove(statement);
            prepared.close();
            throw failure;
        }
    }

    /** A transaction of a caller, and what it will be answered once it is durable. */
    private static final class Closure<T> {
        private final Database.Work<T> work;
        private final CompletableFuture<T> reply = new CompletableFuture<>();
        private T result;
        private Throwable failure;

        Closure(Database.Work<T> work) {
            this.work = work;
        }

        /** False when what it did must be undone. */
        boolean run(Sql sql) {
            try {
                result = work.run(sql);
                return true;
            } catch (Throwable reason) {
                failure = reason;
                return false;
            }
        }

        void answer() {
            if (failure == null) reply.complete(result);
            else reply.completeExceptionally(Replies.reason(Dialect.SQLITE, failure));
        }

        /** The whole transaction failed; the own failure, if there is one, tells more. */
        void fail(SQLException reason) {
            reply.completeExceptionally(Replies.reason(Dialect.SQLITE, failure == null ? reason : failure));
        }
    }
}
