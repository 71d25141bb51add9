package dev.agentplatform.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.testkit.Databases;
import dev.agentplatform.testkit.OnBothDatabases;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Reads and closures, and what may be bound and read. */
class TransactionTest {
    private final Ids ids = new Ids(Clock.systemUTC());

    @OnBothDatabases
    void committedRowsAreRead(Database database) {
        UUID id = ids.next();
        int inserted = database.transact(
                sql -> sql.update("INSERT INTO account (id, name, number) VALUES (?, ?, ?)", id, "a", 7L));
        assertThat(inserted).isEqualTo(1);
        String name = database.read(sql -> sql.one("SELECT name FROM account WHERE id = ?", r -> r.text("name"), id))
                .orElseThrow();
        assertThat(name).isEqualTo("a");
        assertThat(database.metrics().closures()).isEqualTo(1);
    }

    @OnBothDatabases
    void everyTypeComesBackAsItWent(Database database) {
        UUID id = ids.next();
        var data = Json.object().put("a", "ü");
        database.transact(sql -> {
            String json = sql.dialect().jsonbParameter();
            sql.update(
                    "INSERT INTO account (id, name, number, small, other, data) VALUES (?, ?, ?, ?, ?, " + json + ")",
                    id,
                    "naïve ✓ 𝄞",
                    Long.MIN_VALUE,
                    Integer.MAX_VALUE,
                    id,
                    data);
            sql.update(
                    "INSERT INTO entry (account, no, note, amount, done, content) VALUES (?, ?, ?, ?, ?, ?)",
                    id,
                    1,
                    Thread.State.NEW,
                    0.1,
                    true,
                    new byte[] {0, -1});
            sql.update("INSERT INTO account (id, number) VALUES (?, ?)", ids.next(), Instant.ofEpochMilli(99));
            return sql.update(
                    "INSERT INTO entry (account, no, note, amount, done, content) VALUES (?, ?, ?, ?, ?, ?)",
                    id,
                    2,
                    null,
                    null,
                    null,
                    null);
        });
        database.read(sql -> {
            assertThat(sql.list(
                            "SELECT * FROM account WHERE id = ?",
                            row -> {
                                assertThat(row.id("id")).isEqualTo(id);
                                assertThat(row.text("name")).isEqualTo("naïve ✓ 𝄞");
                                assertThat(row.number("number")).isEqualTo(Long.MIN_VALUE);
                                assertThat(row.small("small")).isEqualTo(Integer.MAX_VALUE);
                                assertThat(row.id("other")).isEqualTo(id);
                                assertThat(row.json("data")).isEqualTo(data);
                                return row;
                            },
                            id))
                    .hasSize(1);
            assertThat(sql.one("SELECT number FROM account WHERE number = ?", r -> r.time("number"), 99L))
                    .contains(Instant.ofEpochMilli(99));
            assertThat(sql.list(
                            "SELECT * FROM entry WHERE account = ? AND no = 1",
                            row -> {
                                assertThat(row.text("note")).isEqualTo("NEW");
                                assertThat(row.decimal("amount")).isEqualTo(0.1);
                                assertThat(row.flag("done")).isTrue();
                                assertThat(row.bytes("content")).containsExactly(0, -1);
                                return row;
                            },
                            id))
                    .hasSize(1);
            return sql.one(
                            "SELECT e.*, a.other FROM entry e LEFT JOIN account a ON a.id = ? WHERE no = 2",
                            row -> {
                                assertThat(row.text("note")).isNull();
                                assertThat(row.decimalOrNull("amount")).isNull();
                                assertThat(row.flagOrNull("done")).isNull();
                                assertThat(row.numberOrNull("amount")).isNull();
                                assertThat(row.smallOrNull("done")).isNull();
                                assertThat(row.timeOrNull("done")).isNull();
                                assertThat(row.idOrNull("other")).isNull();
                                assertThat(row.bytes("content")).isNull();
                                assertThat(row.json("note").isNull()).isTrue();
                                assertThatThrownBy(() -> row.id("other")).hasMessageContaining("other is null");
                                return row;
                            },
                            ids.next())
                    .orElseThrow();
        });
    }

    @OnBothDatabases
    void listsOfIdsExpand(Database database) {
        List<UUID> all = new ArrayList<>();
        database.transact(sql -> {
            for (int i = 0; i < 5; i++) {
                UUID id = ids.next();
                all.add(id);
                sql.update("INSERT INTO account (id, number) VALUES (?, ?)", id, i);
            }
            return null;
        });
        for (List<UUID> wanted : List.of(all, all.subList(0, 3), all.subList(0, 1), List.<UUID>of())) {
            List<UUID> found = database.read(sql -> sql.list(
                    "SELECT id FROM account WHERE number >= ? AND id IN (" + Sql.marks(wanted) + ") AND number < ?"
                            + " ORDER BY number",
                    row -> row.id("id"),
                    0,
                    wanted,
                    100));
            assertThat(found).isEqualTo(wanted);
        }
    }

