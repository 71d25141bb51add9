package dev.agentplatform.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Accounts.Move;
import dev.agentplatform.store.Accounts.Stale;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.OnBothDatabases;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Units of data, written many in one commit. */
class GroupCommitTest {
    private final Accounts judge = new Accounts();

    @OnBothDatabases
    void aUnitIsDurableWhenCommitReturns(Database database) {
        UUID account = Accounts.open(database, judge.ids);
        try (var commits = new GroupCommit<>(database, judge, "test")) {
            assertThat(commits.commit(new Move(account, 0, List.of(Accounts.ENTER.row(account, 1, "x")))))
                    .isEqualTo(1L);
            assertThat(Accounts.number(database, account)).isEqualTo(1);
            assertThat(Accounts.entries(database)).isEqualTo(1);
        }
        assertThat(database.metrics().units()).isEqualTo(1);
        assertThat(database.metrics().rows()).isEqualTo(2);
        assertThat(database.metrics().batches()).isEqualTo(1);
        assertThat(database.metrics().waiting()).isZero();
    }

    @OnBothDatabases
    void unitsOfABatchAreJudgedInOrderOfArrivalAndARefusedOneFailsAlone(Database database) {
        UUID account = Accounts.open(database, judge.ids);
        try (var commits = new GroupCommit<>(database, judge, "test")) {
            var answers = inOneBatch(
                    commits,
                    new Move(account, 0, List.of(Accounts.ENTER.row(account, 1, "first"))),
                    new Move(account, 0, List.of(Accounts.ENTER.row(account, 2, "stale"))),
                    new Move(account, 1, List.of(Accounts.ENTER.row(account, 3, "second"))));
            assertThat(answers.get(0).join()).isEqualTo(1L);
            assertThatThrownBy(() -> Replies.await(answers.get(1))).isInstanceOf(Stale.class);
            assertThat(answers.get(2).join()).isEqualTo(2L);
        }
        assertThat(notes(database)).containsExactly("first", "second");
        // Both moves were merged into one UPDATE: the last one counts.
        assertThat(Accounts.number(database, account)).isEqualTo(2);
        assertThat(judge.rollbacks).hasValue(0);
        assertThat(database.metrics().refused()).isEqualTo(1);
    }

    @OnBothDatabases
    void aBadUnitFailsAloneInItsBatch(Database database) {
        UUID account = Accounts.open(database, judge.ids);
        try (var commits = new GroupCommit<>(database, judge, "test")) {
            commits.commit(Move.free(Accounts.ENTER.row(account, 1, "there")));
            var answers = inOneBatch(
                    commits,
                    new Move(account, 0, List.of(Accounts.ENTER.row(account, 2, "good"))),
                    Move.free(Accounts.ENTER.row(account, 1, "the key is taken")),
                    Move.free(Accounts.ENTER.row(null, 4, "no account")),
                    new Move(account, 1, List.of(Accounts.ENTER.row(account, 3, "good too"))));
            assertThat(answers.get(0).join()).isEqualTo(1L);
            assertThatThrownBy(() -> Replies.await(answers.get(1))).isInstanceOf(UniqueViolation.class);
            assertThatThrownBy(() -> Replies.await(answers.get(2))).isInstanceOf(DatabaseFailure.class);
            assertThat(answers.get(3).join()).isEqualTo(2L);
        }
        assertThat(notes(database)).containsExactly("there", "good", "good too");
        // The batch, then each bad one alone.
        assertThat(judge.rollbacks).hasValue(3);
    }

    @OnBothDatabases
    void shapesAreWrittenInTheirOrder(Database database) {
        UUID account = judge.ids.next();
        try (var commits = new GroupCommit<>(database, judge, "test")) {
            // In the order of these rows the update and the delete would find nothing.
            commits.commit(Move.free(
                    Accounts.STRIKE.row(account, 1),
                    Accounts.NOTE.row(account, 2, "changed"),
                    Accounts.ENTER.row(account, 1, "a"),
                    Accounts.ENTER.row(account, 2, "b"),
                    Accounts.MOVE.row(account, 5L),
                    Accounts.OPEN.row(account, "n", 1L, 2, null)));
        }
        assertThat(notes(database)).containsExactly("changed");
        assertThat(Accounts.number(database, account)).isEqualTo(5);
    }

