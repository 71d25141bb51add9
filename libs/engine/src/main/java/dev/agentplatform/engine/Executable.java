package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.Graph;
import dev.agentplatform.language.Expression;
import dev.agentplatform.language.Scope;
import dev.agentplatform.store.RowWrite;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** What a run executes: a graph, whose control is data, or a program, which is replayed by key. */
public sealed interface Executable {

    /**
     * @param nodes by the graph's index
     * @param guards by edge: the condition as an expression, null where it is only a route's name
     * @param start node to begin with, -1 for the graph's own starts
     */
    record Flow(Graph graph, List<Node> nodes, List<Expression> guards, int start) implements Executable {
        private static final String ERROR_ROUTE = "error";
        private static final List<String> ELSE = List.of("else", "default");

        /** Which edges an outcome with this route takes; {@code route} is null for nodes that do not route. */
        BitSet take(int node, String route, Scope scope) {
            BitSet taken = new BitSet();
            boolean matched = false;
            for (int edge : graph.outgoing(node)) {
                String condition = graph.edge(edge).condition();
                if (condition == null) {
                    taken.set(edge);
                } else if (route != null ? condition.equals(route) : holds(edge, condition, scope)) {
                    taken.set(edge);
                    matched = true;
                }
            }
            if (!matched && route != null) takeNamed(node, ELSE, taken);
            return taken;
        }

        /** Edges for a failed node whose {@code on_error} is {@code continue} or {@code route}. */
        BitSet takeOnError(int node) {
            BitSet taken = new BitSet();
            switch (graph.rules(node).onError()) {
                case CONTINUE -> {
                    for (int edge : graph.outgoing(node)) if (graph.edge(edge).condition() == null) taken.set(edge);
                }
                case ROUTE -> takeNamed(node, List.of(ERROR_ROUTE), taken);
                case FAIL -> {}
            }
            return taken;
        }

        private boolean holds(int edge, String condition, Scope scope) {
            if (condition.equals(ERROR_ROUTE)) return false;
            Expression guard = guards.get(edge);
            return guard != null && guard.test(scope);
        }

        private void takeNamed(int node, List<String> conditions, BitSet taken) {
            for (int edge : graph.outgoing(node)) {
                String condition = graph.edge(edge).condition();
                if (condition != null && conditions.contains(condition)) taken.set(edge);
            }
        }
    }

    /**
     * A node as its version defines it.
     *
     * @param work null when no executor for the type is here: the step then waits for one outside
     * @param effect touches the world: it gets a commit before it begins
     * @param repeatOnCrash false: a step that was running at a crash fails with {@code outcome_unknown}
     * @param streams its text goes into the log while it is made
     */
    record Node(
            String id,
            String type,
            String name,
            NodeWork work,
            boolean effect,
            boolean repeatOnCrash,
            boolean streams) {
        public Node(String id, String type, String name, NodeWork work, boolean effect, boolean repeatOnCrash) {
            this(id, type, name, work, effect, repeatOnCrash, false);
        }
    }

    /** Blocking code that does nothing to the world except through its context. */
    non-sealed interface Program extends Executable {
        JsonNode run(ProgramContext context, JsonNode input) throws Exception;

        /** Nobody waits for a person any more (time is up, or the run ends): rows that undo the question. */
        default List<RowWrite> abandoned(RunRecord run, String key, UUID stepId, long now) {
            return List.of();
        }
    }
}
