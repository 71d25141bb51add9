package dev.agentplatform.store;

import dev.agentplatform.kernel.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.sqlite.SQLiteConfig;

/** One file: one writer thread, a few reader threads, a thread that checkpoints the write-ahead log. */
final class SqliteDatabase implements Database {
    static final int CLOSURES_MAX = 4_096;
    private static final int BUSY_TIMEOUT_MS = 5_000;
    private static final int CACHE_KIB = 64 * 1024;

    private final DatabaseSettings settings;
    private final Metrics metrics = new Metrics();
    private final SqliteWriter writer;
    private final SqliteReaders readers;
    private final SqliteCheckpoints checkpoints;
    private final List<GroupCommit<?, ?>> groupCommits = new CopyOnWriteArrayList<>();

    private SqliteDatabase(DatabaseUrl.Sqlite url, DatabaseSettings settings) throws SQLException {
        this.settings = settings;
        this.writer = new SqliteWriter(openWriting(url.file()), metrics);
        List<Connection> readOnly = new ArrayList<>();
        for (int i = 0; i < settings.readers(); i++) readOnly.add(openReading(url.file()));
        this.readers = new SqliteReaders(readOnly, settings.readLimit());
        this.checkpoints = new SqliteCheckpoints(url.file(), openWriting(url.file()), writer, metrics);
    }

    static SqliteDatabase open(DatabaseUrl.Sqlite url, DatabaseSettings settings) {
        try {
            Path folder = url.file().toAbsolutePath().getParent();
            Files.createDirectories(folder);
            return new SqliteDatabase(url, settings);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot create the folder of " + url, failure);
        } catch (SQLException failure) {
            throw new IllegalStateException("cannot open " + url + ": " + failure.getMessage(), failure);
        }
    }

    /** A connection of its own for work outside the writer, as migrations are; the caller closes it. */
    static Connection openWriting(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        // A commit is on the disk when it returns; group commit makes that cheap.
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        // Nobody asks for them, and looking them up costs a fifth of each small statement.
        config.setGetGeneratedKeys(false);
        config.setBusyTimeout(BUSY_TIMEOUT_MS);
        config.setCacheSize(-CACHE_KIB);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        config.enforceForeignKeys(true);
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        try (var statement = connection.createStatement()) {
            // Takes effect only in a file without any page, so it comes before the journal mode.
            statement.execute("PRAGMA auto_vacuum = INCREMENTAL");
            statement.execute("PRAGMA journal_mode = WAL");
            // A separate thread checkpoints; the writer shall not stop for it.
            statement.execute("PRAGMA wal_autocheckpoint = 0");
        }
        return connection;
    }

    private static Connection openReading(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_TIMEOUT_MS);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        return config.createConnection("jdbc:sqlite:" + file);
    }

    SqliteWriter writer() {
        return writer;
    }

    void closesFirst(GroupCommit<?, ?> groupCommit) {
        groupCommits.add(groupCommit);
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
            return readers.read(work);
        } finally {
            metrics.readDone();
        }
    }

    @Override
    public <T> T transact(Work<T> work) {
        if (writer.isCurrentThread()) throw new IllegalStateException("a transaction inside a transaction");
        return Replies.await(writer.submit(work));
    }

    @Override
    public void close() {
        for (GroupCommit<?, ?> groupCommit : groupCommits) groupCommit.close();
        readers.close();
        checkpoints.close();
        writer.close();
    }

    static Problem closed() {
        return Problem.unavailable("The database is being closed.", 1);
    }
}
