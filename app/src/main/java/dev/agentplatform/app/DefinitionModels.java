package dev.agentplatform.app;

import dev.agentplatform.auth.Permission;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.gateway.access.Rights;
import dev.agentplatform.human.HumanTasks;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.model.published.DefinitionName;
import dev.agentplatform.model.published.PublishedDefinitions;
import dev.agentplatform.model.published.Question;
import dev.agentplatform.service.ProgramRuns;
import dev.agentplatform.service.RunInput;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Reservation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Agents, teams, workflows and skills as models: who may ask them, and what a chat gives them. */
record DefinitionModels(PublishedRuns runs, Rights rights, HumanTasks people) implements PublishedDefinitions {
    private static final int TASKS_MAX = 20;

    @Override
    public RunRecord start(Request request, DefinitionName name, Question question) {
        PublishedRuns.Target target = resolve(request, name);
        if (!mayExecute(request, target.definition())) {
            throw Problem.forbidden(
                    "execute_forbidden",
                    "The caller may not execute " + name + "; the right " + execute(target.definition())
                            + " is missing.");
        }
        boolean json = name.kind().equals("workflow") || name.kind().equals("skill");
        JsonNode given = json ? question.json() : Json.nothing();
        ObjectNode metadata = Json.object();
        request.principal().userId().ifPresent(user -> metadata.put(ProgramRuns.USER, user));
        if (question.stream()) metadata.put(ProgramRuns.STREAM, true);
        return runs.start(
                target,
                new RunInput(question.text(), given, question.history()),
                question.sessionId(),
                metadata,
                request.idempotency().map(Reservation::reservedId));
    }

    /** What is not there, and what is not published, is a model that does not exist. */
    private PublishedRuns.Target resolve(Request request, DefinitionName name) {
        try {
            return runs.resolve(request.workspace().id(), name.kind(), name.named(), name.version());
        } catch (Problem missing) {
            if (missing.status() != 404 && missing.status() != 409) throw missing;
            throw new Problem(404, "model_not_found", "The model '" + name + "' does not exist: " + missing.detail());
        }
    }

    /** Who may write a kind may execute all of it, as at its own address. */
    private boolean mayExecute(Request request, Definition definition) {
        String room = definition.kind().equals("workflow") ? "runtime" : definition.kind();
        return rights.has(request, Permission.write(room)) || rights.has(request, execute(definition));
    }

    private static Permission execute(Definition definition) {
        return new Permission(definition.kind(), "execute", definition.code());
    }

    @Override
    public List<Listed> list(Request request, int limit) {
        List<Listed> listed = new ArrayList<>();
        for (String kind : PublishedRuns.KINDS) {
            runs.list(request.workspace().id(), kind, limit).stream()
                    .filter(one -> mayExecute(request, one))
                    .map(DefinitionModels::listed)
                    .forEach(listed::add);
        }
        return listed;
    }

    @Override
    public Optional<Listed> find(Request request, DefinitionName name) {
        PublishedRuns.Target target = resolve(request, name);
        if (!mayExecute(request, target.definition())) return Optional.empty();
        return Optional.of(new Listed(name.toString(), target.definition().createdTime()));
    }

    private static Listed listed(Definition definition) {
        return new Listed(definition.kind() + ":" + definition.code(), definition.createdTime());
    }

    @Override
    public List<ObjectNode> humanTasks(String workspaceId, UUID runId) {
        return people.waitingOf(workspaceId, runId, TASKS_MAX).stream()
                .map(task -> Json.object()
                        .put("id", task.id().toString())
                        .put("title", task.title())
                        .put("task_type", task.taskType()))
                .toList();
    }
}
