package dev.agentplatform.engine.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where a run stands: routes and statuses, never payloads. Bounded by the size of the graph, not by the
 * length of the run.
 *
 * <p>Read-only outside of this package; {@link Transition#next} works on a copy.
 */
public final class Control {
    enum Phase {
        ADVANCING,
        /** A node failed for good: nothing new starts, what runs may finish. */
        FAILING,
        COMPENSATING,
        /** Cancelled, timed out or ended by hand. */
        ENDING,
        ENDED
    }

    static final byte OPEN = 0;
    static final byte TAKEN = 1;
    static final byte SKIPPED = 2;
    static final byte FAILED = 3;

    int nextNo = 1;
    Phase phase = Phase.ADVANCING;
    boolean begun;
    TreeMap<Integer, OpenStep> open = new TreeMap<>();
    final byte[] edges;
    final int[] iterations;
    final int[] latest;
    BitSet fired = new BitSet();
    /** Loops whose back edge was taken while their body was still busy. */
    BitSet reentries = new BitSet();
    /** Nodes to run again on a retry. */
    List<Integer> stopped = new ArrayList<>();
    /** Completed nodes that name a compensation, oldest first. */
    List<Integer> compensable = new ArrayList<>();

    int resultNo;
    int resultRank = -1;
    int failedNode = -1;
    String code;
    RunStatus endAs;
    boolean compensated;

    public Control(Graph graph) {
        this(graph.nodes(), graph.edgeCount());
    }

    Control(int nodes, int edgeCount) {
        edges = new byte[edgeCount];
        iterations = new int[nodes];
        latest = new int[nodes];
    }

    Control copy() {
        Control copy = new Control(iterations.length, edges.length);
        copy.nextNo = nextNo;
        copy.phase = phase;
        copy.begun = begun;
        copy.open = new TreeMap<>(open);
        System.arraycopy(edges, 0, copy.edges, 0, edges.length);
        System.arraycopy(iterations, 0, copy.iterations, 0, iterations.length);
        System.arraycopy(latest, 0, copy.latest, 0, latest.length);
        copy.fired = (BitSet) fired.clone();
        copy.reentries = (BitSet) reentries.clone();
        copy.stopped = new ArrayList<>(stopped);
        copy.compensable = new ArrayList<>(compensable);
        copy.resultNo = resultNo;
        copy.resultRank = resultRank;
        copy.failedNode = failedNode;
        copy.code = code;
        copy.endAs = endAs;
        copy.compensated = compensated;
        return copy;
    }

    public Collection<OpenStep> open() {
        return open.values();
    }

    public Optional<OpenStep> open(int no) {
        return Optional.ofNullable(open.get(no));
    }

    /** Number of the step whose output {@code nodes.<id>} shows; 0 when the node has none. */
    public int latest(int node) {
        return latest[node];
    }

    public int[] latest() {
        return latest.clone();
    }

    /** Number of the step whose output is the run's result; 0 for none. */
    public int resultNo() {
        return resultNo;
    }

    public boolean ended() {
        return phase == Phase.ENDED;
    }

    /** Whether new steps may still start. */
    public boolean advancing() {
        return phase == Phase.ADVANCING || phase == Phase.COMPENSATING;
    }

    public boolean ending() {
        return phase == Phase.ENDING || phase == Phase.FAILING;
    }

    /** Cancelled, timed out or ended by hand: what still runs was told to stop. */
    public boolean endingAtOnce() {
        return phase == Phase.ENDING;
    }

    public Optional<String> failureCode() {
        return Optional.ofNullable(code);
    }

    /** The run's status as its steps have it; the ended ones are told by {@link Change.Ended}. */
    public RunStatus status() {
        if (phase == Phase.ENDED) return endAs;
        if (!begun) return RunStatus.QUEUED;
        boolean blocked = !open.isEmpty();
        for (OpenStep step : open.values()) blocked &= step.status() == StepStatus.PENDING;
        return blocked ? RunStatus.WAITING : RunStatus.RUNNING;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Control that && ControlText.write(this).equals(ControlText.write(that));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(edges) * 31 + nextNo;
    }
}
