package dev.agentplatform.bench;

import dev.agentplatform.store.DatabaseUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;

/**
 * No product: the least that a durable run of three steps must write, by hand. Five writes a run, each acknowledged
 * when durable; one thread commits all that wait in one transaction. No fences, queue, events or indexes.
 */
final class GroupCommitFloor implements AutoCloseable {
    private static final int BATCH_MAX = 512;

    private enum Kind {
        BEGIN("INSERT INTO floor_run (status, body, id) VALUES (0, ?, ?)"),
        STEP("INSERT INTO floor_step (output, run_id, no) VALUES (?, ?, ?)"),
        END("UPDATE floor_run SET status = 2, result = ? WHERE id = ?");

        private final String sql;

        Kind(String sql) {
            this.sql = sql;
        }
    }

    private record Write(Kind kind, String id, int no, String body, CompletableFuture<Void> durable) {}

    private final BlockingQueue<Write> waiting = new ArrayBlockingQueue<>(4_096);
    private final Connection connection;
    private final Thread writer;

    GroupCommitFloor(DatabaseUrl url) throws SQLException {
        connection = connect(url);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE floor_run (id TEXT PRIMARY KEY, status INTEGER, body TEXT, result TEXT)");
            statement.execute(
                    "CREATE TABLE floor_step (run_id TEXT, no INTEGER, output TEXT, PRIMARY KEY (run_id, no))");
        }
        connection.setAutoCommit(false);
        writer = Thread.ofPlatform().daemon().name("floor-writer").start(this::writeUntilStopped);
    }

    private static Connection connect(DatabaseUrl url) throws SQLException {
        return switch (url) {
            case DatabaseUrl.Postgresql postgresql ->
                DriverManager.getConnection(
                        postgresql.jdbcUrl() + "?reWriteBatchedInserts=true&user=" + postgresql.user());
            case DatabaseUrl.Sqlite sqlite -> {
                Connection opened = DriverManager.getConnection("jdbc:sqlite:" + sqlite.file());
                try (Statement statement = opened.createStatement()) {
                    statement.execute("PRAGMA journal_mode = WAL");
                    statement.execute("PRAGMA synchronous = FULL");
                }
                yield opened;
            }
        };
    }

    /** Returns when the end of the run is durable. */
    void run() throws Exception {
        String id = UUID.randomUUID().toString();
        write(Kind.BEGIN, id, 0, Payloads.INPUT);
        String output = "";
        for (int no = 1; no <= 3; no++) {
            output = Payloads.outputText(no);
            write(Kind.STEP, id, no, output);
        }
        write(Kind.END, id, 0, output);
    }

    private void write(Kind kind, String id, int no, String body) throws Exception {
        Write write = new Write(kind, id, no, body, new CompletableFuture<>());
        waiting.put(write);
        write.durable().get();
    }

    private void writeUntilStopped() {
        List<Write> batch = new ArrayList<>();
        try {
            Map<Kind, PreparedStatement> statements = new EnumMap<>(Kind.class);
            for (Kind kind : Kind.values()) statements.put(kind, connection.prepareStatement(kind.sql));
            while (true) {
                batch.clear();
                batch.add(waiting.take());
                waiting.drainTo(batch, BATCH_MAX - 1);
                for (Write write : batch) add(write, statements.get(write.kind()));
                for (PreparedStatement statement : statements.values()) statement.executeBatch();
                connection.commit();
                for (Write write : batch) write.durable().complete(null);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (SQLException failure) {
            for (Write write : batch) write.durable().completeExceptionally(failure);
        }
    }

    private static void add(Write write, PreparedStatement statement) throws SQLException {
        statement.setString(1, write.body());
        statement.setString(2, write.id());
        if (write.kind() == Kind.STEP) statement.setInt(3, write.no());
        statement.addBatch();
    }

    @Override
    public void close() throws Exception {
        writer.interrupt();
        writer.join();
        connection.close();
    }
}
