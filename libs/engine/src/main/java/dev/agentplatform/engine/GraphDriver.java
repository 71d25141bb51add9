package dev.agentplatform.engine;

import dev.agentplatform.engine.Executable.Flow;
import dev.agentplatform.engine.Executable.Node;
import dev.agentplatform.engine.graph.Change;
import dev.agentplatform.engine.graph.Control;
import dev.agentplatform.engine.graph.Happening;
import dev.agentplatform.engine.graph.NodeRules;
import dev.agentplatform.engine.graph.OpenStep;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.engine.graph.StepStatus;
import dev.agentplatform.engine.graph.Transition;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.Scope;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/** Drives a graph: control decides, nodes compute here or work on threads of their own. */
final class GraphDriver implements Driver {
    /** Compute nodes that one commit may take in, and for how long they may hold it up. */
    static final int FOLD_STEPS_MAX = 64;

    static final long FOLD_NANOS_MAX = 10_000_000;

    /** Control state and variables of one run, in characters. */
    static final int STATE_MAX = 256 * 1024;

    /** Characters of one step's output. */
    static final int OUTPUT_MAX = 1_000_000;

    static final long STOP_GRACE_MS = 10_000;

    private final Workshop workshop;
    private final RunRecord run;
    private final Flow flow;
    private final GraphJournal journal;

    private Control control;
    private RunValues values;
    private Control nextControl;
    private RunValues nextValues;

    private final Map<Integer, Work> working = new ConcurrentHashMap<>();
    private final Set<TokenStream> streams = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Long> stopDeadlines = new HashMap<>();
    /** Steps that this turn asks to stop. */
    private final Map<Integer, Long> nextStopDeadlines = new HashMap<>();

    private Turn turn;
    private StepResult result;
    private final List<OpenStep> created = new ArrayList<>();
    private int folded;
    private long foldStarted;
    private boolean backlog;

    GraphDriver(Workshop workshop, RunRecord run, Flow flow, Control control, RunValues values) {
        this.workshop = workshop;
        this.run = run;
        this.flow = flow;
        this.journal = new GraphJournal(run, flow);
        this.control = control;
        this.values = values;
        this.nextControl = control;
        this.nextValues = values;
    }

    @Override
    public void turn(Turn newTurn, List<Input> inputs) {
        turn = newTurn;
        nextControl = control;
        nextValues = values;
        created.clear();
        nextStopDeadlines.clear();
        folded = 0;
        foldStarted = System.nanoTime();
        backlog = false;
        for (Input input : inputs) apply(input);
        advance();
        for (OpenStep step : created) tellWaiting(step);
        if (!nextControl.ended() && state().length() > STATE_MAX) {
            react(new Happening.End(RunStatus.FAILED, "state_too_large"));
        }
    }

    @Override
    public void adopt() {
        control = nextControl;
        values = nextValues;
        stopDeadlines.putAll(nextStopDeadlines);
    }

    @Override
    public String state() {
        return nextValues.write(nextControl);
    }

    @Override
    public RunStatus status() {
        return nextControl.status();
    }

    @Override
    public Rest rest() {
        boolean startable = false;
        // What is being stopped has only its grace period left.
        boolean ending = nextControl.endingAtOnce();
        long due = ending ? 0 : workshop.deadline(run);
        for (OpenStep step : nextControl.open()) {
            if (step.status() == StepStatus.QUEUED && step.due() <= turn.now) startable |= executable(step);
            else if (!ending) due = earlier(due, step.due());
        }
        boolean busy = false;
        for (OpenStep step : nextControl.open()) {
            busy |= step.status() == StepStatus.RUNNING && step.heldBy() == null;
        }
        for (long deadline : stopDeadlines.values()) due = earlier(due, deadline);
        for (long deadline : nextStopDeadlines.values()) due = earlier(due, deadline);
        return new Rest(busy, backlog, startable && nextControl.advancing(), due);
    }

    private static long earlier(long a, long b) {
        if (a == 0) return b;
        return b == 0 ? a : Math.min(a, b);
    }

    @Override
    public void abandon() {
        working.values().forEach(Work::abandon);
        working.clear();
        streams.forEach(TokenStream::abandon);
        streams.clear();
    }

