package dev.agentplatform.engine.graph;

import dev.agentplatform.engine.graph.Control.Phase;
import dev.agentplatform.engine.graph.NodeRules.Join;
import dev.agentplatform.engine.graph.NodeRules.OnError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * One step of the control of a graph: {@code (graph, control, happening) -> (control, changes)}.
 *
 * <p>A node with one incoming edge runs when that edge is taken. One with several is a join: it runs when
 * its policy says so, and is skipped when no taken edge can come any more. An untaken edge skips all the
 * way to the next join; out of a loop it stays undecided until the loop can turn no more.
 */
public record Transition(Control control, List<Change> changes) {
    /** Steps of one run, skipped ones included. */
    public static final int STEPS_MAX = 250_000;

    public static Transition next(Graph graph, Control control, Happening happening) {
        Reaction reaction = new Reaction(graph, control.copy());
        reaction.to(happening);
        return new Transition(reaction.control, reaction.changes);
    }

    private static final class Reaction {
        private final Graph graph;
        private final Control control;
        private final List<Change> changes = new ArrayList<>(4);
        /** Edges that were just decided; a queue instead of recursion, for long chains. */
        private final Deque<Integer> arrivals = new ArrayDeque<>();

        private long now;

        Reaction(Graph graph, Control control) {
            this.graph = graph;
            this.control = control;
        }

        void to(Happening happening) {
            if (control.ended() && !(happening instanceof Happening.Retry)) return;
            switch (happening) {
                case Happening.Begin begin -> begin(begin);
                case Happening.Begun begun -> control.begun = true;
                case Happening.Started started -> start(started);
                case Happening.Renewed renewed -> renew(renewed);
                case Happening.Blocked blocked -> block(blocked);
                case Happening.Completed completed -> complete(completed);
                case Happening.Failed failed -> fail(failed);
                case Happening.Stopped stopped -> stop(stopped.no());
                case Happening.Requeued requeued -> requeue(requeued.no());
                case Happening.End end -> end(end);
                case Happening.Retry retry -> retry(retry.now());
            }
            settle();
        }

        private void begin(Happening.Begin begin) {
            now = begin.now();
            int[] from = begin.node() >= 0 ? new int[] {begin.node()} : graph.starts();
            closeUnreachable(from);
            for (int node : from) activate(node);
        }

        // Nothing will ever come along these edges; a join behind them must not wait.
        private void closeUnreachable(int[] from) {
            BitSet reached = new BitSet();
            Deque<Integer> todo = new ArrayDeque<>();
            for (int node : from) {
                reached.set(node);
                todo.push(node);
            }
            while (!todo.isEmpty()) {
                for (int edge : graph.outgoing(todo.pop())) {
                    int target = graph.edge(edge).target();
                    if (reached.get(target)) continue;
                    reached.set(target);
                    todo.push(target);
                }
            }
            for (int edge = 0; edge < graph.edgeCount(); edge++) {
                if (!reached.get(graph.edge(edge).source())) control.edges[edge] = Control.SKIPPED;
            }
        }

        private void start(Happening.Started started) {
            OpenStep step = control.open.get(started.no());
            if (step == null || step.status() != StepStatus.QUEUED) return;
            control.begun = true;
            long timeout = graph.rules(step.node()).timeoutMs();
            long byTimeout = timeout > 0 ? started.now() + timeout : 0;
            long due = started.until() > 0 ? started.until() : byTimeout;
            control.open.put(step.no(), step.started(started.now(), due, started.heldBy()));
        }

        private void renew(Happening.Renewed renewed) {
            OpenStep step = control.open.get(renewed.no());
            if (step == null || step.status() != StepStatus.RUNNING || step.heldBy() == null) return;
            control.open.put(step.no(), step.started(step.started(), renewed.until(), step.heldBy()));
        }

        private void block(Happening.Blocked blocked) {
            OpenStep step = control.open.get(blocked.no());
            if (step == null) return;
            boolean blocks =
                    step.status() == StepStatus.PENDING || step.status().mayBecome(StepStatus.PENDING);
            if (!blocks) return;
            OpenStep pending = step.pending(blocked.on(), blocked.until(), blocked.note());
            control.open.put(step.no(), pending);
            if (control.ending()) stopOrClose(pending);
        }

