package dev.agentplatform.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.budget.Ledger.Booking.Booked;
import dev.agentplatform.budget.Ledger.Booking.Refused;
import dev.agentplatform.budget.Ledger.Wanted;
import dev.agentplatform.budget.Lineage.Ancestor;
import dev.agentplatform.budget.UseTable.Use;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Two ledgers on one database stand for two processes. */
class LedgerTest {
    private static final Lineage NOBODY = new Lineage(List.of(), null);
    private static final long MINUTE = 60_000;

    private final TestClock clock = new TestClock();
    private final Ids ids = new Ids(clock);

    private Ledger ledger(Database database) {
        return new Ledger(database, clock, new Announcements(Outbox.unheard(clock), ids));
    }

    private Budget budget(Database database, Scope scope, Limit limit, Period period, boolean pauses) {
        Budget budget = new Budget(ids.next(), "w", null, scope, limit, period, pauses, null, 0, 0);
        database.transact(sql -> {
            BudgetTable.insert(sql, budget);
            return null;
        });
        return budget;
    }

    private static Limit tokens(long max) {
        return new Limit(null, max, null, null);
    }

    private Wanted call(long tokens) {
        return new Wanted(ids.next(), new Amount(0, tokens, 0), true, MINUTE);
    }

    private Use use(Database database, Budget budget, String key) {
        return database.read(sql -> UseTable.find(sql, "w", budget.id(), key)).orElse(Use.NONE);
    }