    private void apply(Input input) {
        switch (input) {
            case Input.Begin begin -> begin();
            case Input.Recover recover -> recover();
            case Input.Tick tick -> due();
            case Input.MailArrived arrived -> {}
            case Input.Mail mail -> deliver(mail.message());
            case Input.WorkEnded ended -> workEnded(ended);
            case Input.Text text -> show(text);
            case Input.Budget budget -> {}
            case Input.StartStep start -> startNamed(start);
            case Input.Report report -> report(report);
            case Input.Settle settle -> afterCommit(settle.reply());
            case Input.SetStatus set -> setStatus(set);
            case Input.Retry retry -> retry();
            case Input.Poisoned poisoned -> react(new Happening.End(RunStatus.FAILED, "poisoned"));
            case Input.Ask ask -> throw new IllegalStateException("a graph asks nothing");
        }
    }

    private void begin() {
        turn.tell("run.created", event -> event.put("kind", run.kind()));
        react(new Happening.Begin(flow.start(), turn.now));
    }

    private void retry() {
        turn.tell("run.retried", event -> {});
        react(new Happening.Retry(turn.now));
    }

    /** After a claim: work that was in flight when the last owner went is done again, under its number. */
    private void recover() {
        for (OpenStep step : nextControl.open()) {
            if (step.status() != StepStatus.RUNNING || step.heldBy() != null || working.containsKey(step.no())) {
                continue;
            }
            Node node = flow.nodes().get(step.node());
            if (!node.repeatOnCrash()) {
                finish(step, Outcome.fail("outcome_unknown", "The process went while this step was running."));
            } else if (nextControl.ending()) {
                react(new Happening.Stopped(step.no()));
            } else {
                turn.tell("step.restarted", event -> journal.describe(event, step));
                startWork(step, node);
            }
        }
        due();
    }

    private void due() {
        long deadline = workshop.deadline(run);
        if (deadline > 0 && deadline <= turn.now && !nextControl.ending()) {
            react(new Happening.End(RunStatus.TIMED_OUT, "run_timeout"));
        }
        for (OpenStep step : List.copyOf(nextControl.open())) {
            Long stopBy = stopDeadlines.get(step.no());
            if (stopBy != null && stopBy <= turn.now) {
                react(new Happening.Stopped(step.no()));
                turn.afterCommit.add(() -> stopDeadlines.remove(step.no()));
            }
            if (nextControl.endingAtOnce()) continue;
            if (step.due() == 0
                    || step.due() > turn.now
                    || nextControl.open(step.no()).isEmpty()) continue;
            switch (step.status()) {
                case RUNNING -> overdue(step);
                case PENDING -> resume(step, new Arrival.TimeUp());
                default -> {}
            }
        }
    }

    private void overdue(OpenStep step) {
        if (step.heldBy() != null) {
            turn.tell("step.lease_lost", event -> journal.describe(event, step).put("worker_key", step.heldBy()));
            react(new Happening.Requeued(step.no()));
            nextControl.open(step.no()).ifPresent(created::add);
        } else if (!stopDeadlines.containsKey(step.no())) {
            interruptAfterCommit(step.no());
            long limit = flow.graph().rules(step.node()).timeoutMs();
            finish(step, new Outcome.Fail("timeout", "No outcome after " + limit + " ms.", true, null, null));
        }
    }

    private void deliver(RunTable.Message message) {
        turn.rows.add(RunTable.applied(run.id(), run.workspaceId(), message.id()));
        switch (message.kind()) {
            case CANCEL -> {
                turn.tell("run.cancelling", event -> event.text("reason", Mailbag.reason(message)));
                react(new Happening.End(RunStatus.CANCELLED, "cancelled"));
            }
            case HUMAN -> resumeIfWaiting(message.no(), "human", Mailbag.answer(message));
            case CHILD -> resumeIfWaiting(message.no(), "child", Mailbag.childEnded(message));
            case SIGNAL -> {
                for (OpenStep step : List.copyOf(nextControl.open())) {
                    resumeIfWaiting(step.no(), "signal", Mailbag.signal(message));
                }
            }
        }
    }

    private void resumeIfWaiting(int no, String on, Arrival arrival) {
        nextControl
                .open(no)
                .filter(step -> step.status() == StepStatus.PENDING && on.equals(step.on()))
                .ifPresent(step -> resume(step, arrival));
    }

