package dev.agentplatform.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Accounts.Move;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.Databases;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** PostgreSQL keeps the plan of a prepared statement: one that is made on an empty table has to suit a large one. */
class PlansTest {
    private static final int COMMITS = 20;
    private static final String COUNTS =
            "SELECT relname, seq_scan, n_tup_upd FROM pg_stat_user_tables WHERE relname IN ('account', 'entry')";

    private record Counts(long scans, long updates) {}

    @Test
    void writesReadNoTableFromEndToEnd() throws Exception {
        Accounts judge = new Accounts();
        try (Database database = Databases.fresh(Dialect.POSTGRESQL)) {
            UUID account = Accounts.open(database, judge.ids);
            long before = counts(database).get("account").scans();
            try (var commits = new GroupCommit<>(database, judge, "test")) {
                commits.commit(Move.free(Accounts.ENTER.row(account, 1, "new")));
                for (int i = 0; i < COMMITS; i++) commits.commit(Move.free(Accounts.NOTE.row(account, 1, "n" + i)));
                for (int i = 0; i < COMMITS; i++) commits.commit(Move.free(describe(account, i)));
            }
            // A connection tells what it did at the latest when it ends.
            Await.until(() -> counts(database).get("account").updates() >= COMMITS, "statistics");
            assertThat(counts(database).get("account").scans()).isEqualTo(before);
            assertThat(counts(database).get("entry")).isEqualTo(new Counts(0, COMMITS));
        }
    }

    private static RowWrite describe(UUID account, int number) {
        return Accounts.DESCRIBE.row(account, "name", (long) number, 1, null);
    }

    private static Map<String, Counts> counts(Database database) {
        return database.read(sql -> sql
                .list(
                        COUNTS,
                        row -> Map.entry(
                                row.text("relname"), new Counts(row.number("seq_scan"), row.number("n_tup_upd"))))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }
}
