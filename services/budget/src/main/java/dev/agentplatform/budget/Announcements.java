package dev.agentplatform.budget;

import dev.agentplatform.budget.Ledger.Booking.Refused;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import tools.jackson.databind.node.ObjectNode;

/** The events of budgets, in the transactions of what they tell. */
final class Announcements {
    private final Outbox outbox;
    private final Ids ids;

    Announcements(Outbox outbox, Ids ids) {
        this.outbox = outbox;
        this.ids = ids;
    }

    /** Told once in each period, and again after the limit was changed: whoever asks on and on makes no flood. */
    void exceeded(Sql sql, Refused refused, long now) throws SQLException {
        Budget budget = refused.budget();
        if (refused.breach() == null || !UseTable.tell(sql, budget.workspaceId(), budget.id(), refused.periodKey()))
            return;
        tell(sql, "budget.exceeded", budget, Refusal.detail(refused), now);
    }

    void tell(Sql sql, String type, Budget budget, long now) throws SQLException {
        tell(sql, type, budget, budget.json(), now);
    }

    void raised(Sql sql, Budget budget, String periodKey, Limit limit, String by, long now) throws SQLException {
        ObjectNode payload = Json.object()
                .put("budget_id", budget.id().toString())
                .put("code", budget.code())
                .put("period_key", periodKey)
                .put("raised_by", by);
        payload.set("limit", limit.json());
        tell(sql, "budget.raised", budget, payload, now);
    }

    private void tell(Sql sql, String type, Budget budget, ObjectNode payload, long now) throws SQLException {
        outbox.publish(
                sql,
                new Outbox.Message(
                        ids.next(),
                        budget.workspaceId(),
                        type,
                        "budget",
                        "budget",
                        budget.id().toString(),
                        now,
                        Json.write(payload)));
    }
}
