package dev.agentplatform.budget;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Binder;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /budgets}. */
final class BudgetRoutes {
    static final int CODE_LENGTH_MAX = 128;

    private final Budgets budgets;
    private final Clock clock;

    private BudgetRoutes(Budgets budgets, Clock clock) {
        this.budgets = budgets;
        this.clock = clock;
    }

    static Routes of(Budgets budgets, Clock clock) {
        BudgetRoutes budget = new BudgetRoutes(budgets, clock);
        Routes routes = new Routes("budget", "Limits in money, tokens, steps and time");
        routes.post("/budgets", "Sets a limit").body(Create.class).handle(budget::create);
        routes.get("/budgets", "Lists budgets, newest first; without their use")
                .paged()
                .query("scope_type", "string", "workspace, user, definition or run")
                .query("scope_id", "string", "Only of this scope; needs scope_type")
                .query("code", "string", "The one with this code")
                .query("sort", "string", "created_time or -created_time")
                .handle(budget::list);
        routes.get("/budgets/{id}", "Shows a budget: what is used, set aside and left in the period of now")
                .query("run_id", "string", "Of which run, when each has its own")
                .handle(budget::get);
        routes.patch("/budgets/{id}", "Changes a budget; fields left out stay. What waits for it tries again")
                .body(Change.class)
                .handle(budget::change);
        routes.delete("/budgets/{id}", "Deletes a budget; what waits for it goes on")
                .answers(204, "Deleted")
                .handle(budget::delete);
        routes.post("/budgets/{id}/raise", "Raises a budget for the period of now alone; what waits for it goes on")
                .body(Raise.class)
                .handle(budget::raise);
        return routes;
    }

    record Create(
            @Length(min = 1, max = CODE_LENGTH_MAX) @Doc("The caller's own name for it, unique in the workspace")
            String code,

            @Required @OneOf({"workspace", "tenant", "user", "definition", "run"})
            String scopeType,

            @Length(max = Scope.ID_LENGTH_MAX) @Doc("May be left out for the workspace")
            String scopeId,

            @Required
            @Alias("limit_json")
            @Doc("cost_micros (millionths of a US dollar), tokens, steps, seconds; one at least")
            JsonNode limit,

            @OneOf({"total", "run", "hour", "day", "month"})
            @Doc("What is used counts for ever (by default), for each run anew, or in an hour, day or month (UTC)")
            String period,

            @OneOf({"stop", "pause"})
            @Doc("stop (by default): the step or call fails. pause: a run waits until a person raises the budget")
            String onExceed,

            @Alias("approver") @Length(min = 1, max = 200) @Doc("Who alone may answer when a run asks")
            String assignedTo) {}

    record Change(
            @Length(min = 1, max = CODE_LENGTH_MAX) String code,
            @Alias("limit_json") @Doc("All limits anew") JsonNode limit,
            @OneOf({"stop", "pause"}) String onExceed,

            @Alias("approver") @Length(min = 1, max = 200) @Doc("null: anybody who may change budgets")
            String assignedTo) {}

    record Raise(
            @Required @Alias("limit_json") @Doc("The limits of this period; those left out go back to the budget's")
            JsonNode limit,

            @Doc("Of which run, when each has its own") UUID runId) {}

    /** The {@code budget_json} of a request for a run. */
    record OfRun(
            @Required JsonNode limit,
            @OneOf({"stop", "pause"}) String onExceed,

            @Alias("approver") @Length(min = 1, max = 200) String assignedTo) {}

    /** @throws Problem 422 that names the field below {@code budget_json} */
    static Budgets.Draft ofRun(JsonNode json) {
        if (!(json instanceof ObjectNode object)) throw Problem.invalid("budget_json", "must be an object");
        OfRun body = bound(object);
        return new Budgets.Draft(
                null,
                Scope.WORKSPACE,
                Limit.read("budget_json.limit", body.limit()),
                Period.TOTAL,
                "pause".equals(body.onExceed()),
                body.assignedTo());
    }

    private static OfRun bound(ObjectNode json) {
        try {
            return Binder.bind(json, OfRun.class);
        } catch (Problem wrong) {
            throw Problem.invalid(wrong.errors().stream()
                    .map(error -> new FieldError("budget_json." + error.path(), error.message()))
                    .toList());
        }
    }

    private Reply create(Request request) {
        Create body = request.body(Create.class);
        String workspaceId = request.workspace().id();
        Budgets.Draft draft = new Budgets.Draft(
                body.code(),
                Scope.of(workspaceId, type(body.scopeType()), body.scopeId()),
                Limit.read("limit", body.limit()),
                body.period() == null ? Period.TOTAL : Period.of(body.period()),
                "pause".equals(body.onExceed()),
                body.assignedTo());
        return Reply.of(201, budgets.shown(budgets.create(workspaceId, draft), null));
    }

    /** Tenant is the older word. */
    private static String type(String word) {
        return "tenant".equals(word) ? Scope.WORKSPACE.type() : word;
    }

    private Reply list(Request request) {
        String workspaceId = request.workspace().id();
        String type = type(request.query("scope_type").orElse(null));
        if (type != null && !Scope.TYPES.contains(type))
            throw Problem.malformed("malformed_parameter", "scope_type", "must be one of " + Scope.TYPES);
        String id = request.query("scope_id").orElse(null);
        if (id != null && type == null)
            throw Problem.malformed("malformed_parameter", "scope_id", "needs scope_type beside it");
        String scope = id == null ? null : Scope.of(workspaceId, type, id).key();
        BudgetTable.Filter filter =
                new BudgetTable.Filter(type, scope, request.query("code").orElse(null));
        PageRequest page = PageRequest.of(request.cursor(), request.query("sort"), request.limit());
        return Reply.page(budgets.list(workspaceId, filter, page), Budget::json);
    }

    private Reply get(Request request) {
        Budget budget = budgets.get(request.workspace().id(), id(request));
        return Reply.of(200, budgets.shown(budget, request.idQuery("run_id").orElse(null)));
    }

    private static UUID id(Request request) {
        return request.id("id", "budget");
    }

    private Reply change(Request request) {
        Change body = request.body(Change.class);
        JsonNode raw = request.rawJson();
        Budgets.Change change = new Budgets.Change(
                body.code(),
                Json.isNothing(body.limit()) ? null : Limit.read("limit", body.limit()),
                body.onExceed() == null ? null : body.onExceed().equals("pause"),
                body.assignedTo(),
                raw.has("assigned_to") || raw.has("approver"));
        return Reply.of(200, budgets.shown(budgets.change(request.workspace().id(), id(request), change), null));
    }

    private Reply delete(Request request) {
        budgets.delete(request.workspace().id(), id(request));
        return Reply.empty(204);
    }

    private Reply raise(Request request) {
        Raise body = request.body(Raise.class);
        String workspaceId = request.workspace().id();
        Budget budget = budgets.get(workspaceId, id(request));
        String key = Budgets.periodKey(budget, body.runId(), clock.millis())
                .orElseThrow(() -> Problem.invalid("run_id", "is required: each run has a budget of its own"));
        String by = request.principal().userId().orElse(null);
        Limit limit = Limit.read("limit", body.limit());
        return Reply.of(200, budgets.shown(budgets.raise(workspaceId, budget.id(), key, limit, by), body.runId()));
    }
}
