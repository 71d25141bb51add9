package dev.agentplatform.store;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What the writers of one database did since it was opened. Counters only grow. */
public final class Metrics {
    private final LongAdder batches = new LongAdder();
    private final LongAdder units = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder closures = new LongAdder();
    private final LongAdder reads = new LongAdder();
    private final LongAdder failedBatches = new LongAdder();
    private final LongAdder reconnects = new LongAdder();
    private final LongAdder batchNanos = new LongAdder();
    private final LongAdder waiting = new LongAdder();
    private final AtomicLong walBytes = new AtomicLong();

    /** Commits of group commits. */
    public long batches() {
        return batches.sum();
    }

    /** Units that became durable. */
    public long units() {
        return units.sum();
    }

    /** Units that the judge refused. */
    public long refused() {
        return refused.sum();
    }

    /** Rows written by units. */
    public long rows() {
        return rows.sum();
    }

    /** Transactions by {@link Database#transact}. */
    public long closures() {
        return closures.sum();
    }

    public long reads() {
        return reads.sum();
    }

    /** Batches that were rolled back and run again unit by unit. */
    public long failedBatches() {
        return failedBatches.sum();
    }

    /** Times a group commit lost its connection and made a new one. */
    public long reconnects() {
        return reconnects.sum();
    }

    /** Time spent in successful batches, from judging to commit. */
    public long batchNanos() {
        return batchNanos.sum();
    }

    /** Units that wait for a batch now. */
    public long waiting() {
        return waiting.sum();
    }

    /** Size of the write-ahead log of SQLite; 0 on PostgreSQL. */
    public long walBytes() {
        return walBytes.get();
    }

    void batch(int passed, int refusedUnits, int writtenRows, long nanos) {
        batches.increment();
        units.add(passed);
        refused.add(refusedUnits);
        rows.add(writtenRows);
        batchNanos.add(nanos);
    }

    void batchFailed() {
        failedBatches.increment();
    }

    void closure() {
        closures.increment();
    }

    void readDone() {
        reads.increment();
    }

    void reconnected() {
        reconnects.increment();
    }

    void waitingChanged(int by) {
        waiting.add(by);
    }

    void walSize(long bytes) {
        walBytes.set(bytes);
    }
}
