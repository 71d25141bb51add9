package dev.agentplatform.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Accounts.Move;
import dev.agentplatform.store.Accounts.Stale;
import dev.agentplatform.testkit.Databases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lost connections, crashes and full disks: what was acknowledged stays, and nothing happens twice. */
class LossTest {
    private final Accounts judge = new Accounts();

    @Test
    void noAcknowledgedUnitIsLostWhenServerProcessesAreKilled() throws Exception {
        Database database = Databases.fresh(Dialect.POSTGRESQL);
        int callers = 8;
        long moves = 200;
        AtomicLong done = new AtomicLong();
        List<UUID> accounts = new ArrayList<>();
        for (int i = 0; i < callers; i++) accounts.add(Accounts.open(database, judge.ids));
        try (var commits = new GroupCommit<>(database, judge, "test");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (UUID account : accounts) {
                all.add(threads.submit(() -> {
                    for (long from = 0; from < moves; from++) {
                        move(commits, database, account, from);
                        done.incrementAndGet();
                    }
                }));
            }
            Future<?> killer = threads.submit(() -> {
                for (long kills = 1; kills <= 6; kills++) {
                    while (done.get() < kills * callers * moves / 8) Thread.onSpinWait();
                    killAll(database);
                }
            });
            for (Future<?> one : all) one.get();
            killer.get();
        }
        for (UUID account : accounts)
            assertThat(Accounts.number(database, account)).isEqualTo(moves);
        // One entry per move: none is missing, and none was written twice.
        assertThat(Accounts.entries(database)).isEqualTo(callers * moves);
        assertThat(database.metrics().reconnects()).isPositive();
        Databases.drop(database);
    }

    // As an owner does: send again when unsure; refused means that the first one was written.
    private static void move(GroupCommit<Move, Long> commits, Database database, UUID account, long from) {
        Move move = new Move(account, from, List.of(Accounts.ENTER.row(account, (int) from, "n")));
        boolean unsure = false;
        while (true) {
            try {
                assertThat(commits.commit(move)).isEqualTo(from + 1);
                return;
            } catch (CommitUnknown lost) {
                unsure = true;
            } catch (Problem unavailable) {
                assertThat(unavailable.status()).isEqualTo(503);
            } catch (Stale refused) {
                assertThat(unsure).isTrue();
                assertThat(Accounts.number(database, account)).isEqualTo(from + 1);
                return;
            }
        }
    }

    private static void killAll(Database database) {
        database.read(sql -> sql.list(
                "SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND pid <> pg_backend_pid()",
                row -> row.number("n")));
    }

    @Test
    void closuresGoOnAfterTheirConnectionsWereKilled() {
        Database database = Databases.fresh(Dialect.POSTGRESQL);
        UUID account = Accounts.open(database, judge.ids);
        for (int i = 0; i < 3; i++) {
            killAll(database);
            database.transact(sql -> sql.update("UPDATE account SET number = number + 1 WHERE id = ?", account));
        }
        assertThat(Accounts.number(database, account)).isEqualTo(3);
        Databases.drop(database);
    }

    @Test
    void aCopyOfTheFilesOfARunningSqliteHasAllThatWasAcknowledged(@TempDir Path folder) throws Exception {
        Database database = Databases.fresh(Dialect.SQLITE);
        UUID account = Accounts.open(database, judge.ids);
        try (var commits = new GroupCommit<>(database, judge, "test")) {
            for (long from = 0; from < 50; from++) {
                commits.commit(new Move(account, from, List.of(Accounts.ENTER.row(account, (int) from, "n"))));
            }
            // What a killed process leaves behind: the database and its log, without a last checkpoint.
            Path file = ((DatabaseUrl.Sqlite) database.settings().url()).file();
            for (String suffix : List.of("-wal", "")) {
                Files.copy(file.resolveSibling(file.getFileName() + suffix), folder.resolve("copy.db" + suffix));
            }
        }
        var url = new DatabaseUrl.Sqlite(folder.resolve("copy.db"));
        try (Database copy = Database.open(DatabaseSettings.of(url))) {
            assertThat(Accounts.number(copy, account)).isEqualTo(50);
            assertThat(Accounts.entries(copy)).isEqualTo(50);
            List<String> damage =
                    copy.read(sql -> sql.list("PRAGMA integrity_check", row -> row.text("integrity_check")));
            assertThat(damage).containsExactly("ok");
        }
        Databases.drop(database);
    }

    @Test
    void aFullSqliteFailsUnitsAndClosuresAsUnavailableAndGoesOnLater() {
        Database database = Databases.fresh(Dialect.SQLITE);
        UUID account = Accounts.open(database, judge.ids);
        String large = "x".repeat(200_000);
        try (var commits = new GroupCommit<>(database, judge, "test")) {
            long pages = database.transact(sql -> {
                long used = sql.one("PRAGMA page_count", row -> row.number("page_count"))
                        .orElseThrow();
                sql.list("PRAGMA max_page_count = " + (used + 10), row -> row);
                return used;
            });
            assertThat(pages).isPositive();
            assertThatThrownBy(
                            () -> commits.commit(new Move(account, 0, List.of(Accounts.ENTER.row(account, 1, large)))))
                    .isInstanceOfSatisfying(
                            Problem.class, p -> assertThat(p.status()).isEqualTo(503));
            assertThatThrownBy(() -> database.transact(sql ->
                            sql.update("INSERT INTO entry (account, no, note) VALUES (?, 2, ?)", account, large)))
                    .isInstanceOfSatisfying(
                            Problem.class, p -> assertThat(p.status()).isEqualTo(503));
            database.transact(sql -> sql.list("PRAGMA max_page_count = 1000000", row -> row));
            assertThat(commits.commit(new Move(account, 0, List.of(Accounts.ENTER.row(account, 1, large)))))
                    .isEqualTo(1L);
        }
        assertThat(Accounts.entries(database)).isEqualTo(1);
        Databases.drop(database);
    }
}
