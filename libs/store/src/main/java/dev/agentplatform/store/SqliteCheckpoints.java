package dev.agentplatform.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the write-ahead log into the database file, beside the writer, after some thousand rows or a second.
 *
 * <p>While writes never pause this never reaches the end of the log, so the log could not start over.
 * Therefore the writer itself moves the short rest between two batches, and writes on from the start of
 * the file: to overwrite is much cheaper to flush than to append. Should a long reader have let the log
 * grow past 64 MB, the writer empties it.
 */
final class SqliteCheckpoints {
    // About 4 MB of log.
    static final long ROWS_PER_CHECKPOINT = 4_000;
    static final long LOG_BYTES_MAX = 64L << 20;
    private static final Logger LOG = LoggerFactory.getLogger(SqliteCheckpoints.class);
    private static final long LOOK_EVERY_MS = 100;
    private static final long CHECKPOINT_EVERY_LOOKS = 10;

    private final Path log;
    private final Connection connection;
    private final SqliteWriter writer;
    private final Metrics metrics;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private long rowsAtCheckpoint;
    private long modifiedAtCheckpoint;

    SqliteCheckpoints(Path file, Connection connection, SqliteWriter writer, Metrics metrics) {
        this.log = file.resolveSibling(file.getFileName() + "-wal");
        this.connection = connection;
        this.writer = writer;
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().daemon().name("sqlite-checkpoints").start(this::work);
    }

    private void work() {
        try {
            for (int look = 1; !stopping.await(LOOK_EVERY_MS, TimeUnit.MILLISECONDS); look++) {
                look(look % CHECKPOINT_EVERY_LOOKS == 0);
            }
        } catch (InterruptedException interrupted) {
            LOG.warn("checkpoints were interrupted");
        }
    }

    private void look(boolean second) {
        try {
            if (!Files.exists(log)) return;
            long size = Files.size(log);
            long modified = Files.getLastModifiedTime(log).toMillis();
            metrics.walSize(size);
            long rows = metrics.rows() + metrics.closures();
            boolean busy = rows - rowsAtCheckpoint >= ROWS_PER_CHECKPOINT;
            if (!busy && !(second && modified != modifiedAtCheckpoint)) return;
            try (PreparedStatement statement = connection.prepareStatement("PRAGMA wal_checkpoint(PASSIVE)")) {
                statement.execute();
            }
            rowsAtCheckpoint = rows;
            modifiedAtCheckpoint = modified;
            if (size > LOG_BYTES_MAX) writer.checkpoint("TRUNCATE");
            else if (busy) writer.checkpoint("PASSIVE");
        } catch (IOException | SQLException failure) {
            LOG.warn("a checkpoint failed, trying again: {}", failure.getMessage());
        }
    }

    void close() {
        stopping.countDown();
        try {
            thread.join();
            connection.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (SQLException failure) {
            LOG.warn("closing the checkpoints failed: {}", failure.getMessage());
        }
    }
}
