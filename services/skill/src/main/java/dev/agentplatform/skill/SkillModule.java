package dev.agentplatform.skill;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.code.CodeRunner;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.events.Follower;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.service.DefinitionRoutes;
import dev.agentplatform.service.Definitions;
import dev.agentplatform.service.ProgramRunRoutes;
import dev.agentplatform.service.ProgramRuns;
import dev.agentplatform.store.Database;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.util.UUID;
import java.util.function.BiPredicate;

/** What the room of skills contributes: a kind of run and its routes. Its migration is V1.20. */
public final class SkillModule {
    private final Catalog catalog;
    private final Definitions definitions;
    private final SkillKind kind;
    private final SkillWork work;

    public SkillModule(Catalog catalog, OutboundClient outbound, CodeRunner code, ChildRuns children) {
        this.catalog = catalog;
        this.definitions = new Definitions(catalog, SkillKind.KIND);
        this.work = new SkillWork(outbound, code);
        this.kind = new SkillKind(definitions, work, children);
    }

    /** For the engine. */
    public RunKind runKind() {
        return kind;
    }

    /** @param sessions whether a workspace has a session */
    public Routes routes(
            Engine engine,
            Follower follower,
            Database database,
            Clock clock,
            Ids ids,
            BiPredicate<String, UUID> sessions) {
        Routes routes = new Routes("skill", "Skills, their installations and their runs");
        new DefinitionRoutes(catalog, SkillKind.KIND).addTo(routes);
        new InstallationRoutes(database, clock, ids, definitions).addTo(routes);
        ProgramRuns runs = new ProgramRuns(engine, ids, kind, definitions, sessions);
        new ProgramRunRoutes(kind, runs, engine, follower).addTo(routes);
        return routes;
    }
}