    private void resume(OpenStep step, Arrival arrival) {
        Node node = flow.nodes().get(step.node());
        Outcome outcome = node.work() == null
                ? Outcome.fail("type_not_available", "This server cannot execute " + node.type() + ".")
                : workshop.attempt(() -> node.work().resume(context(step, nextValues), arrival));
        boolean childrenAreStopped = nextControl.ending() && arrival instanceof Arrival.Children;
        if (childrenAreStopped && !(outcome instanceof Outcome.Wait)) react(new Happening.Stopped(step.no()));
        else finish(step, outcome);
    }

    private void workEnded(Input.WorkEnded ended) {
        turn.afterCommit.add(() -> {
            working.remove(ended.no());
            stopDeadlines.remove(ended.no());
        });
        nextControl
                .open(ended.no())
                .filter(step -> step.status() == StepStatus.RUNNING)
                .ifPresent(step -> {
                    if (ended.outcome() == null) react(new Happening.Stopped(ended.no()));
                    else finish(step, ended.outcome());
                });
    }

    /** Of a stream that this owner opened, for a step that still runs: a former life has no say. */
    private void show(Input.Text text) {
        TokenStream stream = text.stream();
        OpenStep step = nextControl.open(stream.no()).orElse(null);
        if (!streams.contains(stream) || step == null || step.status() != StepStatus.RUNNING) {
            stream.abandon();
            return;
        }
        TokenStream.Waiting waiting = stream.waiting(turn, text.last());
        for (TokenStream.Piece piece : waiting.pieces()) {
            turn.tell(LogEvent.TEXT, event -> journal.describe(event, step).piece(piece));
        }
        turn.afterCommit.add(() -> {
            stream.told(waiting);
            if (text.last()) streams.remove(stream);
        });
    }

    private void startNamed(Input.StartStep start) {
        OpenStep step = nextControl.open(start.no()).orElse(null);
        if (step != null && step.status() == StepStatus.QUEUED && nextControl.advancing()) {
            if (!executable(step)) {
                start.reply().completeExceptionally(noExecutor(step));
                return;
            }
            start(step, Integer.MAX_VALUE);
        }
        afterCommit(start.reply());
    }

    private Problem noExecutor(OpenStep step) {
        return Problem.conflict(
                "no_executor",
                "No executor for nodes of type " + flow.nodes().get(step.node()).type()
                        + " runs here; report its status from the worker that has one.");
    }

    private void afterCommit(CompletableFuture<Void> reply) {
        turn.afterCommit.add(() -> reply.complete(null));
    }

    private void report(Input.Report input) {
        try {
            new HandReport(this, input.report(), turn.now)
                    .apply(nextControl.open(input.no()).orElse(null));
            afterCommit(input.reply());
        } catch (Problem refused) {
            input.reply().completeExceptionally(refused);
        }
    }

    /** For {@link HandReport}: a report is an outcome like any other. */
    void reported(OpenStep step, Outcome outcome) {
        finish(step, outcome);
    }

    /** For {@link HandReport}: the caller is still at it. */
    void renewed(OpenStep step, long until) {
        react(step, new Happening.Renewed(step.no(), until), "step.lease_renewed");
    }

    /** The first that happens to a run that was only queued. */
    void tellStarted() {
        if (nextControl.status() == RunStatus.QUEUED) turn.tell("run.started", event -> {});
    }

    void react(OpenStep step, Happening happening, String event) {
        react(happening);
        nextControl
                .open(step.no())
                .ifPresent(now ->
                        turn.tell(event, text -> journal.describe(text, now).put("worker_key", now.heldBy())));
    }

    private void setStatus(Input.SetStatus set) {
        RunStatus is = nextControl.status();
        RunStatus wanted = set.status();
        boolean begun = is != RunStatus.QUEUED;
        boolean reached = is == wanted || wanted == RunStatus.QUEUED || (wanted == RunStatus.RUNNING && begun);
        // A run waits when its nodes do; nobody can say so for them.
        boolean allowed = is.next().contains(wanted) && wanted != RunStatus.WAITING;
        if (!reached && !allowed) {
            set.reply()
                    .completeExceptionally(Problem.conflict(
                            "illegal_status", "A run that is " + is.word() + " cannot become " + wanted.word() + "."));
            return;
        }
        if (!reached && wanted == RunStatus.RUNNING) {
            tellStarted();
            react(new Happening.Begun());
        }
        if (!reached && wanted.ended()) {
            react(new Happening.End(wanted, wanted == RunStatus.COMPLETED ? null : "set_by_hand"));
        }
        afterCommit(set.reply());
    }

