package dev.agentplatform.engine.graph;

import dev.agentplatform.kernel.Json;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;

/** Plays a graph to its end, step by step, in an order that a seed decides. */
final class GraphRun {
    /** What a node does: take these edges, or fail with this code (then {@code taken} is null). */
    record Play(List<Integer> taken, String failure) {}

    final Graph graph;
    Control control;
    final List<Change> changes = new ArrayList<>();
    long now = 1_000;

    private final Function<OpenStep, Play> play;

    GraphRun(Graph graph, Function<OpenStep, Play> play) {
        this.graph = graph;
        this.play = play;
        this.control = new Control(graph);
        tell(new Happening.Begin(-1, now));
    }

    void tell(Happening happening) {
        Transition transition = Transition.next(graph, control, happening);
        control = ControlText.read(Json.parse(ControlText.write(transition.control())), graph);
        if (!control.equals(transition.control())) throw new AssertionError("the state does not survive its text");
        changes.addAll(transition.changes());
        now++;
    }

    /** Starts and finishes open steps in random order; at most {@code stepsMax} of them. */
    GraphRun finish(Random random, int stepsMax) {
        for (int i = 0; i < stepsMax && !control.ended(); i++) {
            List<OpenStep> open = List.copyOf(control.open());
            OpenStep step = open.get(random.nextInt(open.size()));
            if (step.due() > now) now = step.due();
            if (step.status() == StepStatus.QUEUED && random.nextBoolean()) {
                tell(new Happening.Started(step.no(), null, 0, now));
                continue;
            }
            finish(step);
        }
        return this;
    }

    void finish(OpenStep step) {
        Play how = play.apply(step);
        if (how.failure() == null) tell(new Happening.Completed(step.no(), bits(how.taken()), now));
        else tell(new Happening.Failed(step.no(), how.failure(), true, new BitSet(), now));
    }

    static BitSet bits(List<Integer> edges) {
        BitSet bits = new BitSet();
        edges.forEach(bits::set);
        return bits;
    }

    OpenStep open(String node) {
        return control.open().stream()
                .filter(step -> graph.id(step.node()).equals(node))
                .findFirst()
                .orElseThrow(() -> new AssertionError(node + " is not open: " + control.open()));
    }

    Change.Ended end() {
        return changes.stream()
                .filter(Change.Ended.class::isInstance)
                .map(Change.Ended.class::cast)
                .reduce((first, last) -> last)
                .orElseThrow(() -> new AssertionError("not ended; open: " + control.open()));
    }

    /** Outcomes by node, as {@code completed}, {@code skipped}, … once for each time. */
    Map<String, List<String>> outcomes() {
        Map<String, List<String>> outcomes = new TreeMap<>();
        for (Change change : changes) {
            if (change instanceof Change.Closed closed) {
                add(outcomes, closed.step().node(), closed.as().word());
            } else if (change instanceof Change.Skipped skipped) {
                add(outcomes, skipped.node(), "skipped");
            }
        }
        return outcomes;
    }

    private void add(Map<String, List<String>> outcomes, int node, String outcome) {
        outcomes.computeIfAbsent(graph.id(node), id -> new ArrayList<>()).add(outcome);
    }
}
