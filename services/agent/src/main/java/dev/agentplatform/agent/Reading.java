package dev.agentplatform.agent;

import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.ProgramContext.Attempt;
import dev.agentplatform.engine.ProgramContext.LeafStep;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the knowledge bases of an agent say about a question. */
final class Reading {
    private static final String STEP_TYPE = "knowledge";

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
            JsonNode query = Json.object()
                    .put("knowledge_base", base.named())
                    .put("query", question)
                    .put("top_k", base.topK());
            searches.add(new LeafStep(key, STEP_TYPE, query, () -> search(base, question)));
        }
        List<String> passages = new ArrayList<>();
        for (Attempt found : context.attempts(searches)) {
            for (JsonNode passage : found.output().path("passages")) {
                String title = passage.path("title").asString("");
                String text = passage.path("text").asString("");
                passages.add(title.isEmpty() ? text : title + ": " + text);
            }
        }
        return passages;
    }

    private JsonNode search(Agent.Knowledge base, String question) throws InterruptedException {
        ObjectNode found = Json.object().put("knowledge_base", base.named());
        ArrayNode passages = found.putArray("passages");
        for (AgentKnowledge.Passage passage :
                parts.knowledge().search(run.workspaceId(), base.named(), question, base.topK())) {
            passages.addObject().put("title", passage.title()).put("text", passage.text());
        }
        return found;
    }
}