    /** Starts what may start: computes inside this turn, hands effects to threads after the commit. */
    private void advance() {
        while (nextControl.advancing() && turn.budget != 0) {
            OpenStep step = startable();
            if (step == null) return;
            boolean full = folded >= FOLD_STEPS_MAX || System.nanoTime() - foldStarted > FOLD_NANOS_MAX;
            if (full && !flow.nodes().get(step.node()).effect()) {
                backlog = true;
                return;
            }
            start(step, 1);
        }
    }

    private OpenStep startable() {
        for (OpenStep step : nextControl.open()) {
            if (step.status() == StepStatus.QUEUED && step.due() <= turn.now && executable(step)) return step;
        }
        return null;
    }

    private boolean executable(OpenStep step) {
        return flow.nodes().get(step.node()).work() != null;
    }

    private void start(OpenStep step, int cost) {
        if (turn.budget > 0 && cost == 1) turn.budget--;
        created.removeIf(waiting -> waiting.no() == step.no());
        Node node = flow.nodes().get(step.node());
        tellStarted();
        react(new Happening.Started(step.no(), null, 0, turn.now));
        OpenStep started = nextControl.open(step.no()).orElseThrow();
        if (node.effect()) {
            turn.tell("step.started", event -> journal.describe(event, started));
            startWork(started, node);
        } else {
            folded++;
            finish(started, workshop.attempt(() -> node.work().execute(context(started, nextValues))));
        }
    }

    private void startWork(OpenStep step, Node node) {
        TokenStream stream = node.streams() ? workshop.stream(run.id(), step.no()) : null;
        NodeContext context = context(step, nextValues, stream == null ? Tokens.NONE : stream);
        turn.afterCommit.add(() -> {
            boolean still = control.open(step.no())
                    .filter(now -> now.status() == StepStatus.RUNNING)
                    .isPresent();
            if (!still || working.containsKey(step.no())) return;
            if (stream != null) streams.add(stream);
            working.put(
                    step.no(),
                    workshop.start(
                            run.id(), step.no(), stream, () -> node.work().execute(context)));
        });
    }

    private void interruptAfterCommit(int no) {
        turn.afterCommit.add(() -> {
            Work work = working.remove(no);
            if (work != null) work.interrupt();
        });
    }

    private void finish(OpenStep step, Outcome outcome) {
        switch (outcome) {
            case Outcome.Done done -> completed(step, done);
            case Outcome.Fail fail -> failed(step, fail);
            case Outcome.Wait wait -> waits(step, wait);
        }
    }

    private void completed(OpenStep step, Outcome.Done outcome) {
        StepOutput output = workshop.masked(new StepOutput(orNull(outcome.output()), outcome.text()));
        StepResult done = new StepResult(output, workshop.masked(outcome.input()), null);
        if (StepOutput.size(done.json(), output.text()) > OUTPUT_MAX) {
            failed(step, Outcome.fail("output_too_large", "The output has more than " + OUTPUT_MAX + " characters."));
            return;
        }
        // Judged at each step, not only at the end of a turn: which node it was must not hang on time.
        if (outcome.state() != null && nextValues.withState(outcome.state()).stateSize() > STATE_MAX) {
            String message = "The run's variables have more than " + STATE_MAX + " characters.";
            failed(step, Outcome.fail("state_too_large", message));
            return;
        }
        nextValues = nextValues.withOutput(flow.graph().id(step.node()), output);
        if (outcome.state() != null) nextValues = nextValues.withState(outcome.state());
        turn.rows.addAll(outcome.rows());
        result = done;
        Scope scope = nextValues.scope(run, flow.graph().id(step.node()));
        BitSet taken = flow.take(step.node(), outcome.route(), scope);
        react(new Happening.Completed(step.no(), taken, turn.now));
        result = null;
    }

    private void failed(OpenStep step, Outcome.Fail fail) {
        turn.rows.addAll(fail.rows());
        String message = workshop.masked(fail.message());
        StepOutput output = workshop.masked(new StepOutput(orNull(fail.output()), null));
        if (flow.graph().rules(step.node()).onError() != NodeRules.OnError.FAIL) {
            nextValues =
                    nextValues.withOutput(flow.graph().id(step.node()), RunValues.error(fail.code(), message, output));
        }
        result = new StepResult(output, workshop.masked(fail.input()), message);
        react(new Happening.Failed(step.no(), fail.code(), fail.retryable(), flow.takeOnError(step.node()), turn.now));
        result = null;
    }

