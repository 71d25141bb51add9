package dev.agentplatform.store;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.store.Judge.Judgement;
import dev.agentplatform.store.Judge.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A toy fence: a unit moves its account from one number to the next, or is refused. */
final class Accounts implements Judge<Accounts.Move, Long> {
    static final Shape OPEN = Shape.insert(
            "account",
            10,
            Shape.id("id"),
            Shape.text("name"),
            Shape.number("number"),
            Shape.small("small"),
            Shape.id("other"));
    static final Shape MOVE = Shape.update("account", 20, List.of(Shape.id("id")), Shape.number("number"));
    static final Shape DESCRIBE = Shape.update(
            "account",
            21,
            List.of(Shape.id("id")),
            Shape.text("name"),
            Shape.number("number"),
            Shape.small("small"),
            Shape.id("other"));
    static final Shape ENTER = Shape.insert("entry", 30, Shape.id("account"), Shape.small("no"), Shape.text("note"));
    static final Shape NOTE =
            Shape.update("entry", 35, List.of(Shape.id("account"), Shape.small("no")), Shape.text("note"));
    static final Shape STRIKE = Shape.delete("entry", 40, Shape.id("account"), Shape.small("no"));
    static final Shape CLOSE = Shape.delete("account", 50, Shape.id("id"));

    /** {@code account} null: no fence. */
    record Move(UUID account, long from, List<RowWrite> rows) {
        static Move free(RowWrite... rows) {
            return new Move(null, 0, List.of(rows));
        }
    }

    static final class Stale extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    final Ids ids = new Ids(Clock.systemUTC());
    final List<Integer> batchSizes = new ArrayList<>();
    final AtomicInteger commits = new AtomicInteger();
    final AtomicInteger rollbacks = new AtomicInteger();
    private final Semaphore gate = new Semaphore(0);
    private volatile boolean held;
    private volatile CompletableFuture<Void> arrived = new CompletableFuture<>();

    /** The next batches wait at the judge until {@link #letGo}; completes when one has arrived. */
    CompletableFuture<Void> hold() {
        arrived = new CompletableFuture<>();
        held = true;
        return arrived;
    }

    void letGo() {
        held = false;
        gate.release();
    }

    @Override
    public Judgement<Long> judge(Connection connection, Dialect dialect, List<Move> units) throws SQLException {
        if (held) {
            arrived.complete(null);
            gate.acquireUninterruptibly();
        }
        batchSizes.add(units.size());
        Sql sql = new Sql(connection, dialect);
        sql.update(dialect.begin());
        Map<UUID, Long> numbers = new HashMap<>();
        List<UUID> fenced = units.stream()
                .map(Move::account)
                .filter(id -> id != null)
                .distinct()
                .sorted()
                .toList();
        sql.list(
                "SELECT id, number FROM account WHERE id IN (" + Sql.marks(fenced) + ") ORDER BY id"
                        + dialect.forUpdate(),
                row -> numbers.put(row.id("id"), row.number("number")),
                fenced);
        List<RowWrite> writes = new ArrayList<>();
        List<Verdict<Long>> verdicts = new ArrayList<>();
        for (Move move : units) {
            if (move.account() == null) {
                verdicts.add(new Verdict.Passed<>(0L));
            } else if (!Long.valueOf(move.from()).equals(numbers.get(move.account()))) {
                verdicts.add(new Verdict.Refused<>(new Stale()));
                continue;
            } else {
                long next = move.from() + 1;
                numbers.put(move.account(), next);
                writes.add(MOVE.row(move.account(), next));
                verdicts.add(new Verdict.Passed<>(next));
            }
            writes.addAll(move.rows());
        }
        return new Judgement<>(writes, verdicts);
    }

    @Override
    public void committed() {
        commits.incrementAndGet();
    }

    @Override
    public void rolledBack() {
        rollbacks.incrementAndGet();
    }

    static UUID open(Database database, Ids ids) {
        UUID id = ids.next();
        database.transact(sql -> sql.update("INSERT INTO account (id, number) VALUES (?, 0)", id));
        return id;
    }

    static long number(Database database, UUID account) {
        return database.read(
                        sql -> sql.one("SELECT number FROM account WHERE id = ?", row -> row.number("number"), account))
                .orElseThrow();
    }

    static long entries(Database database) {
        return database.read(sql -> sql.one("SELECT count(*) AS n FROM entry", row -> row.number("n")))
                .orElseThrow();
    }
}
