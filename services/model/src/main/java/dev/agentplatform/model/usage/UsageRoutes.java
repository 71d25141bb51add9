package dev.agentplatform.model.usage;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.model.usage.UsageTable.Filter;
import dev.agentplatform.model.usage.UsageTable.Sums;
import dev.agentplatform.store.Database;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /models/usage}: the calls, and their sums. */
public final class UsageRoutes {
    static final List<String> GROUPS = List.of("day", "model", "run", "definition", "user");
    private static final Duration SPAN_DEFAULT = Duration.ofDays(30);
    private static final Duration SPAN_MAX = Duration.ofDays(400);

    private final Database database;
    private final UsageLog log;
    private final Clock clock;

    public UsageRoutes(Database database, UsageLog log, Clock clock) {
        this.database = database;
        this.log = log;
        this.clock = clock;
    }

    public void addTo(Routes routes) {
        routes.get("/models/usage", "List calls of models, newest first")
                .query("provider", "string", "Name of the provider")
                .query("model", "string", "The provider's name of the model")
                .query("status", "string", "ok, cached, failed or cancelled")
                .query("user_id", "string", "Who called")
                .query("run_id", "string", "The run that called")
                .query("definition_id", "string", "The definition whose run called")
                .query("sort", "string", "created_time or -created_time")
                .paged()
                .handle(this::list);
        routes.get("/models/usage/summary", "Sums of calls, tokens and cost")
                .query("group_by", "string", "day, model, run, definition or user; by default day")
                .query("from_time", "string", "From when on; by default 30 days before to_time")
                .query("to_time", "string", "Until when; by default now")
                .handle(this::summary);
    }

    private Reply list(Request request) {
        log.flush();
        PageRequest page = PageRequest.of(request.cursor(), request.query("sort"), request.limit());
        Filter filter = new Filter(
                request.query("provider").orElse(null),
                request.query("model").orElse(null),
                request.query("status").orElse(null),
                request.query("user_id").orElse(null),
                request.idQuery("run_id").orElse(null),
                request.idQuery("definition_id").orElse(null));
        String workspace = request.workspace().id();
        return Reply.page(database.read(sql -> UsageTable.list(sql, workspace, filter, page)), UsageRow::json);
    }

    private Reply summary(Request request) {
        log.flush();
        String by = request.query("group_by").orElse("day");
        if (!GROUPS.contains(by))
            throw Problem.malformed("malformed_parameter", "group_by", "must be one of " + String.join(", ", GROUPS));
        // A row of this very millisecond belongs to what is asked for.
        long to = time(request, "to_time", clock.millis() + 1);
        long from = time(request, "from_time", to - SPAN_DEFAULT.toMillis());
        if (from >= to || to - from > SPAN_MAX.toMillis())
            throw Problem.malformed(
                    "malformed_parameter",
                    "from_time",
                    "must be before to_time, and at most " + SPAN_MAX.toDays() + " days");
        String workspace = request.workspace().id();
        List<Sums> sums = database.read(sql -> UsageTable.summary(sql, workspace, by, from, to));
        ObjectNode answer = Json.object();
        answer.put("workspace_id", workspace);
        answer.put("tenant_id", workspace);
        answer.put("group_by", by);
        answer.put("from_time", Times.format(from));
        answer.put("to_time", Times.format(to));
        ArrayNode items = answer.putArray("items");
        for (Sums one : sums) items.add(json(workspace, by, one));
        return Reply.of(200, answer);
    }

    private static ObjectNode json(String workspace, String by, Sums sums) {
        ObjectNode json = Json.object();
        json.put("workspace_id", workspace);
        json.put("tenant_id", workspace);
        json.put(by.equals("day") || by.equals("model") ? by : by + "_id", sums.group());
        json.put("calls", sums.calls());
        json.put("failed", sums.failed());
        json.put("cached", sums.cached());
        json.put("prompt_tokens", sums.promptTokens());
        json.put("completion_tokens", sums.completionTokens());
        json.put("total_tokens", sums.promptTokens() + sums.completionTokens());
        json.put("cost_micros", sums.costMicros());
        json.put("calls_without_price", sums.unpriced());
        json.put("latency_ms_average", sums.calls() == 0 ? 0 : sums.latencyMs() / sums.calls());
        return json;
    }

    private static long time(Request request, String name, long byDefault) {
        return request.query(name)
                .map(text -> Times.parse(text)
                        .orElseThrow(() -> Problem.malformed(
                                "malformed_parameter", name, "must be a time such as 2026-01-31T12:00:00.000Z")))
                .orElse(byDefault);
    }
}