        private void complete(Happening.Completed completed) {
            OpenStep step = control.open.remove(completed.no());
            if (step == null) return;
            now = completed.now();
            control.begun = true;
            changes.add(new Change.Closed(step, StepStatus.COMPLETED, null, false));
            control.latest[step.node()] = step.no();
            NodeRules rules = graph.rules(step.node());
            if (control.phase == Phase.COMPENSATING) return;
            if (rules.resultRank() >= control.resultRank) {
                control.resultRank = rules.resultRank();
                control.resultNo = step.no();
            }
            if (rules.compensation() >= 0) control.compensable.add(step.node());
            depart(step.node(), completed.taken());
        }

        private void fail(Happening.Failed failed) {
            OpenStep step = control.open.remove(failed.no());
            if (step == null) return;
            now = failed.now();
            control.begun = true;
            NodeRules rules = graph.rules(step.node());
            boolean again = failed.retryable()
                    && control.advancing()
                    && step.attempt() < rules.retry().attemptsMax();
            changes.add(new Change.Closed(step, StepStatus.FAILED, failed.code(), again));
            if (again) {
                long notBefore = now + rules.retry().delayAfter(step.attempt());
                queue(step.nextAttempt(control.nextNo, notBefore));
            } else {
                failForGood(step, rules, failed);
            }
        }

        private void failForGood(OpenStep step, NodeRules rules, Happening.Failed failed) {
            if (control.phase == Phase.COMPENSATING) {
                control.compensated = false;
            } else if (rules.onError() != OnError.FAIL) {
                control.latest[step.node()] = step.no();
                depart(step.node(), failed.taken());
            } else if (tolerated(step.node())) {
                control.latest[step.node()] = step.no();
                for (int edge : graph.outgoing(step.node())) decide(edge, Control.FAILED);
            } else {
                control.stopped.add(step.node());
                if (control.phase == Phase.ADVANCING) failRun(step.node(), failed.code());
            }
        }

        private boolean tolerated(int node) {
            int[] edges = graph.outgoing(node);
            for (int edge : edges) {
                if (!graph.rules(graph.edge(edge).target()).join().tolerant()) return false;
            }
            return edges.length > 0;
        }

        private void failRun(int node, String code) {
            control.phase = Phase.FAILING;
            control.failedNode = node;
            control.code = code;
            control.endAs = RunStatus.FAILED;
            stopWaiting();
        }

        private void end(Happening.End end) {
            if (control.phase == Phase.ENDING) return;
            control.phase = Phase.ENDING;
            control.endAs = end.as();
            control.code = end.code();
            stopWaiting();
            for (OpenStep step : List.copyOf(control.open.values())) {
                if (step.status() == StepStatus.RUNNING) stopOrClose(step);
            }
        }

        private void stopWaiting() {
            for (OpenStep step : List.copyOf(control.open.values())) {
                if (step.status() != StepStatus.RUNNING) stopOrClose(step);
            }
        }

        // Work of our own and children are told to stop and still report; nothing else has anything to say.
        private void stopOrClose(OpenStep step) {
            boolean worksHere = step.status() == StepStatus.RUNNING && step.heldBy() == null;
            boolean reports = worksHere || (step.status() == StepStatus.PENDING && "child".equals(step.on()));
            if (reports) changes.add(new Change.Stop(step));
            else stop(step.no());
        }

        private void stop(int no) {
            OpenStep step = control.open.remove(no);
            if (step == null) return;
            changes.add(new Change.Closed(step, StepStatus.CANCELLED, null, false));
            control.stopped.add(step.node());
        }

        private void requeue(int no) {
            OpenStep step = control.open.get(no);
            if (step == null || step.status() != StepStatus.RUNNING) return;
            if (control.ending()) stop(no);
            else control.open.put(no, step.queuedAgain());
        }

        private void retry(long at) {
            now = at;
            control.phase = Phase.ADVANCING;
            control.endAs = null;
            control.code = null;
            control.failedNode = -1;
            control.compensated = false;
            control.compensable.clear();
            List<Integer> again = List.copyOf(control.stopped);
            control.stopped.clear();
            for (int node : again) queue(OpenStep.queued(control.nextNo, node, control.iterations[node], 0));
            for (int edge = 0; edge < graph.edgeCount(); edge++) {
                if (control.edges[edge] != Control.OPEN && !graph.back(edge)) arrivals.add(edge);
            }
        }

