package dev.agentplatform.app.flowtest;

import dev.agentplatform.engine.Arrival;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.workflow.dsl.NodeTypes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * Stands in front of every type of node. A mocked node gives what its test says instead of working; one that would reach
 * outside is refused; the rest work as ever, but no time passes.
 */
final class MockedNodes implements UnaryOperator<NodeType> {
    private static final Set<String> OUTSIDE = Set.of(
            "http-request",
            "tool",
            "llm",
            "question-classifier",
            "parameter-extractor",
            "knowledge-retrieval",
            "agent",
            "team",
            "skill");

    private record Running(FlowTest test, Map<String, AtomicInteger> calls) {}

    /** By workspace: each test has its own. */
    private final Map<String, Running> tests = new ConcurrentHashMap<>();

    void begin(String workspaceId, FlowTest test) {
        tests.put(workspaceId, new Running(test, new ConcurrentHashMap<>()));
    }

    @Override
    public NodeType apply(NodeType type) {
        return new Mocked(type);
    }

    private final class Mocked implements NodeType {
        private final NodeType real;

        Mocked(NodeType real) {
            this.real = real;
        }

        @Override
        public String name() {
            return real.name();
        }

        @Override
        public boolean effect() {
            return real.effect();
        }

        /** The real one is prepared too, so that a fault in the config is found. */
        @Override
        public NodeWork prepare(JsonNode config) {
            NodeWork work = real.prepare(config);
            JsonNode templates = NodeTypes.standard()
                    .find(name())
                    .map(info -> info.templates(config))
                    .orElse(Json.object());
            boolean outside =
                    OUTSIDE.contains(name()) && !(name().equals("knowledge-retrieval") && config.has("documents"));
            return new Work(work, CompiledTree.parse(templates), outside);
        }
    }

    private final class Work implements NodeWork {
        private final NodeWork real;
        private final CompiledTree templates;
        private final boolean outside;

        Work(NodeWork real, CompiledTree templates, boolean outside) {
            this.real = real;
            this.templates = templates;
            this.outside = outside;
        }

        @Override
        public Outcome execute(NodeContext context) throws Exception {
            Running running = tests.get(context.run().workspaceId());
            String body = context.run().options().body();
            String precise = body == null ? context.nodeId() : body + "/" + context.nodeId();
            for (String key : List.of(precise, context.nodeId())) {
                JsonNode mock = running.test().mocks().path(key);
                if (!mock.isMissingNode()) return mocked(running, key, mock, context);
            }
            boolean allowed = running.test().allow().contains(precise)
                    || running.test().allow().contains(context.nodeId());
            if (real == null || (outside && !allowed)) {
                return Outcome.fail(
                        "not_mocked", "Node " + precise + " would reach outside: give it a mock, or name it in allow.");
            }
            return soon(real.execute(context), running, context);
        }

        private Outcome mocked(Running running, String key, JsonNode mock, NodeContext context) {
            int call = running.calls()
                    .computeIfAbsent(key, unknown -> new AtomicInteger())
                    .getAndIncrement();
            if (mock.isArray() && call >= mock.size()) {
                return Outcome.fail(
                        "mock_exhausted",
                        "Node " + key + " was called " + (call + 1) + " times; its mock has " + mock.size()
                                + " results.");
            }
            JsonNode result = mock.isArray() ? mock.get(call) : mock;
            JsonNode input = templates.resolve(context.scope());
            JsonNode error = result.path("error");
            if (error.isObject()) {
                return new Outcome.Fail(
                        error.path("code").asString(),
                        error.path("message").asString("mocked"),
                        error.path("retryable").asBoolean(true),
                        error.has("output") ? error.get("output") : Json.nothing(),
                        input);
            }
            JsonNode output = result.has("output") ? result.get("output") : Json.nothing();
            String text = result.path("text").asString(output.isString() ? output.stringValue() : null);
            String route = result.path("route").asString(output.path("route").asString(null));
            return new Outcome.Done(output, text, route, null, input, List.of());
        }

        @Override
        public Outcome resume(NodeContext context, Arrival arrival) throws Exception {
            return soon(real.resume(context, arrival), tests.get(context.run().workspaceId()), context);
        }

        @Override
        public List<RowWrite> abandoned(NodeContext context) {
            return real == null ? List.of() : real.abandoned(context);
        }
    }

    /** What waits for a time waits no longer; so does a person of whom the test says that nobody answers. */
    private static Outcome soon(Outcome outcome, Running running, NodeContext context) {
        if (!(outcome instanceof Outcome.Wait wait)) return outcome;
        JsonNode answer = running.test().answers().path(context.nodeId());
        boolean nobody = answer.path("status").asString("").equals("timeout") && wait.until() > 0;
        if (!wait.on().equals("time") && !nobody) return outcome;
        return new Outcome.Wait(wait.on(), context.now() + 1, wait.note(), wait.children(), wait.rows());
    }
}
