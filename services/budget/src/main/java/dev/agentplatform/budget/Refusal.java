package dev.agentplatform.budget;

import dev.agentplatform.budget.Judgement.Breach;
import dev.agentplatform.budget.Ledger.Booking.Refused;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import tools.jackson.databind.node.ObjectNode;

/** A refusal in words, for people and for programs. */
final class Refusal {
    static final String EXCEEDED = "budget_exceeded";
    static final String PRICE_UNKNOWN = "budget_price_unknown";

    private Refusal() {}

    static String code(Refused refused) {
        return refused.breach() == null ? PRICE_UNKNOWN : EXCEEDED;
    }

    static String message(Refused refused) {
        Budget budget = refused.budget();
        Breach breach = refused.breach();
        String whose = "The budget " + budget.name() + " of "
                + (budget.scope().id() == null
                        ? "the workspace"
                        : budget.scope().type() + " " + budget.scope().id());
        if (breach == null) {
            return whose + " limits money, and the model has no known price: give it one at its provider, 0 if it is"
                    + " free.";
        }
        if (breach.kind() == Limit.Kind.SECONDS)
            return whose + " allows " + breach.limit() + " seconds, and " + breach.taken() + " have passed.";
        return whose + " allows " + breach.limit() + " " + breach.kind().word() + "; " + breach.taken()
                + " are used or set aside, and this needs up to " + breach.wanted() + " more.";
    }

    /** {@code {budget_id, code, scope_type, scope_id, kind, limit, used, estimated, period_key, period_end}}. */
    static ObjectNode detail(Refused refused) {
        Budget budget = refused.budget();
        Breach breach = refused.breach();
        return Json.object()
                .put("budget_id", budget.id().toString())
                .put("code", budget.code())
                .put("scope_type", budget.scope().type())
                .put("scope_id", budget.scope().id())
                .put("kind", breach.kind().word())
                .put("limit", breach.limit())
                .put("used", breach.taken())
                .put("estimated", breach.wanted())
                .put("period_key", refused.periodKey())
                .put("period_end", Times.formatOrNull(refused.periodEnd()));
    }
}