        /** The outcome of a node goes along its edges. */
        private void depart(int node, BitSet taken) {
            for (int edge : graph.outgoing(node)) {
                boolean goes = taken.get(edge);
                if (graph.back(edge)) {
                    if (goes) control.reentries.set(graph.edge(edge).target());
                } else if (goes) {
                    decide(edge, Control.TAKEN);
                } else {
                    leaveUntaken(edge);
                }
            }
        }

        private void leaveUntaken(int edge) {
            if (graph.loopsLeft(edge).isEmpty()) decide(edge, Control.SKIPPED);
        }

        private void decide(int edge, byte state) {
            if (graph.back(edge)) {
                if (state == Control.TAKEN)
                    control.reentries.set(graph.edge(edge).target());
                return;
            }
            if (control.edges[edge] == Control.TAKEN) return;
            control.edges[edge] = state;
            arrivals.add(edge);
        }

        private void settle() {
            boolean moved = true;
            while (moved && control.phase == Phase.ADVANCING) {
                while (!arrivals.isEmpty() && control.phase == Phase.ADVANCING) {
                    consider(graph.edge(arrivals.poll()).target());
                }
                moved = graph.hasLoops() && control.phase == Phase.ADVANCING && (turnLoops() || leaveLoops());
            }
            finish();
        }

        private void finish() {
            while (control.open.isEmpty() && !control.ended()) {
                switch (control.phase) {
                    case ADVANCING -> ended(RunStatus.COMPLETED);
                    case FAILING -> beginCompensation();
                    case COMPENSATING -> compensateNext();
                    case ENDING -> ended(control.endAs);
                    case ENDED -> throw new IllegalStateException("ended twice");
                }
            }
        }

        private void ended(RunStatus as) {
            control.phase = Phase.ENDED;
            control.endAs = as;
            changes.add(new Change.Ended(as, control.code, control.failedNode, control.compensated));
        }

        private void beginCompensation() {
            control.phase = Phase.COMPENSATING;
            int own = graph.rules(control.failedNode).compensation();
            if (own >= 0) control.compensable.add(control.failedNode);
            control.compensated = !control.compensable.isEmpty();
        }

        private void compensateNext() {
            if (control.compensable.isEmpty()) {
                ended(RunStatus.FAILED);
                return;
            }
            int node = graph.rules(control.compensable.removeLast()).compensation();
            control.iterations[node]++;
            queue(OpenStep.queued(control.nextNo, node, control.iterations[node], 0));
        }

        private void consider(int node) {
            if (control.fired.get(node)) return;
            int taken = 0;
            int failed = 0;
            int undecided = 0;
            for (int edge : graph.incoming(node)) {
                if (graph.back(edge)) continue;
                switch (control.edges[edge]) {
                    case Control.TAKEN -> taken++;
                    case Control.FAILED -> failed++;
                    case Control.OPEN -> undecided++;
                    default -> {}
                }
            }
            switch (verdict(graph.rules(node).join(), taken, failed, undecided)) {
                case WAIT -> {}
                case RUN -> activate(node);
                case SKIP -> skip(node);
                case FAIL -> failJoin(node);
            }
        }

        private enum Verdict {
            WAIT,
            RUN,
            SKIP,
            FAIL
        }

        private static Verdict verdict(Join join, int taken, int failed, int undecided) {
            int enough = switch (join.policy()) {
                case ALL_COMPLETED, ALL_FINISHED -> Integer.MAX_VALUE;
                case ANY_COMPLETED -> 1;
                case N_COMPLETED -> join.count();
            };
            if (taken >= enough) return Verdict.RUN;
            if (undecided > 0) return Verdict.WAIT;
            return switch (join.policy()) {
                case ALL_COMPLETED -> taken > 0 ? Verdict.RUN : Verdict.SKIP;
                case ALL_FINISHED -> taken + failed > 0 ? Verdict.RUN : Verdict.SKIP;
                // Skipped predecessors never block: those that ran and completed must then do.
                case ANY_COMPLETED, N_COMPLETED -> failed > 0 ? Verdict.FAIL : taken > 0 ? Verdict.RUN : Verdict.SKIP;
            };
        }

