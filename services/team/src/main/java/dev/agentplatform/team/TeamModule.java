package dev.agentplatform.team;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.events.Follower;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.service.DefinitionRoutes;
import dev.agentplatform.service.Definitions;
import dev.agentplatform.service.ProgramRunRoutes;
import dev.agentplatform.service.ProgramRuns;
import dev.agentplatform.web.Routes;
import java.util.UUID;
import java.util.function.BiPredicate;

/** What the room of teams contributes: a kind of run and its routes. It has no tables of its own. */
public final class TeamModule {
    private final Catalog catalog;
    private final Definitions definitions;
    private final TeamKind kind;

    /** @param autoStart what a run does that does not say */
    public TeamModule(Catalog catalog, Agents agents, boolean autoStart) {
        this.catalog = catalog;
        this.definitions = new Definitions(catalog, TeamKind.KIND);
        this.kind = new TeamKind(definitions, agents, autoStart);
    }

    /** For the engine. */
    public RunKind runKind() {
        return kind;
    }

    /** Starts and finds runs, also for those that do so without HTTP. @param sessions whether a workspace has a session */
    public ProgramRuns runs(Engine engine, Ids ids, BiPredicate<String, UUID> sessions) {
        return new ProgramRuns(engine, ids, kind, definitions, sessions);
    }

    public Definitions definitions() {
        return definitions;
    }

    public Routes routes(Engine engine, Follower follower, ProgramRuns runs) {
        Routes routes = new Routes("team", "Teams, their versions and their runs");
        new DefinitionRoutes(catalog, TeamKind.KIND).addTo(routes);
        new ProgramRunRoutes(kind, runs, engine, follower).addTo(routes);
        return routes;
    }
}
