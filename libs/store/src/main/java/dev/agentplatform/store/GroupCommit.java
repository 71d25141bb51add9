package dev.agentplatform.store;

import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Judge.Judgement;
import dev.agentplatform.store.Judge.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Makes units durable, many in one commit: while one batch is written, the next one gathers.
 *
 * <p>The {@link Judge} decides which units of a batch pass. A refused one fails alone. Any other error
 * rolls the batch back, and its units are run one by one, so that only the bad one fails.
 *
 * <p>On SQLite all group commits and closures of a database share its one writer thread; a batch carries
 * the closures that wait. On PostgreSQL each group commit has a thread and a connection of its own.
 *
 * @param <U> unit of work
 * @param <R> what the submitter learns once the unit is durable
 */
public final class GroupCommit<U, R> implements AutoCloseable {
    public static final int UNITS_PER_BATCH = 512;
    public static final int QUEUE_MAX = 4_096;
    private static final int ATTEMPTS_MAX = 3;
    private static final Comparator<RowWrite> BY_ORDER =
            Comparator.comparingInt(write -> write.shape().order());

    private record Pending<U, R>(U unit, CompletableFuture<R> reply) {}

    private final Dialect dialect;
    private final Metrics metrics;
    private final Judge<U, R> judge;
    private final int unitsPerBatch;
    private final BoundedQueue<Pending<U, R>> queue;
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private final Runnable wake;
    private final Runnable hurry;
    private final Runnable release;

    public GroupCommit(Database database, Judge<U, R> judge, String name) {
        this(database, judge, UNITS_PER_BATCH, QUEUE_MAX, name);
    }

    /**
     * @param unitsPerBatch the most units of one commit
     * @param queueMax the most units that wait; more are refused with status 503
     * @param name of the writer thread, on PostgreSQL
     */
    public GroupCommit(Database database, Judge<U, R> judge, int unitsPerBatch, int queueMax, String name) {
        this.dialect = database.dialect();
        this.metrics = database.metrics();
        this.judge = judge;
        this.unitsPerBatch = unitsPerBatch;
        this.queue = new BoundedQueue<>(queueMax);
        switch (database) {
            case SqliteDatabase sqlite -> {
                SqliteWriter writer = sqlite.writer();
                this.wake = writer::wake;
                this.hurry = () -> {};
                this.release = () -> writer.drop(this);
                writer.carry(this);
                sqlite.closesFirst(this);
            }
            case PostgresqlDatabase postgresql -> {
                PostgresqlWriter connection = postgresql.newWriter();
                WriterThread thread = new WriterThread(name, () -> writeBatch(connection));
                this.wake = thread::wake;
                this.hurry = connection::tryOnce;
                this.release = () -> {
                    thread.stop();
                    connection.close();
                };
                thread.start();
                postgresql.closesFirst(this);
            }
        }
    }

    /**
     * Returns when the unit is durable.
     *
     * @throws RuntimeException the judge's reason, when it refused
     * @throws Problem 503 when too many units wait, or the database is full, lost or closed
     * @throws CommitUnknown when the unit may or may not have been written: send it again
     * @throws DatabaseFailure when a row of the unit was at fault
     */
    public R commit(U unit) {
        return Replies.await(submit(unit));
    }

    /** Like {@link #commit}, without waiting. Add no dependent stages: they would run on the writer. */
    public CompletableFuture<R> submit(U unit) {
        CompletableFuture<R> reply = new CompletableFuture<>();
        queue.add(new Pending<>(unit, reply));
        metrics.waitingChanged(1);
        wake.run();
        return reply;
    }

    /** Finishes what waits, then refuses everything new. May be called twice. */
    @Override
    public void close() {
        queue.close();
        hurry.run();
        wake.run();
        Replies.await(finished);
        release.run();
    }

    /** One batch, if anything waits. On the writer thread. */
    boolean writeBatch(WriterConnection connection) {
        List<Pending<U, R>> batch = queue.take(unitsPerBatch);
        if (batch.isEmpty()) {
            if (queue.isFinished()) finished.complete(null);
            return false;
        }
        metrics.waitingChanged(-batch.size());
        try {
            write(connection, batch);
        } catch (RuntimeException | Error fault) {
            fail(batch, fault);
            throw fault;
        }
        return true;
    }

    private void write(WriterConnection connection, List<Pending<U, R>> batch) {
        for (int attempt = 1; ; attempt++) {
            long started = System.nanoTime();
            Judgement<R> judgement;
            try {
                judgement = attempt(connection, batch);
            } catch (SQLException | RuntimeException failure) {
                boolean connected = connection.recover();
                judge.rolledBack();
                boolean again = failure instanceof SQLException sql && dialect.isRetryable(sql);
                if (failure instanceof CommitUnknown) fail(batch, failure);
                else if (!connected) fail(batch, lost());
                else if (again && attempt < ATTEMPTS_MAX) continue;
                else writeOneByOne(connection, batch, failure);
                return;
            }
            judge.committed();
            answer(batch, judgement, System.nanoTime() - started);
            return;
        }
    }

    private void writeOneByOne(WriterConnection connection, List<Pending<U, R>> batch, Exception failure) {
        metrics.batchFailed();
        if (batch.size() == 1) fail(batch, failure);
        else for (Pending<U, R> one : batch) write(connection, List.of(one));
    }

    private Judgement<R> attempt(WriterConnection connection, List<Pending<U, R>> batch) throws SQLException {
        List<U> units = new ArrayList<>(batch.size());
        for (Pending<U, R> pending : batch) units.add(pending.unit());
        Judgement<R> judgement = judge.judge(connection.connection(), dialect, units);
        if (judgement.verdicts().size() != units.size()) {
            throw new IllegalStateException(judgement.verdicts().size() + " verdicts for " + units.size() + " units");
        }
        List<RowWrite> writes = new ArrayList<>(judgement.writes());
        writes.sort(BY_ORDER);
        connection.writeAndCommit(writes);
        return judgement;
    }

    private void answer(List<Pending<U, R>> batch, Judgement<R> judgement, long nanos) {
        int passed = 0;
        for (int i = 0; i < batch.size(); i++) {
            CompletableFuture<R> reply = batch.get(i).reply();
            switch (judgement.verdicts().get(i)) {
                case Verdict.Passed<R>(R receipt) -> {
                    passed++;
                    reply.complete(receipt);
                }
                case Verdict.Refused<R>(RuntimeException reason) -> reply.completeExceptionally(reason);
            }
        }
        metrics.batch(passed, batch.size() - passed, judgement.writes().size(), nanos);
    }

    private void fail(List<Pending<U, R>> batch, Throwable failure) {
        Throwable reason = Replies.reason(dialect, failure);
        for (Pending<U, R> pending : batch) pending.reply().completeExceptionally(reason);
    }

    private static Problem lost() {
        return Problem.unavailable("The database cannot be reached at the moment.", 1);
    }
}