    @OnBothDatabases
    void whateverTheWorkThrowsRollsBackAndReachesTheCaller(Database database) {
        UUID id = ids.next();
        Problem conflict = Problem.conflict("taken", "no");
        assertThatThrownBy(() -> database.transact(sql -> {
                    sql.update("INSERT INTO account (id) VALUES (?)", id);
                    throw conflict;
                }))
                .isSameAs(conflict);
        assertThatThrownBy(() -> database.transact(sql -> {
                    sql.update("INSERT INTO account (id) VALUES (?)", id);
                    throw new AssertionError("fault");
                }))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> database.transact(sql -> sql.update("INSERT INTO nowhere VALUES (1)")))
                .isInstanceOf(DatabaseFailure.class)
                .hasMessageContaining("nowhere");
        assertThat(count(database)).isZero();
    }

    @OnBothDatabases
    void aTakenKeyIsAUniqueViolationAndHarmsNobodyElse(Database database) {
        database.transact(sql -> sql.update("INSERT INTO account (id, name) VALUES (?, 'taken')", ids.next()));
        CountDownLatch together = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> good = new ArrayList<>();
            List<Future<Integer>> bad = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String name = "n" + i;
                good.add(threads.submit(() -> {
                    together.await();
                    return database.transact(
                            sql -> sql.update("INSERT INTO account (id, name) VALUES (?, ?)", ids.next(), name));
                }));
                bad.add(threads.submit(() -> {
                    together.await();
                    return database.transact(sql -> {
                        sql.update("INSERT INTO account (id) VALUES (?)", ids.next());
                        return sql.update("INSERT INTO account (id, name) VALUES (?, 'taken')", ids.next());
                    });
                }));
            }
            together.countDown();
            for (Future<Integer> future : good) assertThat(future).succeedsWithin(Duration.ofSeconds(10));
            for (Future<Integer> future : bad) {
                assertThatThrownBy(future::get)
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(UniqueViolation.class);
            }
        }
        assertThat(count(database)).isEqualTo(21);
    }

    @OnBothDatabases
    void anInterruptDoesNotDisturbTheDatabase(Database database) {
        CompletableFuture<Boolean> stillSet = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            Thread.currentThread().interrupt();
            database.transact(sql -> sql.update("INSERT INTO account (id) VALUES (?)", ids.next()));
            database.read(sql -> sql.list("SELECT id FROM account", row -> row.id("id")));
            stillSet.complete(Thread.currentThread().isInterrupted());
        });
        assertThat(stillSet.join()).isTrue();
        assertThat(count(database)).isEqualTo(1);
    }

    @OnBothDatabases
    void aClosedDatabaseRefuses(Database database) {
        database.close();
        database.close();
        assertThatThrownBy(() -> database.transact(sql -> sql.update("DELETE FROM account")))
                .isInstanceOfSatisfying(
                        Problem.class, p -> assertThat(p.status()).isEqualTo(503));
        assertThatThrownBy(() -> database.read(sql -> sql.list("SELECT 1", row -> row)))
                .isInstanceOfSatisfying(
                        Problem.class, p -> assertThat(p.status()).isEqualTo(503));
    }

    @OnBothDatabases
    void theSameStatementMayRunInsideItsOwnResult(Database database) {
        database.transact(sql -> sql.update("INSERT INTO account (id, number) VALUES (?, 1)", ids.next()));
        String text = "SELECT number FROM account WHERE number = ?";
        List<List<Long>> nested = database.read(sql -> sql.list(
                text,
                row -> {
                    List<Long> inner = sql.list(text, again -> again.number("number"), 1);
                    assertThat(row.number("number")).isEqualTo(1);
                    return inner;
                },
                1));
        assertThat(nested).containsExactly(List.of(1L));
    }

    @OnBothDatabases
    void deadlocksAreTriedAgainUntilBothPass(Database database) {
        UUID first = ids.next();
        UUID second = ids.next();
        database.transact(sql -> sql.update("INSERT INTO account (id, number) VALUES (?, 0), (?, 0)", first, second));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch bothHoldOne = new CountDownLatch(database.dialect() == Dialect.SQLITE ? 1 : 2);
            List<Future<Integer>> both = new ArrayList<>();
            for (List<UUID> order : List.of(List.of(first, second), List.of(second, first))) {
                AtomicBoolean again = new AtomicBoolean();
                both.add(threads.submit(() -> database.transact(sql -> {
                    String add = "UPDATE account SET number = number + 1 WHERE id = ?";
                    sql.update(add, order.get(0));
                    bothHoldOne.countDown();
                    if (!again.getAndSet(true)) awaitQuietly(bothHoldOne);
                    return sql.update(add, order.get(1));
                })));
            }
            for (Future<Integer> one : both) assertThat(one).succeedsWithin(Duration.ofSeconds(10));
        }
        List<Long> numbers = database.read(sql -> sql.list("SELECT number FROM account", row -> row.number("number")));
        assertThat(numbers).containsExactly(2L, 2L);
    }

    @Test
    void aSlowReadOfSqliteIsCutOff() {
        Database opened = Databases.fresh(Dialect.SQLITE);
        DatabaseSettings impatient = new DatabaseSettings(opened.settings().url(), 2, 1, Duration.ofMillis(50));
        try (Database database = Database.open(impatient)) {
            assertThatThrownBy(() -> database.read(sql -> sql.one(
                            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) AS n FROM c",
                            row -> row.number("n"))))
                    .isInstanceOfSatisfying(
                            Problem.class, p -> assertThat(p.status()).isEqualTo(503));
            assertThat(count(database)).isZero();
        } finally {
            Databases.drop(opened);
        }
    }

    @Test
    void aTransactionInsideATransactionIsAFaultOnSqlite() {
        Database database = Databases.fresh(Dialect.SQLITE);
        assertThatThrownBy(() -> database.transact(sql -> database.transact(inner -> 1)))
                .isInstanceOf(IllegalStateException.class);
        Databases.drop(database);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static long count(Database database) {
        return database.read(sql -> sql.one("SELECT count(*) AS n FROM account", row -> row.number("n")))
                .orElseThrow();
    }
}
