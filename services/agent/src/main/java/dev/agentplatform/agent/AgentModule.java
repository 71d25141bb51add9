package dev.agentplatform.agent;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.RunFilter;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.RunViews;
import dev.agentplatform.engine.StepRecord;
import dev.agentplatform.events.Follower;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.service.DefinitionRoutes;
import dev.agentplatform.service.Definitions;
import dev.agentplatform.service.ProgramRunRoutes;
import dev.agentplatform.service.ProgramRuns;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Routes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiPredicate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the room of agents contributes: a kind of run and its routes. It has no tables of its own. */
public final class AgentModule {
    private static final int STEPS_PAGE = 500;

    private final Catalog catalog;
    private final Definitions definitions;
    private final AgentKind kind;

    /** @param autoStart what a run does that does not say */
    public AgentModule(Catalog catalog, AgentParts parts, boolean autoStart) {
        this.catalog = catalog;
        this.definitions = new Definitions(catalog, AgentKind.kind(parts.memory() != null));
        this.kind = new AgentKind(definitions, parts, autoStart);
    }

    /** For the engine. */
    public RunKind runKind() {
        return kind;
    }

    public Definitions definitions() {
        return definitions;
    }

    /** Whether a version does nothing to the outside but ask the mock. */
    public boolean harmless(VersionBody version) {
        return kind.harmless(version.workspaceId(), Agent.of(version.body()));
    }

    /** Starts and finds runs, also for those that do so without HTTP. @param sessions whether a workspace has a session */
    public ProgramRuns runs(Engine engine, Ids ids, BiPredicate<String, UUID> sessions) {
        return new ProgramRuns(engine, ids, kind, definitions, sessions);
    }

    public Routes routes(Engine engine, Follower follower, ProgramRuns runs) {
        Routes routes = new Routes("agent", "Agents, their versions and their runs");
        new DefinitionRoutes(catalog, definitions.kind()).addTo(routes);
        new ProgramRunRoutes(kind, runs, engine, follower).addTo(routes);
        routes.get("/agents/runs/{id}/tool-invocations", "Lists what a run called, and what it selected")
                .handle(request -> invocations(request, runs, engine));
        return routes;
    }

    private static Reply invocations(Request request, ProgramRuns runs, Engine engine) {
        RunViews views = new RunViews(engine);
        RunRecord run = runs.find(request.workspace().id(), request.id("id"));
        List<StepRecord> steps = new ArrayList<>();
        List<StepRecord> page;
        do {
            page = views.steps(run, steps.isEmpty() ? 0 : steps.getLast().no(), STEPS_PAGE);
            steps.addAll(page);
        } while (page.size() == STEPS_PAGE);
        ArrayNode items = Json.array();
        Invocations.of(run, steps, children(run, steps, engine)).forEach(items::add);
        ObjectNode list = Json.object();
        list.set("items", items);
        return Reply.of(200, list.putNull("next_cursor"));
    }

    private static Map<Integer, RunRecord> children(RunRecord run, List<StepRecord> steps, Engine engine) {
        Map<Integer, RunRecord> children = new HashMap<>();
        if (steps.stream().noneMatch(step -> step.type().equals("child"))) return children;
        RunFilter ofRun = new RunFilter(run.workspaceId(), null, null, null, null, run.id(), null, true);
        for (RunRecord child : engine.list(ofRun, null, ProgramContext.CHILDREN_MAX)) {
            // Lists leave out what a run was given.
            engine.find(run.workspaceId(), child.id())
                    .ifPresent(whole -> children.put(child.parent().no(), whole));
        }
        return children;
    }
}
