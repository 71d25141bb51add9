package dev.agentplatform.budget;

import dev.agentplatform.budget.Judgement.Breach;
import dev.agentplatform.budget.Judgement.State;
import dev.agentplatform.budget.UseTable.Entry;
import dev.agentplatform.budget.UseTable.Use;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Books what is wanted, in one transaction under the locks of all budgets that count it: so however many ask at once, in
 * however many processes, what is used and set aside never exceeds a limit.
 */
final class Ledger {
    /** Entries of calls that never came back, taken in at a time. */
    private static final int EXPIRED_MAX = 1_000;

    private final Database database;
    private final Clock clock;
    private final Announcements announcements;

    Ledger(Database database, Clock clock, Announcements announcements) {
        this.database = database;
        this.clock = clock;
        this.announcements = announcements;
    }

    /**
     * What is wanted.
     *
     * @param id names it: what is booked again under one id is booked once
     * @param priced whether its cost is known
     * @param millis after which what is set aside counts as used; null for a step, which is used at once
     */
    record Wanted(UUID id, Amount amount, boolean priced, Long millis) {
        static Wanted step(UUID stepId) {
            return new Wanted(stepId, Amount.STEP, true, null);
        }

        boolean isStep() {
            return millis == null;
        }
    }

    /** What came of it. */
    sealed interface Booking {
        /** @param budgets those that count it */
        record Booked(List<UUID> budgets) implements Booking {}

        /** Nothing was booked. @param breach null when the price has to be known and is not */
        record Refused(Budget budget, String periodKey, Breach breach, long periodEnd) implements Booking {}
    }

    /** A budget that counts what is wanted, as it stands under its lock. */
    private record Account(Budget budget, String periodKey, Use use, Entry earlier) {
        State state(long seconds) {
            Amount reserved = use.reserved();
            // What is asked for again takes the place of what was set aside for it.
            if (earlier != null) reserved = reserved.plus(new Amount(-cost(), -tokens(), 0));
            return new State(budget.limit().plus(use.extra()), use.used(), reserved, seconds);
        }

        private long cost() {
            return earlier.amount().cost();
        }

        private long tokens() {
            return earlier.amount().tokens();
        }
    }

    Booking book(String workspaceId, Lineage who, Wanted wanted) {
        return database.transact(sql -> {
            long now = clock.millis();
            List<Account> accounts = accounts(sql, workspaceId, who, wanted, now);
            Booking.Refused refused = refused(accounts, who, wanted, now);
            if (refused != null) {
                announcements.exceeded(sql, refused, now);
                return refused;
            }
            for (Account account : accounts) write(sql, account, wanted, now);
            return new Booking.Booked(
                    accounts.stream().map(account -> account.budget().id()).toList());
        });
    }

    private List<Account> accounts(Sql sql, String workspaceId, Lineage who, Wanted wanted, long now)
            throws SQLException {
        List<Account> accounts = new ArrayList<>();
        for (Budget budget : BudgetTable.lock(sql, workspaceId, who.scopes())) {
            if (!who.concerns(budget) || (wanted.isStep() && !budget.limit().ofSteps())) continue;
            String key = who.periodKey(budget, now);
            takeInExpired(sql, budget, now);
            Entry earlier =
                    UseTable.entry(sql, workspaceId, budget.id(), wanted.id()).orElse(null);
            accounts.add(new Account(budget, key, UseTable.open(sql, workspaceId, budget.id(), key), earlier));
        }
        return accounts;
    }

    /** Calls whose process went: what was set aside for them may have been used. */
    private static void takeInExpired(Sql sql, Budget budget, long now) throws SQLException {
        for (Entry entry : UseTable.expired(sql, budget.workspaceId(), budget.id(), now, EXPIRED_MAX)) {
            UseTable.release(sql, budget.workspaceId(), budget.id(), entry);
            UseTable.use(sql, budget.workspaceId(), budget.id(), entry.periodKey(), entry.amount());
        }
    }

    /** Null when all of them allow it. One that stops goes before one that pauses: no leave would help. */
    private static Booking.Refused refused(List<Account> accounts, Lineage who, Wanted wanted, long now) {
        Booking.Refused found = null;
        for (Account account : accounts) {
            Budget budget = account.budget();
            if (!wanted.priced() && budget.limit().cost() != null)
                return new Booking.Refused(budget, account.periodKey(), null, 0);
            boolean counted = wanted.isStep() && account.earlier() != null;
            Optional<Breach> breach =
                    Judgement.breach(account.state(who.seconds(budget, now)), counted ? Amount.NONE : wanted.amount());
            boolean worse = found == null || (found.budget().pauses() && !budget.pauses());
            if (breach.isPresent() && worse)
                found = new Booking.Refused(
                        budget,
                        account.periodKey(),
                        breach.get(),
                        budget.period().end(now));
        }
        return found;
    }

    private static void write(Sql sql, Account account, Wanted wanted, long now) throws SQLException {
        UUID id = account.budget().id();
        String workspaceId = account.budget().workspaceId();
        if (account.earlier() != null) {
            if (wanted.isStep()) return;
            UseTable.release(sql, workspaceId, id, account.earlier());
        }
        Entry entry = new Entry(wanted.id(), account.periodKey(), wanted.amount());
        Long expires = wanted.isStep() ? null : Long.valueOf(now + wanted.millis());
        UseTable.insert(sql, workspaceId, id, entry, expires);
        if (wanted.isStep()) UseTable.use(sql, workspaceId, id, account.periodKey(), wanted.amount());
    }

    /** Puts what was used in the place of what was set aside. What expired before counts as it was estimated. */
    void settle(String workspaceId, UUID entryId, List<UUID> budgets, Amount used) {
        database.transact(sql -> {
            for (UUID budgetId : budgets) {
                if (BudgetTable.lock(sql, workspaceId, budgetId).isEmpty()) continue;
                Optional<Entry> entry = UseTable.entry(sql, workspaceId, budgetId, entryId);
                if (entry.isEmpty()) continue;
                UseTable.release(sql, workspaceId, budgetId, entry.get());
                UseTable.use(sql, workspaceId, budgetId, entry.get().periodKey(), used);
            }
            return null;
        });
    }
}