    @OnBothDatabases
    void manyAtOnceNeverGetMoreThanThereIs(Database database) throws Exception {
        Budget workspace = budget(database, Scope.WORKSPACE, tokens(100), Period.TOTAL, false);
        Budget user = budget(database, new Scope(Scope.USER, "u"), tokens(70), Period.TOTAL, false);
        List<Ledger> processes = List.of(ledger(database), ledger(database));
        Lineage who = new Lineage(List.of(), "u");
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Ledger process = processes.get(i % 2);
            Wanted wanted = call(7);
            calls.add(() -> {
                if (!(process.book("w", who, wanted) instanceof Booked booked)) return false;
                // A little less than was thought.
                process.settle("w", wanted.id(), booked.budgets(), new Amount(0, 5, 0));
                return true;
            });
        }
        int made = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> call : threads.invokeAll(calls)) if (call.get()) made++;
        }
        for (Budget budget : List.of(workspace, user)) {
            Use use = use(database, budget, "");
            assertThat(use.used().tokens()).isEqualTo(5L * made).isLessThanOrEqualTo(70);
            assertThat(use.reserved()).isEqualTo(Amount.NONE);
        }
        // Ten fit however they meet, and no more than use up what the user has.
        assertThat(made).isBetween(10, 14);
    }

    @OnBothDatabases
    void whatIsAskedAgainUnderOneIdIsSetAsideOnce(Database database) {
        Budget budget = budget(database, Scope.WORKSPACE, tokens(10), Period.TOTAL, false);
        Ledger ledger = ledger(database);
        Wanted wanted = call(8);
        assertThat(ledger.book("w", NOBODY, wanted)).isInstanceOf(Booked.class);
        assertThat(ledger(database).book("w", NOBODY, wanted)).isInstanceOf(Booked.class);
        assertThat(use(database, budget, "").reserved().tokens()).isEqualTo(8);
        ledger.settle("w", wanted.id(), List.of(budget.id()), new Amount(3, 4, 0));
        ledger.settle("w", wanted.id(), List.of(budget.id()), new Amount(3, 4, 0));
        Use use = use(database, budget, "");
        assertThat(use.used()).isEqualTo(new Amount(3, 4, 0));
        assertThat(use.reserved()).isEqualTo(Amount.NONE);
    }

    @OnBothDatabases
    void aCallThatNeverCameBackCountsAsItWasEstimated(Database database) {
        Budget budget = budget(database, Scope.WORKSPACE, tokens(10), Period.TOTAL, false);
        Ledger ledger = ledger(database);
        Wanted lost = call(8);
        ledger.book("w", NOBODY, lost);
        clock.advance(Duration.ofMinutes(2));
        assertThat(ledger.book("w", NOBODY, call(3))).isInstanceOf(Refused.class);
        assertThat(ledger.book("w", NOBODY, call(2))).isInstanceOf(Booked.class);
        assertThat(use(database, budget, "").used().tokens()).isEqualTo(8);
        // It comes back after all, and is not counted twice.
        ledger.settle("w", lost.id(), List.of(budget.id()), new Amount(0, 8, 0));
        assertThat(use(database, budget, "").used().tokens()).isEqualTo(8);
    }

    @OnBothDatabases
    void stepsOfAllRunsBelowCountOnceEach(Database database) {
        UUID parent = ids.nextRun();
        UUID child = ids.nextRun();
        Ancestor above = new Ancestor(parent, null, clock.millis());
        Lineage family = new Lineage(List.of(above, new Ancestor(child, null, clock.millis())), null);
        Limit limit = new Limit(null, null, 2L, null);
        Budget budget = budget(database, new Scope(Scope.RUN, parent.toString()), limit, Period.TOTAL, false);
        Ledger ledger = ledger(database);
        UUID first = Ids.step(parent, 1);
        for (int again = 0; again < 3; again++)
            assertThat(ledger.book("w", new Lineage(List.of(above), null), Wanted.step(first)))
                    .isInstanceOf(Booked.class);
        assertThat(ledger.book("w", family, Wanted.step(Ids.step(child, 1)))).isInstanceOf(Booked.class);
        assertThat(ledger.book("w", family, Wanted.step(Ids.step(child, 2)))).isInstanceOf(Refused.class);
        assertThat(use(database, budget, "").used().steps()).isEqualTo(2);
    }

    @OnBothDatabases
    void nothingBeginsWhenTheTimeOfARunIsOver(Database database) {
        UUID run = ids.nextRun();
        Lineage who = new Lineage(List.of(new Ancestor(run, null, clock.millis())), null);
        budget(database, Scope.WORKSPACE, new Limit(null, null, null, 60L), Period.RUN, false);
        Ledger ledger = ledger(database);
        clock.advance(Duration.ofSeconds(59));
        assertThat(ledger.book("w", who, Wanted.step(Ids.step(run, 1)))).isInstanceOf(Booked.class);
        clock.advance(Duration.ofSeconds(1));
        assertThat(ledger.book("w", who, Wanted.step(Ids.step(run, 2)))).isInstanceOf(Refused.class);
        assertThat(ledger.book("w", who, Wanted.step(Ids.step(run, 1)))).isInstanceOf(Refused.class);
    }

    @OnBothDatabases
    void eachPeriodAndEachRunHasItsOwn(Database database) {
        UUID definition = ids.next();
        Scope scope = new Scope(Scope.DEFINITION, definition.toString());
        budget(database, scope, tokens(10), Period.RUN, false);
        Budget daily = budget(database, scope, tokens(15), Period.DAY, false);
        Ledger ledger = ledger(database);
        Lineage one = new Lineage(List.of(new Ancestor(ids.nextRun(), definition, 0)), null);
        Lineage two = new Lineage(List.of(new Ancestor(ids.nextRun(), definition, 0)), null);
        assertThat(ledger.book("w", one, call(8))).isInstanceOf(Booked.class);
        assertThat(ledger.book("w", one, call(3))).isInstanceOf(Refused.class);
        assertThat(ledger.book("w", two, call(7))).isInstanceOf(Booked.class);
        assertThat(ledger.book("w", two, call(1)))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.budget()).isEqualTo(daily));
        clock.advance(Duration.ofDays(1));
        assertThat(ledger.book("w", two, call(1))).isInstanceOf(Booked.class);
    }

    @OnBothDatabases
    void oneThatStopsGoesBeforeOneThatPausesAndOtherWorkspacesDoNotCount(Database database) {
        budget(database, Scope.WORKSPACE, tokens(5), Period.TOTAL, true);
        Budget stops = budget(database, Scope.WORKSPACE, tokens(5), Period.TOTAL, false);
        Ledger ledger = ledger(database);
        assertThat(ledger.book("w", NOBODY, call(6)))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.budget()).isEqualTo(stops));
        assertThat(ledger.book("other", NOBODY, call(6))).isEqualTo(new Booked(List.of()));
    }

    @OnBothDatabases
    void moneyIsNotSpentWithoutAPrice(Database database) {
        budget(database, Scope.WORKSPACE, new Limit(1_000L, null, null, null), Period.TOTAL, true);
        Wanted unpriced = new Wanted(ids.next(), new Amount(0, 5, 0), false, MINUTE);
        assertThat(ledger(database).book("w", NOBODY, unpriced))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(Refusal.code(refused)).isEqualTo("budget_price_unknown"));
    }
}
