package dev.agentplatform.service;

import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunOptions;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Binder;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiPredicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Starts runs of one kind of program and finds them. */
public final class ProgramRuns {
    private static final String DRY_RUN = "dry_run";

    private final Engine engine;
    private final Ids ids;
    private final RunnableKind kind;
    private final Definitions definitions;
    private final BiPredicate<String, UUID> sessions;

    /** @param sessions whether a workspace has a session */
    public ProgramRuns(
            Engine engine, Ids ids, RunnableKind kind, Definitions definitions, BiPredicate<String, UUID> sessions) {
        this.engine = engine;
        this.ids = ids;
        this.kind = kind;
        this.definitions = definitions;
        this.sessions = sessions;
    }

    /** Which definition a run takes; one of the two may be null. */
    public record Choice(String idOrCode, UUID versionId) {}

    /**
     * @param reservedId the id that the run gets; starting one id twice makes one run
     * @throws Problem 404 or 422 that names the field, 409 {@code no_published_version}
     */
    public RunRecord start(String workspaceId, Choice choice, StartProgram asked, Optional<UUID> reservedId) {
        return start(workspaceId, choice, asked, reservedId, null);
    }

    /** Starts a run as a POST with this body would. @param alongside rows of the caller; null for none */
    public RunRecord start(String workspaceId, ObjectNode body, Optional<UUID> reservedId, Engine.Alongside alongside) {
        return start(workspaceId, choice(body), Binder.bind(body, StartProgram.class), reservedId, alongside);
    }

    /** Looks at a body without making anything. @throws Problem 422 that names the field */
    public void check(ObjectNode body) {
        Binder.bind(body, StartProgram.class);
        Choice choice = choice(body);
        if (choice.idOrCode() == null && choice.versionId() == null) {
            throw Problem.invalid(kind.definitions().idField(), "is required");
        }
    }

    /** Which definition a body names. @throws Problem 422 */
    Choice choice(JsonNode body) {
        String idField = kind.definitions().idField();
        String versionField = kind.definitions().versionIdField();
        JsonNode named = body.path(idField);
        JsonNode version = body.path(versionField);
        if (!Json.isNothing(named) && !named.isString()) throw Problem.invalid(idField, "must be a text");
        UUID versionId = Json.isNothing(version)
                ? null
                : Ids.parse(version.asString(""))
                        .orElseThrow(() -> Problem.invalid(versionField, "must be an id (a UUID)"));
        return new Choice(Json.isNothing(named) ? null : named.stringValue(), versionId);
    }

    private RunRecord start(
            String workspaceId,
            Choice choice,
            StartProgram asked,
            Optional<UUID> reservedId,
            Engine.Alongside alongside) {
        if (asked.sessionId() != null && !sessions.test(workspaceId, asked.sessionId())) {
            throw Problem.notFound("session", asked.sessionId());
        }
        VersionBody version = definitions.resolve(workspaceId, choice.idOrCode(), choice.versionId());
        kind.checkInput(version, asked.input());
        Submission submission = new Submission(
                reservedId.orElseGet(ids::nextRun),
                workspaceId,
                kind.definitions().name(),
                version.definitionId(),
                version.id(),
                asked.sessionId(),
                asked.input().stored(),
                metadata(asked),
                options(asked),
                null);
        return engine.submit(submission, alongside);
    }

    /** @throws Problem 404 also for runs of other kinds */
    public RunRecord find(String workspaceId, UUID id) {
        return engine.find(workspaceId, id)
                .filter(run -> run.kind().equals(kind.definitions().name()))
                .orElseThrow(() -> Problem.notFound("run", id));
    }

    /** Whether a run does nothing to the outside. */
    public static boolean isDry(RunRecord run) {
        return run.metadata().path(DRY_RUN).asBoolean(false);
    }

    /** The metadata of a run that becomes a dry run. */
    static JsonNode dry(RunRecord run) {
        ObjectNode metadata = Json.object();
        if (run.metadata().isObject())
            run.metadata().properties().forEach(field -> metadata.set(field.getKey(), field.getValue()));
        return metadata.put(DRY_RUN, true);
    }

    private static JsonNode metadata(StartProgram asked) {
        ObjectNode kept = Json.object();
        if (asked.appId() != null) kept.put("app_id", asked.appId());
        if (Boolean.TRUE.equals(asked.dryRun())) kept.put(DRY_RUN, true);
        if (!Json.isNothing(asked.metadataJson())) kept.set("metadata", asked.metadataJson());
        return kept.isEmpty() ? Json.nothing() : kept;
    }

    private RunOptions options(StartProgram asked) {
        return new RunOptions(
                asked.priority() == null ? 0 : asked.priority(),
                asked.autoStart() == null ? kind.autoStart() : asked.autoStart(),
                Json.nothing(),
                asked.timeoutSeconds() == null ? 0 : asked.timeoutSeconds() * 1_000L,
                0,
                null);
    }
}
