package dev.agentplatform.budget;

import dev.agentplatform.budget.Judgement.State;
import dev.agentplatform.budget.UseTable.Use;
import dev.agentplatform.kernel.Json;
import tools.jackson.databind.node.ObjectNode;

/** The use of a budget as the API shows it. */
final class Shown {
    private Shown() {}

    /** {@code {used, reserved, raised_limit, remaining}}; {@code remaining} is 0 at the least. */
    static ObjectNode use(Budget budget, Use use, long seconds) {
        Limit limit = budget.limit().plus(use.extra());
        State state = new State(limit, use.used(), use.reserved(), seconds);
        ObjectNode json = Json.object();
        ObjectNode used = json.putObject("used")
                .put("cost_micros", use.used().cost())
                .put("tokens", use.used().tokens());
        if (limit.steps() != null) used.put("steps", use.used().steps());
        if (limit.seconds() != null) used.put("seconds", seconds);
        json.putObject("reserved")
                .put("cost_micros", use.reserved().cost())
                .put("tokens", use.reserved().tokens());
        json.set("raised_limit", limit.equals(budget.limit()) ? Json.nothing() : limit.json());
        json.set("remaining", state.remaining().json());
        return json;
    }
}
