package dev.agentplatform.skill;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.code.CodeRunner;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.events.Follower;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Problem;
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
import tools.jackson.databind.JsonNode;

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

    /** Starts and finds runs, also for those that do so without HTTP. @param sessions whether a workspace has a session */
    public ProgramRuns runs(Engine engine, Ids ids, BiPredicate<String, UUID> sessions) {
        return new ProgramRuns(engine, ids, kind, definitions, sessions);
    }

    public Definitions definitions() {
        return definitions;
    }

    /**
     * What a caller of another room must know of a skill.
     *
     * @param isRun a call of it is a run of the skill; others can be called at once
     */
    public record Described(
            UUID skillId, UUID versionId, String code, String description, JsonNode parameters, boolean isRun) {}

    /** @throws Problem 404, 409 {@code no_published_version} */
    public Described describe(String workspaceId, String idOrCode) {
        Definition found = definitions.find(workspaceId, idOrCode);
        VersionBody version = definitions.resolve(workspaceId, found.id().toString(), null);
        Skill skill = Skill.of(version.body());
        return new Described(
                found.id(),
                version.id(),
                found.code(),
                found.description() == null ? found.name() : found.description(),
                skill.parameters(),
                skill.implementation() instanceof Implementation.Child);
    }

    /** Calls a skill that is no run. Answers {@code {output_text, output_json}}. @throws Problem with what failed */
    public JsonNode call(String workspaceId, UUID versionId, JsonNode input, String idempotencyKey)
            throws InterruptedException {
        Skill skill = Skill.of(definitions.version(workspaceId, versionId).body());
        SkillInput.check(skill, input);
        JsonNode answer = work.call(skill.implementation(), input, idempotencyKey);
        SkillProgram.check(skill, answer);
        return answer;
    }

    public Routes routes(Engine engine, Follower follower, ProgramRuns runs, Database database, Clock clock, Ids ids) {
        Routes routes = new Routes("skill", "Skills, their installations and their runs");
        new DefinitionRoutes(catalog, SkillKind.KIND).addTo(routes);
        new InstallationRoutes(database, clock, ids, definitions).addTo(routes);
        new ProgramRunRoutes(kind, runs, engine, follower).addTo(routes);
        return routes;
    }
}
