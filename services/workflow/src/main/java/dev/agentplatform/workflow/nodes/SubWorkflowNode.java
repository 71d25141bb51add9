package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.Arrival;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.engine.RunOptions;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.language.Template;
import dev.agentplatform.workflow.compile.WorkflowKind;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** {@code workflow}: runs another workflow as a child and passes its result on; holds nothing meanwhile. */
public final class SubWorkflowNode implements NodeType {
    private final WorkflowTargets targets;

    public SubWorkflowNode(WorkflowTargets targets) {
        this.targets = targets;
    }

    @Override
    public String name() {
        return "workflow";
    }

    @Override
    public boolean effect() {
        return false;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        Target target = Target.of(config);
        CompiledTree input = CompiledTree.parse(config.has("input") ? config.get("input") : config.path("input_json"));
        return new Work(targets, target, input);
    }

    /** Which workflow a node names, in templates. */
    record Target(Template workflow, Template version) {
        static Target of(JsonNode config) {
            String named = config.has("workflow_id") ? "workflow_id" : "workflow_code";
            return new Target(text(config, named), text(config, "workflow_version_id"));
        }

        private static Template text(JsonNode config, String field) {
            return config.path(field).isString()
                    ? Template.parse(config.get(field).asString())
                    : null;
        }

        WorkflowTargets.Version resolve(WorkflowTargets targets, NodeContext context) {
            return targets.resolve(
                    context.run().workspaceId(),
                    workflow == null ? null : workflow.render(context.scope()),
                    version == null ? null : version.render(context.scope()));
        }
    }

    private record Work(WorkflowTargets targets, Target target, CompiledTree input) implements NodeWork {
        @Override
        public Outcome execute(NodeContext context) {
            WorkflowTargets.Version version = target.resolve(targets, context);
            Submission child = new Submission(
                    context.ids().nextRun(),
                    context.run().workspaceId(),
                    WorkflowKind.NAME,
                    version.workflowId(),
                    version.versionId(),
                    context.run().sessionId(),
                    input.resolve(context.scope()),
                    Json.nothing(),
                    RunOptions.USUAL,
                    null);
            return new Outcome.Wait("child", 0, Json.nothing(), List.of(new Outcome.ChildRun(child, 0)), List.of());
        }

        @Override
        public Outcome resume(NodeContext context, Arrival arrival) {
            NodeContext.ChildResult child = context.results().get().getFirst();
            if (child.completed()) {
                return Outcome.done(child.output().json(), child.output().text());
            }
            String code = child.errorCode() == null ? child.status() : child.errorCode();
            JsonNode output =
                    Json.object().put("run_id", child.runId().toString()).put("status", child.status());
            return new Outcome.Fail(
                    "child_failed", "The child run is " + child.status() + ": " + code, true, output, Json.nothing());
        }
    }
}
