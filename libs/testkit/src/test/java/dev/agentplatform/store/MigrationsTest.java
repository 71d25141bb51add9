package dev.agentplatform.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.testkit.Databases;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The schema of an empty, a current and a shared database. */
class MigrationsTest {
    @ParameterizedTest
    @EnumSource(Dialect.class)
    void anEmptyDatabaseIsMigratedOnce(Dialect dialect) {
        Database database = Databases.empty(dialect);
        List<String> pending = Migrations.pending(database);
        assertThat(pending).contains("0.01 account");
        assertThat(Migrations.migrate(database)).isEqualTo(pending.size());
        assertThat(Migrations.pending(database)).isEmpty();
        assertThat(Migrations.migrate(database)).isZero();
        Databases.drop(database);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void anOutdatedHashOnlyCostsALook(Dialect dialect) {
        Database database = Databases.fresh(dialect);
        database.transact(sql -> sql.update("UPDATE schema_hash SET hash = 'of an older release'"));
        assertThat(Migrations.pending(database)).isEmpty();
        assertThat(Migrations.migrate(database)).isZero();
        List<String> hashes = database.read(sql -> sql.list("SELECT hash FROM schema_hash", row -> row.text("hash")));
        assertThat(hashes).containsExactly(Migrations.hash(dialect));
        Databases.drop(database);
    }

    @Test
    void manyProcessesMayMigrateAtOnce() throws Exception {
        Database database = Databases.empty(Dialect.POSTGRESQL);
        int pending = Migrations.pending(database).size();
        List<Database> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) processes.add(Databases.again(database));
        try (var threads = Executors.newFixedThreadPool(processes.size())) {
            List<Future<Integer>> applied = new ArrayList<>();
            for (Database process : processes) applied.add(threads.submit(() -> Migrations.migrate(process)));
            int sum = 0;
            for (Future<Integer> one : applied) sum += one.get();
            assertThat(sum).isEqualTo(pending);
        }
        processes.forEach(Database::close);
        Databases.drop(database);
    }

    @Test
    void sqliteIsSetUpToShrinkAndToSurviveAPowerFailure() {
        Database database = Databases.fresh(Dialect.SQLITE);
        List<Long> settings = database.transact(sql -> List.of(
                sql.one("PRAGMA auto_vacuum", row -> row.number("auto_vacuum")).orElseThrow(),
                sql.one("PRAGMA synchronous", row -> row.number("synchronous")).orElseThrow()));
        assertThat(settings).containsExactly(2L, 2L);
        List<String> mode = database.transact(sql -> sql.list("PRAGMA journal_mode", row -> row.text("journal_mode")));
        assertThat(mode).containsExactly("wal");
        Databases.drop(database);
    }
}
