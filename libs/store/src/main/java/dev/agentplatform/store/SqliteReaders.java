package dev.agentplatform.store;

import dev.agentplatform.kernel.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.ProgressHandler;

/**
 * A few platform threads, each with a read-only connection: the driver pins the carrier of a virtual
 * thread, and there are only as many carriers as cores.
 */
final class SqliteReaders {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteReaders.class);
    private static final int WAITING_MAX = 4_096;
    private static final int INSTRUCTIONS_PER_LOOK = 50_000;

    private final ArrayBlockingQueue<Reader> idle;
    private final List<Reader> all = new ArrayList<>();
    private final ThreadPoolExecutor threads;
    private final Duration limit;

    private record Reader(Connection connection, Sql sql, Deadline deadline) {}

    /** SQLite asks it every so many instructions whether to go on. */
    private static final class Deadline extends ProgressHandler {
        private volatile long nanoTime;

        @Override
        protected int progress() {
            return System.nanoTime() - nanoTime < 0 ? 0 : 1;
        }
    }

    SqliteReaders(List<Connection> connections, Duration limit) throws SQLException {
        this.limit = limit;
        this.idle = new ArrayBlockingQueue<>(connections.size());
        for (Connection connection : connections) {
            Deadline deadline = new Deadline();
            ProgressHandler.setHandler(connection, INSTRUCTIONS_PER_LOOK, deadline);
            Sql sql = new Sql(StatementCache.over(connection), Dialect.SQLITE);
            all.add(new Reader(connection, sql, deadline));
        }
        idle.addAll(all);
        this.threads = new ThreadPoolExecutor(
                connections.size(),
                connections.size(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING_MAX),
                Thread.ofPlatform().daemon().name("sqlite-reader-", 1).factory());
    }

    <T> T read(Database.Work<T> work) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        try {
            threads.execute(() -> Replies.answer(reply, () -> readNow(work)));
        } catch (RejectedExecutionException full) {
            throw threads.isShutdown() ? SqliteDatabase.closed() : Problem.unavailable("Too many reads wait.", 1);
        }
        return Replies.await(reply);
    }

    private <T> T readNow(Database.Work<T> work) {
        Reader reader = idle.poll();
        if (reader == null) throw new IllegalStateException("more reader threads than connections");
        reader.deadline().nanoTime = System.nanoTime() + limit.toNanos();
        try {
            return work.run(reader.sql());
        } catch (SQLException failure) {
            throw Replies.reason(Dialect.SQLITE, failure);
        } finally {
            idle.add(reader);
        }
    }

    void close() {
        threads.shutdown();
        try {
            // Every read ends by its deadline.
            if (!threads.awaitTermination(limit.toSeconds() + 5, TimeUnit.SECONDS)) {
                LOG.warn("a read did not end in time");
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return;
        }
        for (Reader reader : all) {
            try {
                reader.connection().close();
            } catch (SQLException failure) {
                LOG.warn("closing a reader failed: {}", failure.getMessage());
            }
        }
    }
}
