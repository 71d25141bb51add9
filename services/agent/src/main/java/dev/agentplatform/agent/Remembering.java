package dev.agentplatform.agent;

import dev.agentplatform.agent.AgentMemory.Scope;
import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.service.ProgramRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The memory of one run: read before the model speaks, written after it has answered. */
final class Remembering {
    private static final int TEXT_LENGTH_MAX = 20_000;

    private final ProgramContext context;
    private final RunRecord run;
    private final Agent agent;
    private final AgentParts parts;

    Remembering(ProgramContext context, RunRecord run, Agent agent, AgentParts parts) {
        this.context = context;
        this.run = run;
        this.agent = agent;
        this.parts = parts;
    }

    List<String> read(String question) {
        if (!agent.memory().reads() || agent.memory().topK() == 0) return List.of();
        JsonNode found =
                context.step("memory:read", "memory", Json.text(agent.memory().scope()), () -> {
                    ArrayNode texts = Json.array();
                    Optional<Scope> scope = scope();
                    if (scope.isPresent()) {
                        parts.memory()
                                .recall(scope.get(), question, agent.memory().topK())
                                .forEach(texts::add);
                    }
                    return texts;
                });
        List<String> texts = new ArrayList<>();
        for (JsonNode text : found) texts.add(text.asString(""));
        return texts;
    }

    void write(String question, String answer) {
        if (!agent.memory().writes() || ProgramRuns.isDry(run)) return;
        context.step("memory:write", "memory", Json.text(agent.memory().scope()), () -> {
            Optional<Scope> scope = scope();
            if (scope.isEmpty()) return Json.object().put("kept", false);
            String text = "User: " + cut(question) + "\nAssistant: " + cut(answer);
            parts.memory()
                    .keep(
                            scope.get(),
                            context.idempotencyKey("memory:write"),
                            text,
                            agent.memory().importance());
            return Json.object().put("kept", true);
        });
    }

    /** Empty when the run has nothing of the kind, for example no session. */
    private Optional<Scope> scope() {
        String type = agent.memory().scope();
        String id = switch (type) {
            case "workspace" -> run.workspaceId();
            case "session" -> run.sessionId() == null ? null : run.sessionId().toString();
            case "user" -> user();
            case "team" -> run.metadata().path("team_id").asString(null);
            default -> run.definitionId().toString();
        };
        return Optional.ofNullable(id).map(found -> new Scope(run.workspaceId(), type, found));
    }

    private String user() {
        String named = run.metadata().path("user_id").asString(null);
        if (named != null || run.sessionId() == null) return named;
        return parts.userOf().apply(run.workspaceId(), run.sessionId());
    }

    private static String cut(String text) {
        return text.length() <= TEXT_LENGTH_MAX ? text : text.substring(0, TEXT_LENGTH_MAX);
    }
}
