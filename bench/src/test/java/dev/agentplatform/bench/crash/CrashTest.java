package dev.agentplatform.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Database;
import dev.agentplatform.store.DatabaseUrl;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.testkit.Databases;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few real kills; {@link CrashMain} does fifty. */
class CrashTest {
    @TempDir
    private Path folder;

    @Test
    void sqliteSurvivesKills() throws Exception {
        survives(Dialect.SQLITE, 3);
    }

    @Test
    void postgresqlSurvivesKills() throws Exception {
        survives(Dialect.POSTGRESQL, 2);
    }

    private void survives(Dialect dialect, int kills) throws Exception {
        Database database = Databases.fresh(dialect);
        try {
            Crashes.Report report = new Crashes(database, url(database), folder, 1).killAndRestart(kills);
            assertThat(report.kills()).isEqualTo(kills);
            assertThat(report.acknowledged()).isGreaterThan(kills);
        } finally {
            Databases.drop(database);
        }
    }

    @Test
    void aSleeperThatWakesWritesNothingOfWhatItLost() throws Exception {
        Database database = Databases.fresh(Dialect.POSTGRESQL);
        try {
            Crashes.Report report = new Crashes(database, url(database), folder, 2).sleepAndWake();
            assertThat(report.acknowledged()).isPositive();
        } finally {
            Databases.drop(database);
        }
    }

    private static String url(Database database) {
        return switch (database.settings().url()) {
            case DatabaseUrl.Sqlite sqlite -> "sqlite:///" + sqlite.file();
            case DatabaseUrl.Postgresql postgresql ->
                postgresql.jdbcUrl() + "?user=" + postgresql.user() + "&password=" + postgresql.password();
        };
    }
}
