package dev.agentplatform.app;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.DefinitionFilter;
import dev.agentplatform.catalog.DefinitionVersion;
import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.runtime.Runs;
import dev.agentplatform.runtime.StartRun;
import dev.agentplatform.service.ProgramRuns;
import dev.agentplatform.service.RunInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs of published definitions of every kind, for clients that know them by name alone. Drafts and archived versions
 * are not there.
 */
final class PublishedRuns {
    static final List<String> KINDS = List.of("agent", "team", "workflow", "skill");

    private static final int PAGE = 200;

    private final Catalog catalog;
    private final Runs workflows;
    private final Map<String, ProgramRuns> programs;
    private final BiFunction<VersionBody, String, JsonNode> skillInput;

    /**
     * @param programs by kind
     * @param skillInput what a version of a skill is given of a text
     */
    PublishedRuns(
            Catalog catalog,
            Runs workflows,
            Map<String, ProgramRuns> programs,
            BiFunction<VersionBody, String, JsonNode> skillInput) {
        this.catalog = catalog;
        this.workflows = workflows;
        this.programs = Map.copyOf(programs);
        this.skillInput = skillInput;
    }

    /** A definition and the version of it that runs. */
    record Target(Definition definition, VersionBody version) {}

    /**
     * @param idOrCode of a definition of this kind
     * @param version number or id; null for the latest published one
     * @throws Problem 404, 409 {@code no_published_version}, {@code not_published}
     */
    Target resolve(String workspaceId, String kind, String idOrCode, String version) {
        Definition definition = Ids.parse(idOrCode)
                .map(id -> catalog.find(workspaceId, kind, id))
                .orElseGet(() -> catalog.findByCode(workspaceId, kind, idOrCode)
                        .orElseThrow(() -> Problem.notFound(kind, idOrCode)));
        if (version == null) return new Target(definition, catalog.latestPublished(workspaceId, kind, definition.id()));
        Optional<UUID> id = Ids.parse(version);
        DefinitionVersion named = id.isPresent()
                ? catalog.version(workspaceId, kind, id.get())
                : catalog.version(workspaceId, kind, definition.id(), Integer.parseInt(version));
        if (!named.definitionId().equals(definition.id())) throw Problem.notFound(kind + " version", version);
        if (named.status() != VersionStatus.PUBLISHED) {
            throw Problem.conflict("not_published", "Version " + version + " of " + idOrCode + " is not published.");
        }
        return new Target(definition, catalog.body(workspaceId, kind, named.id()));
    }

    /**
     * Starts a run, which goes on by itself.
     *
     * @param input {@code json} JSON null for what knows only a text: a workflow gets it as {@code text} and {@code
     *     query}, with the {@code history}; a skill for the parameter that is called like one
     * @param sessionId null for none
     * @param metadata as programs know it; workflows keep it under {@code metadata}
     * @param reservedId the id that the run gets; starting one id twice makes one run
     * @throws Problem 404 for the session, 422 for the input
     */
    RunRecord start(Target target, RunInput input, UUID sessionId, ObjectNode metadata, Optional<UUID> reservedId) {
        VersionBody version = target.version();
        return switch (target.definition().kind()) {
            case "workflow" ->
                workflows.start(
                        version.workspaceId(),
                        workflow(version, sessionId, workflowInput(input), metadata),
                        reservedId);
            case "skill" -> {
                JsonNode json = Json.isNothing(input.json()) ? skillInput.apply(version, input.text()) : input.json();
                RunInput given = new RunInput(input.text(), json);
                yield programs.get("skill").start(version, sessionId, given, metadata, reservedId);
            }
            case String kind -> programs.get(kind).start(version, sessionId, input, metadata, reservedId);
        };
    }

    private static JsonNode workflowInput(RunInput input) {
        if (!Json.isNothing(input.json())) return input.json();
        ObjectNode json = Json.object().put("text", input.text()).put("query", input.text());
        if (!input.history().isEmpty()) json.set("history", input.history());
        return json;
    }

    private static StartRun workflow(VersionBody version, UUID sessionId, JsonNode input, ObjectNode metadata) {
        return new StartRun(null, null, null, version.id(), sessionId, null, input, null, true, null, null, metadata);
    }

    /** Those of one kind that have a published version, newest first, at most {@code limit}. */
    List<Definition> list(String workspaceId, String kind, int limit) {
        List<Definition> found = new ArrayList<>();
        UUID after = null;
        while (true) {
            Page<Definition> page = catalog.list(
                    workspaceId, new DefinitionFilter(kind, null, null, null), new PageRequest(after, false, PAGE));
            for (Definition one : page.items()) {
                if (one.publishedVersionId() != null) found.add(one);
                if (found.size() == limit) return found;
            }
            if (page.nextCursor() == null) return found;
            after = page.items().getLast().id();
        }
    }
}
