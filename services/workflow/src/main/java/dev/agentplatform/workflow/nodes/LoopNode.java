package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.Arrival;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.engine.RunOptions;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.language.Scope;
import dev.agentplatform.language.Template;
import dev.agentplatform.workflow.compile.WorkflowKind;
import dev.agentplatform.workflow.nodes.SubWorkflowNode.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code loop}: executes a body for each of {@code items}, {@code concurrency} at a time (default 1), each as a
 * child run that sees {@code item}, {@code index} and {@code input}. The body is an inline {@code body}
 * (nodes and edges), one {@code node}, or a workflow by id.
 *
 * <p>{@code on_item_error: fail} (default) starts no more items after a failure and fails when the running ones
 * have ended; {@code continue} keeps going. Output: {@code {results, count, failed}}, results in the order of items.
 */
public final class LoopNode implements NodeType {
    private static final int ITEMS_MAX = 10_000;

    private final WorkflowTargets targets;

    public LoopNode(WorkflowTargets targets) {
        this.targets = targets;
    }

    @Override
    public String name() {
        return "loop";
    }

    @Override
    public boolean effect() {
        return false;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        JsonNode items = config.path("items");
        boolean inside = config.has("body") || config.has("node");
        boolean ownInput = config.has("input") || config.has("input_json");
        return new Work(
                items.isString() ? Template.parse(items.asString()) : null,
                CompiledTree.parse(items),
                ownInput
                        ? CompiledTree.parse(config.has("input") ? config.get("input") : config.get("input_json"))
                        : null,
                Math.clamp(config.path("concurrency").asInt(1), 1, 100),
                Math.clamp(config.path("max_items").asInt(ITEMS_MAX), 1, ITEMS_MAX),
                config.path("on_item_error").asString("fail").equals("continue"),
                targets,
                inside ? null : Target.of(config));
    }

    private record Work(
            Template single,
            CompiledTree list,
            CompiledTree input,
            int concurrency,
            int itemsMax,
            boolean goesOn,
            WorkflowTargets targets,
            Target target)
            implements NodeWork {

        /** How far the loop is: kept as the step's note. */
        private record Cursor(int count, int started, int ended, int failed) {
            static Cursor of(JsonNode note) {
                return new Cursor(
                        note.path("count").asInt(),
                        note.path("started").asInt(),
                        note.path("ended").asInt(),
                        note.path("failed").asInt());
            }

            ObjectNode note() {
                return Json.object()
                        .put("count", count)
                        .put("started", started)
                        .put("ended", ended)
                        .put("failed", failed);
            }
        }

        @Override
        public Outcome execute(NodeContext context) {
            ArrayNode items = items(context);
            if (items.isEmpty()) return result(0, 0, List.of());
            return goOn(context, items, new Cursor(items.size(), 0, 0, 0));
        }

        private ArrayNode items(NodeContext context) {
            JsonNode items = single != null ? single.resolve(context.scope()) : list.resolve(context.scope());
            if (Json.isNothing(items)) return Json.array();
            if (!(items instanceof ArrayNode array)) {
                throw new Problem(422, "items_not_a_list", "items must be a list.");
            }
            if (array.size() > itemsMax) {
                throw new Problem(
                        422, "too_many_items", "There are " + array.size() + " items; allowed are " + itemsMax + ".");
            }
            return array;
        }

        private Outcome goOn(NodeContext context, ArrayNode items, Cursor cursor) {
            List<Outcome.ChildRun> children = new ArrayList<>();
            int started = cursor.started();
            boolean stops = cursor.failed() > 0 && !goesOn;
            while (!stops && started < cursor.count() && started - cursor.ended() < concurrency) {
                children.add(new Outcome.ChildRun(child(context, items.get(started), started), started));
                started++;
            }
            if (started == cursor.ended()) return finished(context, cursor);
            Cursor next = new Cursor(cursor.count(), started, cursor.ended(), cursor.failed());
            return new Outcome.Wait("child", 0, next.note(), children, List.of());
        }

        @Override
        public Outcome resume(NodeContext context, Arrival arrival) {
            if (!(arrival instanceof Arrival.Children(List<Arrival.Child> ended))) {
                return Outcome.fail("timeout", "The items took too long.");
            }
            Cursor before = Cursor.of(context.note());
            int failures = (int) ended.stream()
                    .filter(child -> !child.status().equals("completed"))
                    .count();
            Cursor cursor = new Cursor(
                    before.count(), before.started(), before.ended() + ended.size(), before.failed() + failures);
            boolean more = cursor.started() < cursor.count() && (cursor.failed() == 0 || goesOn);
            ArrayNode items = more ? items(context) : Json.array();
            if (more && items.size() != cursor.count()) {
                throw new Problem(409, "items_changed", "The list of items changed while the loop ran.");
            }
            return goOn(context, items, cursor);
        }

        private Outcome finished(NodeContext context, Cursor cursor) {
            List<NodeContext.ChildResult> results = context.results().get();
            if (cursor.failed() == 0 || goesOn) return result(cursor.count(), cursor.failed(), results);
            NodeContext.ChildResult first = results.stream()
                    .filter(child -> !child.completed())
                    .findFirst()
                    .orElseThrow();
            String code = first.errorCode() == null ? first.status() : first.errorCode();
            return Outcome.fail("item_failed", "Item " + first.index() + " is " + first.status() + ": " + code);
        }

        private static Outcome result(int count, int failed, List<NodeContext.ChildResult> children) {
            ObjectNode output = Json.object();
            ArrayNode results = output.putArray("results");
            for (NodeContext.ChildResult child : children) {
                JsonNode json = child.output().json();
                results.add(Json.isNothing(json) ? Json.text(child.output().text()) : json);
            }
            return Outcome.done(output.put("count", count).put("failed", failed));
        }

        private Submission child(NodeContext context, JsonNode item, int index) {
            RunRecord run = context.run();
            String path = run.options().body() == null ? "" : run.options().body() + "/";
            boolean inside = target == null;
            WorkflowTargets.Version version = inside
                    ? new WorkflowTargets.Version(run.definitionId(), run.versionId())
                    : target.resolve(targets, context);
            JsonNode own =
                    input == null ? context.scope().root("input") : input.resolve(of(context.scope(), item, index));
            ObjectNode seen = Json.object();
            seen.set("item", item);
            seen.put("index", index);
            seen.set("input", own);
            UUID id = context.ids().nextRun();
            RunOptions options = new RunOptions(0, true, Json.nothing(), 0, 0, inside ? path + context.nodeId() : null);
            return new Submission(
                    id,
                    run.workspaceId(),
                    WorkflowKind.NAME,
                    version.workflowId(),
                    version.versionId(),
                    run.sessionId(),
                    inside || input == null ? seen : own,
                    Json.nothing(),
                    options,
                    null);
        }

        private static Scope of(Scope outer, JsonNode item, int index) {
            return name -> switch (name) {
                case "item" -> item;
                case "index" -> Json.tree(index);
                default -> outer.root(name);
            };
        }
    }
}
