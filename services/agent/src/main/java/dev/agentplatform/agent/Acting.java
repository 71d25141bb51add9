package dev.agentplatform.agent;

import dev.agentplatform.agent.Conversation.Call;
import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.ProgramContext.Attempt;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.language.JsonSchema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The loop of an agent: the model answers, or calls something and answers later; at most so many times. */
final class Acting {
    private static final int REPAIRS_MAX = 2;

    private final ProgramContext context;
    private final Agent agent;
    private final Toolkit toolkit;
    private final ModelCalls calls;
    private final Approvals approvals;
    private Usage usage = Usage.NONE;

    Acting(ProgramContext context, RunRecord run, Agent agent, AgentParts parts, Toolkit toolkit) {
        this.context = context;
        this.agent = agent;
        this.toolkit = toolkit;
        this.calls = new ModelCalls(context, run, agent, parts.models());
        this.approvals = new Approvals(context, run, parts.questions());
    }

    /** @return {@code {output_text, output_json?, finish_reason, usage}} */
    ObjectNode converse(Conversation conversation, List<Capability> offered) {
        int max = agent.model().react() ? agent.model().callsMax() : 1;
        int repairs = Json.isNothing(agent.outputSchema()) ? 0 : REPAIRS_MAX;
        for (int no = 1; ; no++) {
            boolean last = no >= max;
            JsonNode said = calls.ask(no, conversation.request(offered, last), conversation.size());
            usage = usage.plus(said.path("usage"));
            JsonNode message = said.path("message");
            String text = message.path("content").asString("");
            List<Call> wanted = wanted(message, text, offered);
            if (!wanted.isEmpty() && !last) {
                act(conversation, message, wanted, no);
                continue;
            }
            String answer = finished(text);
            Optional<String> misfit = misfit(answer);
            if (misfit.isEmpty() || repairs-- <= 0) return answer(answer, misfit, last && !wanted.isEmpty());
            conversation.assistant(message);
            conversation.user(
                    "Your answer does not fit the JSON Schema: " + misfit.get() + ". Give it again, corrected.");
            // A repair is one more call than the steps of the agent.
            max++;
        }
    }

    /** Calls in the provider's form, or the one that the text names in ours. */
    private List<Call> wanted(JsonNode message, String text, List<Capability> offered) {
        List<Call> calls = Conversation.calls(message);
        if (!calls.isEmpty() || offered.isEmpty()) return calls;
        return switch (Action.read(text).orElse(null)) {
            case Action.UseTool use -> List.of(new Call(null, use.code(), use.input(), null));
            case Action.Malformed broken -> List.of(new Call(null, "", null, broken.why()));
            case Action.Finish finish -> List.of();
            case null -> List.of();
        };
    }

    private static String finished(String text) {
        return Action.read(text).orElse(null) instanceof Action.Finish finish ? finish.answer() : text;
    }

    private void act(Conversation conversation, JsonNode message, List<Call> wanted, int no) {
        conversation.assistant(message);
        List<String> told = new ArrayList<>(Collections.nCopies(wanted.size(), null));
        List<Toolkit.Request> requests = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            Call call = wanted.get(i);
            String key = "tool:" + no + ":" + (call.id() == null ? String.valueOf(i) : call.id() + ":" + i);
            Optional<Capability> capability = toolkit.named(call.name());
            if (call.malformed() != null) told.set(i, "Error: " + call.malformed());
            else if (capability.isEmpty()) told.set(i, "Error: there is no tool called " + call.name() + ".");
            else {
                Approvals.Decision decision = approvals.decide(key, capability.get(), call.input());
                if (decision.refusal() != null) told.set(i, decision.refusal());
                else {
                    requests.add(new Toolkit.Request(key, capability.get(), decision.input()));
                    places.add(i);
                }
            }
        }
        List<Attempt> attempts = requests.isEmpty() ? List.of() : toolkit.invoke(context, requests);
        for (int i = 0; i < attempts.size(); i++) told.set(places.get(i), Toolkit.told(attempts.get(i)));
        for (int i = 0; i < wanted.size(); i++) tell(conversation, wanted.get(i), told.get(i));
    }

    private static void tell(Conversation conversation, Call call, String result) {
        if (call.id() != null) conversation.toolResult(call.id(), result);
        else conversation.user("Result of " + (call.name().isEmpty() ? "your action" : call.name()) + ":\n" + result);
    }

    /** What is wrong with an answer that must fit a schema. */
    private Optional<String> misfit(String answer) {
        if (Json.isNothing(agent.outputSchema())) return Optional.empty();
        Optional<JsonNode> json = json(answer);
        if (json.isEmpty()) return Optional.of("it is not JSON");
        List<FieldError> errors = JsonSchema.errors("output_json", agent.outputSchema(), json.get());
        return errors.stream().findFirst().map(error -> error.path() + " " + error.message());
    }

    private static Optional<JsonNode> json(String text) {
        String stripped = text.strip();
        int fence = stripped.startsWith("```") ? stripped.indexOf('\n') + 1 : 0;
        int end = fence > 0 && stripped.endsWith("```") ? stripped.length() - 3 : stripped.length();
        try {
            return Optional.of(Json.parse(stripped.substring(fence, Math.max(fence, end))));
        } catch (IllegalArgumentException prose) {
            return Optional.empty();
        }
    }

    private ObjectNode answer(String text, Optional<String> misfit, boolean exhausted) {
        if (misfit.isPresent()) {
            throw new Problem(422, "output_invalid", "The answer does not fit the schema of outputs: " + misfit.get());
        }
        ObjectNode answer = Json.object().put("output_text", text);
        if (!Json.isNothing(agent.outputSchema()))
            answer.set("output_json", json(text).orElseThrow());
        answer.put("finish_reason", exhausted ? "max_steps" : "finished");
        answer.set("usage", usage.write());
        return answer;
    }
}
