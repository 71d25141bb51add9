package dev.agentplatform.agent;

import dev.agentplatform.agent.Agent.Ref;
import dev.agentplatform.agent.Conversation.Background;
import dev.agentplatform.agent.Conversation.Invoked;
import dev.agentplatform.engine.Executable.Program;
import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.ProgramContext.Attempt;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.service.ProgramRuns;
import dev.agentplatform.service.RunInput;
import dev.agentplatform.store.RowWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One run of an agent: remember, select, invoke what was selected, ask the model (again and again when it acts in
 * steps), keep what was said.
 *
 * <p>It is replayed by key. All that it reads from the world is a recorded step; between steps it only computes.
 */
final class AgentProgram implements Program {
    static final String SELECTION = "selection";

    private final RunRecord run;
    private final Agent agent;
    private final AgentParts parts;

    AgentProgram(RunRecord run, Agent agent, AgentParts parts) {
        this.run = run;
        this.agent = agent;
        this.parts = parts;
    }

    @Override
    public JsonNode run(ProgramContext context, JsonNode stored) {
        RunInput input = RunInput.of(stored);
        String question = question(input);
        Selection selection = Selection.of(agent, question);
        Remembering memory = new Remembering(context, run, agent, parts);
        List<String> memories = memory.read(question);
        Toolkit toolkit = Toolkit.lookUp(context, run, parts, agent, selection);
        boolean dry = ProgramRuns.isDry(run);
        List<String> passages =
                dry ? List.of() : new Reading(context, run, parts).passages(agent.knowledge(), question);
        List<Invoked> results = dry ? List.of() : invoked(context, toolkit, input);
        List<Capability> offered = agent.model().react() ? toolkit.offered() : List.of();
        Background background = new Background(memories, passages, results, history(stored));
        Conversation conversation = Conversation.begin(agent, background, question, offered);
        if (dry) return dryAnswer(conversation, selection, offered);
        Acting acting = new Acting(context, run, agent, parts, toolkit);
        ObjectNode answer = acting.converse(conversation, offered);
        memory.write(question, answer.path("output_text").asString(""));
        return with(answer, selection);
    }

    @Override
    public List<RowWrite> abandoned(RunRecord of, String key, UUID stepId, long now) {
        return parts.questions().withdraw(of, stepId, now);
    }

    /** A run without a text asks with its JSON. */
    private static String question(RunInput input) {
        if (!input.text().isEmpty() || Json.isNothing(input.json())) return input.text();
        return Json.write(input.json());
    }

    private static ArrayNode history(JsonNode stored) {
        return stored.path("history") instanceof ArrayNode history ? history : Json.array();
    }

    /** What is invoked before the model speaks: everything selected, or only what asks for it when the model acts itself. */
    private List<Invoked> invoked(ProgramContext context, Toolkit toolkit, RunInput input) {
        List<Capability> upFront = toolkit.upFront(agent.model().react());
        if (upFront.isEmpty()) return List.of();
        List<Attempt> attempts = toolkit.invoke(
                context,
                upFront.stream()
                        .map(one -> new Toolkit.Request("auto:" + one.name(), one, Given.to(one, input)))
                        .toList());
        List<Invoked> results = new ArrayList<>();
        for (int i = 0; i < upFront.size(); i++) {
            results.add(new Invoked(upFront.get(i).name(), Toolkit.told(attempts.get(i))));
        }
        return results;
    }

    private ObjectNode dryAnswer(Conversation conversation, Selection selection, List<Capability> offered) {
        ObjectNode answer = Json.object().put("output_text", "").put("dry_run", true);
        answer.set("messages", conversation.messages());
        ArrayNode names = answer.putArray("offered");
        offered.forEach(one -> names.add(one.name()));
        answer.set("usage", Usage.NONE.write());
        return with(answer, selection);
    }

    private static ObjectNode with(ObjectNode answer, Selection selection) {
        answer.set("selected_tool_refs", refs(selection.tools()));
        answer.set("selected_skill_refs", refs(selection.skills()));
        return answer;
    }

    private static ArrayNode refs(List<Ref> refs) {
        return Selection.shown(refs);
    }
}