    @OnBothDatabases
    void nullsOfEveryTypeAreWritten(Database database) {
        UUID empty = judge.ids.next();
        UUID full = judge.ids.next();
        UUID emptied = judge.ids.next();
        try (var commits = new GroupCommit<>(database, judge, "test")) {
            commits.commit(Move.free(
                    Accounts.OPEN.row(empty, null, null, null, null),
                    Accounts.OPEN.row(full, "ünïcode 𝄞, \"quotes\" {and} \\", Long.MIN_VALUE, -1, empty),
                    Accounts.OPEN.row(emptied, "", 0L, 0, full)));
            commits.commit(Move.free(Accounts.DESCRIBE.row(emptied, null, null, null, null)));
            commits.commit(Move.free(Accounts.DESCRIBE.row(empty, "", 1L, 2, emptied)));
        }
        List<String> rows = database.read(sql -> sql.list(
                "SELECT * FROM account ORDER BY id",
                row -> row.text("name") + "|" + row.numberOrNull("number") + "|" + row.smallOrNull("small") + "|"
                        + row.idOrNull("other")));
        assertThat(rows)
                .containsExactlyInAnyOrder(
                        "|1|2|" + emptied,
                        "ünïcode 𝄞, \"quotes\" {and} \\|" + Long.MIN_VALUE + "|-1|" + empty,
                        "null|null|null|null");
    }

    @OnBothDatabases
    void batchesOfEverySizeAreWrittenWhole(Database database) {
        try (var commits = new GroupCommit<>(database, judge, "test")) {
            for (int size : new int[] {1, 2, 7, 8, 9, 31, 32, 33, 40, 41, 73, 512, 513}) {
                UUID account = judge.ids.next();
                Move[] enter = new Move[size];
                Move[] strike = new Move[size];
                for (int no = 0; no < size; no++) {
                    enter[no] = Move.free(Accounts.ENTER.row(account, no, "n"));
                    strike[no] = Move.free(Accounts.STRIKE.row(account, no));
                }
                inOneBatch(commits, enter).forEach(CompletableFuture::join);
                assertThat(Accounts.entries(database)).isEqualTo(size);
                inOneBatch(commits, strike).forEach(CompletableFuture::join);
                assertThat(Accounts.entries(database)).isZero();
            }
        }
        assertThat(judge.batchSizes).contains(512).allMatch(size -> size <= 512);
    }