        private void activate(int node) {
            control.fired.set(node);
            NodeRules rules = graph.rules(node);
            if (control.iterations[node] >= rules.iterationsMax()) {
                control.stopped.add(node);
                failRun(node, "loop_limit");
                return;
            }
            control.iterations[node]++;
            long due = rules.delayMs() > 0 ? now + rules.delayMs() : 0;
            queue(OpenStep.queued(control.nextNo, node, control.iterations[node], due));
        }

        private void queue(OpenStep step) {
            if (control.nextNo > STEPS_MAX) {
                control.stopped.add(step.node());
                if (control.phase == Phase.ADVANCING) failRun(step.node(), "step_limit");
                return;
            }
            control.nextNo++;
            control.open.put(step.no(), step);
            changes.add(new Change.Queued(step));
        }

        private void skip(int node) {
            control.fired.set(node);
            changes.add(new Change.Skipped(control.nextNo++, node, control.iterations[node] + 1));
            for (int edge : graph.outgoing(node)) {
                if (!graph.back(edge)) leaveUntaken(edge);
            }
        }

        private void failJoin(int node) {
            control.fired.set(node);
            control.iterations[node]++;
            OpenStep step = OpenStep.queued(control.nextNo, node, control.iterations[node], 0);
            control.nextNo++;
            changes.add(new Change.Queued(step));
            changes.add(new Change.Closed(step, StepStatus.FAILED, "join_unsatisfied", false));
            control.stopped.add(node);
            failRun(node, "join_unsatisfied");
        }

        /** Goes round again in each loop whose back edge was taken and whose body has come to rest. */
        private boolean turnLoops() {
            boolean turned = false;
            for (int head = control.reentries.nextSetBit(0);
                    head >= 0 && control.phase == Phase.ADVANCING;
                    head = control.reentries.nextSetBit(head + 1)) {
                BitSet body = graph.body(head);
                if (busy(body) || innerReentry(body, head)) continue;
                control.reentries.clear(head);
                for (int node = body.nextSetBit(0); node >= 0; node = body.nextSetBit(node + 1)) reset(node, body);
                activate(head);
                turned = true;
            }
            return turned;
        }

        private boolean innerReentry(BitSet body, int head) {
            BitSet inner = (BitSet) control.reentries.clone();
            inner.clear(head);
            inner.and(body);
            for (int other = inner.nextSetBit(0); other >= 0; other = inner.nextSetBit(other + 1)) {
                // Only a loop that lies inside this one goes first; of two that overlap, the lower index does.
                if (!graph.body(other).get(head)) return true;
            }
            return false;
        }

        private void reset(int node, BitSet body) {
            control.fired.clear(node);
            for (int edge : graph.outgoing(node)) {
                if (body.get(graph.edge(edge).target())) control.edges[edge] = Control.OPEN;
            }
        }

        /** Skips the exits that nobody took, of every loop that can turn no more. */
        private boolean leaveLoops() {
            boolean left = false;
            for (int edge = 0; edge < graph.edgeCount(); edge++) {
                if (control.edges[edge] != Control.OPEN || graph.back(edge)) continue;
                if (!control.fired.get(graph.edge(edge).source())) continue;
                List<Integer> heads = graph.loopsLeft(edge);
                if (heads.isEmpty() || !heads.stream().allMatch(this::quiescent)) continue;
                decide(edge, Control.SKIPPED);
                left = true;
            }
            return left;
        }

        private boolean quiescent(int head) {
            BitSet body = graph.body(head);
            if (busy(body) || control.reentries.intersects(body)) return false;
            for (int edge = 0; edge < graph.edgeCount(); edge++) {
                boolean mayStillEnter = control.edges[edge] == Control.OPEN && !graph.back(edge);
                if (mayStillEnter && graph.enters(body, edge)) return false;
            }
            return true;
        }

        private boolean busy(BitSet body) {
            for (OpenStep step : control.open.values()) if (body.get(step.node())) return true;
            return false;
        }
    }
}
