package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.Arrival;
import dev.agentplatform.engine.NodeConfig;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.service.RunInput;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * {@code agent, team, skill}: runs one as a child and passes its answer on; holds nothing meanwhile.
 *
 * <p>A text as input is what it is asked; anything else is its {@code input_json}.
 */
public final class ProgramNode implements NodeType {
    private final String kind;
    private final Starts starts;

    /** Makes the run of a node. The app knows the rooms of agents, this one does not. */
    @FunctionalInterface
    public interface Starts {
        /**
         * @param idOrCode null when only the version is named
         * @param version null for the latest published one
         * @throws dev.agentplatform.kernel.Problem 404, 409 {@code no_published_version}, 422
         */
        Submission of(RunRecord run, String idOrCode, String version, RunInput input);
    }

    /** @param kind the name of the type, and what its fields begin with */
    public ProgramNode(String kind, Starts starts) {
        this.kind = kind;
        this.starts = starts;
    }

    @Override
    public String name() {
        return kind;
    }

    @Override
    public boolean effect() {
        return false;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        String[] fields = {kind + "_id", kind + "_code", kind + "_version_id", "input", "input_json", "input_text"};
        return new Running(kind, starts, CompiledTree.parse(NodeConfig.only(config, fields)));
    }

    private record Running(String kind, Starts starts, CompiledTree config) implements NodeWork {
        @Override
        public Outcome execute(NodeContext context) {
            JsonNode resolved = config.resolve(context.scope());
            String named = text(resolved, kind + "_id", kind + "_code");
            String version = text(resolved, kind + "_version_id");
            Submission child = starts.of(context.run(), named, version, input(resolved));
            return new Outcome.Wait("child", 0, Json.nothing(), List.of(new Outcome.ChildRun(child, 0)), List.of());
        }

        @Override
        public Outcome resume(NodeContext context, Arrival arrival) {
            NodeContext.ChildResult child = context.results().get().getFirst();
            JsonNode result = child.output().json();
            if (child.completed())
                return Outcome.done(result, result.path("output_text").asString(null));
            String code = child.errorCode() == null ? child.status() : child.errorCode();
            JsonNode output =
                    Json.object().put("run_id", child.runId().toString()).put("status", child.status());
            return new Outcome.Fail(
                    "child_failed", "The child run is " + child.status() + ": " + code, true, output, Json.nothing());
        }
    }

    private static RunInput input(JsonNode config) {
        JsonNode given = NodeConfig.first(config, "input", "input_json");
        String text = NodeConfig.text(config.path("input_text"));
        if (given.isString()) return new RunInput(text.isEmpty() ? given.stringValue() : text, Json.nothing());
        return new RunInput(text, given);
    }

    private static String text(JsonNode config, String... names) {
        String text = NodeConfig.text(NodeConfig.first(config, names)).strip();
        return text.isEmpty() ? null : text;
    }
}