    @OnBothDatabases
    void closuresAndUnitsPassEachOther(Database database) throws Exception {
        UUID account = Accounts.open(database, judge.ids);
        int callers = 40;
        try (var commits = new GroupCommit<>(database, judge, "test");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                int no = i;
                all.add(threads.submit(() -> commits.commit(Move.free(Accounts.ENTER.row(account, no, "unit")))));
                all.add(threads.submit(() -> database.transact(
                        sql -> sql.update("UPDATE account SET number = number + 1 WHERE id = ?", account))));
            }
            for (Future<?> one : all) one.get();
        }
        assertThat(Accounts.entries(database)).isEqualTo(callers);
        assertThat(Accounts.number(database, account)).isEqualTo(callers);
    }

    @OnBothDatabases
    void aFullQueueRefusesAtOnce(Database database) {
        var commits = new GroupCommit<>(database, judge, 2, 3, "test");
        CompletableFuture<Void> arrived = judge.hold();
        UUID account = judge.ids.next();
        List<CompletableFuture<Long>> accepted = new ArrayList<>();
        accepted.add(commits.submit(Move.free(Accounts.ENTER.row(account, 0, "in the batch"))));
        arrived.join();
        for (int no = 1; no <= 3; no++) accepted.add(commits.submit(Move.free(Accounts.ENTER.row(account, no, "w"))));
        assertThat(database.metrics().waiting()).isEqualTo(3);
        assertThatThrownBy(() -> commits.submit(Move.free(Accounts.ENTER.row(account, 9, "too many"))))
                .isInstanceOfSatisfying(Problem.class, problem -> {
                    assertThat(problem.status()).isEqualTo(503);
                    assertThat(problem.retryAfterSeconds()).isEqualTo(1);
                });
        judge.letGo();
        accepted.forEach(CompletableFuture::join);
        commits.close();
        assertThat(Accounts.entries(database)).isEqualTo(4);
        assertThat(judge.batchSizes).containsExactly(1, 2, 1);
    }

    @OnBothDatabases
    void closingFinishesWhatWaitsAndThenRefuses(Database database) {
        var commits = new GroupCommit<>(database, judge, 2, 100, "test");
        CompletableFuture<Void> arrived = judge.hold();
        UUID account = judge.ids.next();
        List<CompletableFuture<Long>> accepted = new ArrayList<>();
        for (int no = 0; no < 9; no++) accepted.add(commits.submit(Move.free(Accounts.ENTER.row(account, no, "w"))));
        arrived.join();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(commits::close, Thread::startVirtualThread);
        Await.until(() -> refuses(commits, account), "closing");
        assertThat(closed).isNotDone();
        judge.letGo();
        closed.join();
        assertThat(accepted).allMatch(CompletableFuture::isDone);
        accepted.forEach(CompletableFuture::join);
        assertThat(Accounts.entries(database)).isEqualTo(9);
        commits.close();
    }

    @OnBothDatabases
    void closingTheDatabaseClosesItsGroupCommits(Database database) {
        var commits = new GroupCommit<>(database, judge, "test");
        UUID account = judge.ids.next();
        CompletableFuture<Long> accepted = commits.submit(Move.free(Accounts.ENTER.row(account, 1, "w")));
        database.close();
        assertThat(accepted.join()).isZero();
        assertThat(refuses(commits, account)).isTrue();
        commits.close();
    }

    @OnBothDatabases
    void aJudgeThatFailsFailsItsUnitsOnly(Database database) {
        UUID account = Accounts.open(database, judge.ids);
        Judge<Move, Long> faulty = (connection, dialect, units) -> {
            if (units.stream().anyMatch(move -> move.from() == 13)) throw new IllegalArgumentException("13");
            if (units.stream().anyMatch(move -> move.from() == 14)) throw new SQLException("14");
            return judge.judge(connection, dialect, units);
        };
        try (var commits = new GroupCommit<>(database, faulty, "test")) {
            assertThatThrownBy(() -> commits.commit(new Move(account, 13, List.of())))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> commits.commit(new Move(account, 14, List.of())))
                    .isInstanceOf(DatabaseFailure.class);
            assertThat(commits.commit(new Move(account, 0, List.of()))).isEqualTo(1L);
        }
    }

    /** All at once: the first one holds the writer until the others wait. */
    private List<CompletableFuture<Long>> inOneBatch(GroupCommit<Move, Long> commits, Move... moves) {
        CompletableFuture<Void> arrived = judge.hold();
        CompletableFuture<Long> first = commits.submit(Move.free());
        arrived.join();
        List<CompletableFuture<Long>> answers = new ArrayList<>();
        for (Move move : moves) answers.add(commits.submit(move));
        judge.letGo();
        first.join();
        return answers;
    }

    private static boolean refuses(GroupCommit<Move, Long> commits, UUID account) {
        try {
            // A unit from -1 is stale: while it is still accepted, the judge refuses it and nothing is written.
            CompletableFuture<Long> accepted = commits.submit(new Move(account, -1, List.of()));
            return accepted.isCancelled();
        } catch (Problem refused) {
            return refused.status() == 503;
        }
    }

    private static List<String> notes(Database database) {
        return database.read(sql -> sql.list("SELECT note FROM entry ORDER BY no", row -> row.text("note")));
    }
}