    private static JsonNode orNull(JsonNode node) {
        return node == null ? Json.nothing() : node;
    }

    private void waits(OpenStep step, Outcome.Wait wait) {
        if (!wait.children().isEmpty() && !run.options().mayHaveChildren()) {
            failed(step, Outcome.fail("depth_limit", "Runs nest at most " + RunOptions.DEPTH_MAX + " deep."));
            return;
        }
        turn.rows.addAll(wait.rows());
        for (Outcome.ChildRun child : wait.children()) workshop.addChild(turn, step.no(), child);
        boolean already = step.status() == StepStatus.PENDING;
        String note =
                wait.note() == null || wait.note().isNull() ? null : wait.note().toString();
        react(new Happening.Blocked(step.no(), wait.on(), wait.until(), note));
        if (already) return;
        turn.tell("step.waiting", event -> journal.describe(event, step).put("on", wait.on()));
    }

    private void react(Happening happening) {
        Transition transition = Transition.next(flow.graph(), nextControl, happening);
        nextControl = transition.control();
        for (Change change : transition.changes()) write(change);
    }

    private void write(Change change) {
        switch (change) {
            case Change.Queued queued -> created.add(queued.step());
            case Change.Closed closed -> closed(closed);
            case Change.Skipped skipped -> journal.skipped(turn, skipped);
            case Change.Stop stop -> stop(stop.step());
            case Change.Ended ended -> turn.end(ended(ended));
        }
    }

    private void closed(Change.Closed closed) {
        OpenStep step = closed.step();
        created.removeIf(waiting -> waiting.no() == step.no());
        boolean cancelled = closed.as() == StepStatus.CANCELLED;
        if (cancelled && step.status() == StepStatus.PENDING) abandonWait(step);
        journal.closed(turn, closed, cancelled || result == null ? StepResult.NOTHING : result);
    }

    private void abandonWait(OpenStep step) {
        Node node = flow.nodes().get(step.node());
        if (node.work() != null) turn.rows.addAll(node.work().abandoned(context(step, nextValues)));
    }

    private Turn.Ended ended(Change.Ended ended) {
        StepOutput output = nextControl.resultNo() > 0 ? nextValues.output(resultNode()) : StepOutput.NONE;
        String message = result == null ? null : result.errorMessage();
        String finalState = ended.as() == RunStatus.COMPLETED ? null : state();
        return journal.ended(ended, message, output, finalState);
    }

    private String resultNode() {
        for (int node = 0; node < flow.graph().nodes(); node++) {
            if (nextControl.latest(node) == nextControl.resultNo())
                return flow.graph().id(node);
        }
        throw new IllegalStateException("the result's step is nobody's latest");
    }

    private void stop(OpenStep step) {
        if (step.status() == StepStatus.PENDING) {
            workshop.cancelChildren(turn, step.no());
            return;
        }
        Work work = working.get(step.no());
        if (work == null) {
            // Nothing runs here (a crash, or it would start with this very commit): nobody will report.
            react(new Happening.Stopped(step.no()));
            return;
        }
        nextStopDeadlines.put(step.no(), turn.now + STOP_GRACE_MS);
        turn.afterCommit.add(work::stop);
    }

    private void tellWaiting(OpenStep step) {
        boolean queued = nextControl
                .open(step.no())
                .filter(now -> now.status() == StepStatus.QUEUED)
                .isPresent();
        if (queued) journal.queued(turn, step);
    }

    private NodeContext context(OpenStep step, RunValues seen) {
        return context(step, seen, Tokens.NONE);
    }

    private NodeContext context(OpenStep step, RunValues seen, Tokens tokens) {
        String nodeId = flow.graph().id(step.node());
        return new NodeContext(
                seen.scope(run, nodeId),
                run,
                nodeId,
                step.no(),
                step.firstNo(),
                step.iteration(),
                step.attempt(),
                Json.parseOrNull(step.note()),
                turn.now,
                workshop.ids(),
                () -> workshop.children(run, step.no()),
                tokens);
    }
}
