package dev.agentplatform.agent;

import dev.agentplatform.agent.Agent.Ref;
import dev.agentplatform.agent.CapabilitySource.Use;
import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.ProgramContext.Attempt;
import dev.agentplatform.engine.ProgramContext.LeafStep;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a run can call: looked up once, recorded, and used as it was then. */
final class Toolkit {
    private static final Duration TIME_LIMIT = Duration.ofMinutes(5);
    private static final int RESULT_LENGTH_MAX = 50_000;

    /**
     * @param selected for this input
     * @param auto invoked before the model speaks, even when the model acts by itself
     * @param keyed has keywords: it is offered only when they select it
     */
    private record Entry(Capability capability, boolean selected, boolean auto, boolean keyed) {}

    private final RunRecord run;
    private final AgentParts parts;
    private final List<Entry> entries = new ArrayList<>();

    private Toolkit(RunRecord run, AgentParts parts) {
        this.run = run;
        this.parts = parts;
    }

    static Toolkit lookUp(ProgramContext context, RunRecord run, AgentParts parts, Agent agent, Selection selection) {
        Toolkit toolkit = new Toolkit(run, parts);
        if (agent.tools().isEmpty() && agent.skills().isEmpty()) return toolkit;
        JsonNode found = context.step(
                AgentProgram.SELECTION, "selection", Json.nothing(), () -> toolkit.find(agent, selection));
        for (JsonNode entry : found.path("capabilities")) {
            toolkit.entries.add(new Entry(
                    Capability.read(entry),
                    entry.path("selected").asBoolean(false),
                    entry.path("auto").asBoolean(false),
                    entry.path("keyed").asBoolean(false)));
        }
        return toolkit;
    }

    private JsonNode find(Agent agent, Selection selection) {
        ObjectNode found = Json.object();
        ArrayNode capabilities = found.putArray("capabilities");
        ArrayNode missing = found.putArray("missing");
        Set<String> names = new HashSet<>();
        for (Ref ref : agent.tools()) {
            add("tool", ref, selection.tools().contains(ref), Boolean.TRUE.equals(ref.autoInvoke()), names, capabilities, missing);
        }
        for (Ref ref : agent.skills()) {
            add("skill", ref, selection.skills().contains(ref), Boolean.TRUE.equals(ref.autoInvoke()), names, capabilities, missing);
        }
        return found;
    }

    private void add(
            String source, Ref ref, boolean selected, boolean auto, Set<String> names, ArrayNode capabilities, ArrayNode missing) {
        try {
            Capability one = parts.require(source).find(run.workspaceId(), ref.named()).approved(ref.needsApproval());
            // Two of one name would be one to the model; the first counts.
            if (!names.add(one.name())) return;
            capabilities.add(one.write()
                    .put("selected", selected)
                    .put("auto", auto)
                    .put("keyed", !ref.keywords().isEmpty()));
        } catch (Problem gone) {
            if (ref.required()) throw gone;
            missing.addObject().put("source", source).put("named", ref.named()).put("code", gone.code());
        }
    }

    /** What the model may call: what was selected, and what needs no keyword to be. */
    List<Capability> offered() {
        return entries.stream()
                .filter(entry -> entry.selected() || !entry.keyed())
                .map(Entry::capability)
                .toList();
    }

    /** What is invoked without being asked for. What a person has to allow never is. */
    List<Capability> upFront(boolean modelActs) {
        return entries.stream()
                .filter(entry -> entry.selected() && (entry.auto() || !modelActs))
                .map(Entry::capability)
                .filter(one -> !one.needsApproval())
                .toList();
    }

    Optional<Capability> named(String name) {
        return entries.stream()
                .map(Entry::capability)
                .filter(one -> one.name().equals(name))
                .findFirst();
    }

    /** @param key of the step, unique in the run */
    record Request(String key, Capability capability, JsonNode input) {}

    /** Calls side by side; results in the order of the requests. */
    List<Attempt> invoke(ProgramContext context, List<Request> requests) {
        return context.attempts(requests.stream()
                .map(request -> new LeafStep(
                        request.key(),
                        request.capability().source() + ":" + request.capability().name(),
                        request.input(),
                        () -> invoke(context, request)))
                .toList());
    }

    private JsonNode invoke(ProgramContext context, Request request) throws Exception {
        Capability capability = request.capability();
        return parts.require(capability.source())
                .invoke(new Use(
                        run.workspaceId(),
                        run.id(),
                        run.sessionId(),
                        capability,
                        request.input(),
                        context.idempotencyKey(request.key()),
                        TIME_LIMIT));
    }

    /** What the model reads of a result. */
    static String told(Attempt attempt) {
        if (attempt.code() != null) return "Error " + attempt.code() + ": " + attempt.message();
        JsonNode json = attempt.output().path("output_json");
        String text = Json.isNothing(json)
                ? attempt.output().path("output_text").asString("")
                : json.isString() ? json.stringValue() : Json.write(json);
        return text.length() <= RESULT_LENGTH_MAX ? text : text.substring(0, RESULT_LENGTH_MAX) + " … (cut)";
    }
}
