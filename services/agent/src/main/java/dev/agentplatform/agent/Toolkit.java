package dev.agentplatform.agent;

import dev.agentplatform.agent.Agent.Ref;
import dev.agentplatform.agent.CapabilitySource.Use;
import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.ProgramContext.Attempt;
import dev.agentplatform.engine.ProgramContext.ChildCall;
import dev.agentplatform.engine.ProgramContext.ChildEnd;
import dev.agentplatform.engine.ProgramContext.LeafStep;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
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
        JsonNode found =
                context.step(AgentProgram.SELECTION, "selection", Json.nothing(), () -> toolkit.find(agent, selection));
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
            add(
                    "tool",
                    ref,
                    selection.tools().contains(ref),
                    Boolean.TRUE.equals(ref.autoInvoke()),
                    names,
                    capabilities,
                    missing);
        }
        for (Ref ref : agent.skills()) {
            add(
                    "skill",
                    ref,
                    selection.skills().contains(ref),
                    Boolean.TRUE.equals(ref.autoInvoke()),
                    names,
                    capabilities,
                    missing);
        }
        return found;
    }

    private void add(
            String source,
            Ref ref,
            boolean selected,
            boolean auto,
            Set<String> names,
            ArrayNode capabilities,
            ArrayNode missing) {
        try {
            Capability one = parts.require(source).find(run, ref.named()).approved(ref.needsApproval());
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
        List<Attempt> attempts = new ArrayList<>(Collections.nCopies(requests.size(), null));
        List<Integer> leaves = places(requests, false);
        List<Attempt> done = leaves.isEmpty()
                ? List.of()
                : context.attempts(
                        leaves.stream().map(i -> leaf(context, requests.get(i))).toList());
        for (int i = 0; i < leaves.size(); i++) attempts.set(leaves.get(i), done.get(i));
        runs(context, requests, attempts);
        return attempts;
    }

    /** What cannot begin, for example because its input does not fit, is an answer too: nothing is started for it. */
    private void runs(ProgramContext context, List<Request> requests, List<Attempt> attempts) {
        List<Integer> all = places(requests, true);
        if (all.isEmpty()) return;
        List<Attempt> checked = context.attempts(
                all.stream().map(i -> check(context, requests.get(i))).toList());
        List<Integer> started = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (checked.get(i).code() == null) started.add(all.get(i));
            else attempts.set(all.get(i), checked.get(i));
        }
        if (started.isEmpty()) return;
        List<ChildEnd> ended = context.children(
                started.stream().map(i -> child(context, requests.get(i))).toList());
        for (int i = 0; i < started.size(); i++) attempts.set(started.get(i), attempt(ended.get(i)));
    }

    private LeafStep check(ProgramContext context, Request request) {
        String key = Invocations.keyOf(request.capability(), request.key()) + ":check";
        return new LeafStep(key, Invocations.CHECK, request.input(), () -> {
            source(request).childRun(use(context, request));
            return Json.object();
        });
    }

    private static List<Integer> places(List<Request> requests, boolean runs) {
        return IntStream.range(0, requests.size())
                .filter(i -> requests.get(i).capability().isRun() == runs)
                .boxed()
                .toList();
    }

    private LeafStep leaf(ProgramContext context, Request request) {
        return new LeafStep(
                request.key(),
                Invocations.typeOf(request.capability()),
                request.input(),
                () -> source(request).invoke(use(context, request)));
    }

    private ChildCall child(ProgramContext context, Request request) {
        String key = Invocations.keyOf(request.capability(), request.key());
        return new ChildCall(key, () -> source(request).childRun(use(context, request)));
    }

    private CapabilitySource source(Request request) {
        return parts.require(request.capability().source());
    }

    private Use use(ProgramContext context, Request request) {
        return new Use(run, request.capability(), request.input(), context.idempotencyKey(request.key()), TIME_LIMIT);
    }

    /** Runs of programs answer in our form already; those of workflows with what they like. */
    private static Attempt attempt(ChildEnd end) {
        JsonNode output = end.output();
        if (!end.completed() || output.has("output_text")) {
            return new Attempt(output, end.errorCode(), end.errorMessage());
        }
        return new Attempt(Json.object().set("output_json", output), null, null);
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
