package dev.agentplatform.agent;

import dev.agentplatform.agent.CapabilitySource.Use;
import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.ProgramContext.Attempt;
import dev.agentplatform.engine.ProgramContext.LeafStep;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What the knowledge bases of an agent say about a question. */
final class Reading {
    private static final String SOURCE = "knowledge";
    private static final Duration TIME_LIMIT = Duration.ofSeconds(30);

    private final ProgramContext context;
    private final RunRecord run;
    private final AgentParts parts;

    Reading(ProgramContext context, RunRecord run, AgentParts parts) {
        this.context = context;
        this.run = run;
        this.parts = parts;
    }

    List<String> passages(List<Agent.Knowledge> bases, String question) {
        if (bases.isEmpty()) return List.of();
        List<LeafStep> searches = new ArrayList<>();
        for (int i = 0; i < bases.size(); i++) {
            Agent.Knowledge base = bases.get(i);
            String key = "knowledge:" + i;
            JsonNode query = Json.object().put("query", question).put("top_k", base.topK());
            searches.add(new LeafStep(key, SOURCE, query, () -> search(base, query, key)));
        }
        List<String> passages = new ArrayList<>();
        for (Attempt found : context.attempts(searches)) {
            for (JsonNode chunk : found.output().path("output_json").path("chunks")) {
                String title = chunk.path("title").asString("");
                String text = chunk.path("content_text").asString("");
                passages.add(title.isEmpty() ? text : title + ": " + text);
            }
        }
        return passages;
    }

    private JsonNode search(Agent.Knowledge base, JsonNode query, String key) throws Exception {
        CapabilitySource source = parts.require(SOURCE);
        Capability capability = source.find(run, base.named());
        return source.invoke(new Use(run, capability, query, context.idempotencyKey(key), TIME_LIMIT));
    }
}
