package dev.agentplatform.engine;

import dev.agentplatform.engine.Executable.Program;
import dev.agentplatform.engine.ProgramState.Open;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.engine.graph.StepStatus;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/**
 * Drives a program: its requests become units of the owner, its recorded steps are handed back by key.
 *
 * <p>A program that waits has left its thread; when something arrives it runs from its first line again and
 * finds everything that it did before.
 */
final class ProgramDriver implements Driver {
    private static final int PAGE = 1_000;
    private static final String NOTE_TYPE = "note";

    private final Workshop workshop;
    private final RunRecord run;
    private final Program program;
    private final Map<String, StepRecord> recorded = new ConcurrentHashMap<>();

    private ProgramState state;
    private ProgramState next;
    private final List<StepRecord> newlyRecorded = new ArrayList<>();
    private Turn turn;
    private boolean starts;
    private boolean leaves;
    private boolean active;
    private volatile ProgramRun thread;

    ProgramDriver(Workshop workshop, Database database, RunRecord run, Program program, String stored) {
        this.workshop = workshop;
        this.run = run;
        this.program = program;
        this.state = ProgramState.read(stored);
        this.next = state;
        if (stored != null) loadJournal(database);
    }

    private void loadJournal(Database database) {
        int after = 0;
        List<StepRecord> page;
        do {
            int from = after;
            page = database.read(sql -> StepTable.page(sql, run.workspaceId(), run.id(), from, PAGE));
            for (StepRecord step : page) recorded.put(step.key(), step);
            if (!page.isEmpty()) after = page.getLast().no();
        } while (page.size() == PAGE);
    }

    @Override
    public void turn(Turn newTurn, List<Input> inputs) {
        turn = newTurn;
        next = state;
        newlyRecorded.clear();
        starts = false;
        leaves = false;
        for (Input input : inputs) apply(input);
        starts = starts && next.ending() == null;
        if (starts && turn.budget != 0 && !active) turn.afterCommit.add(this::startProgram);
        boolean everythingStopped =
                next.ending() != null && !(active && !leaves) && next.open().isEmpty();
        if (everythingStopped && turn.ended() == null) turn.end(endedAs(next.ending()));
    }

    @Override
    public void adopt() {
        state = next;
        for (StepRecord step : newlyRecorded) recorded.put(step.key(), step);
        if (leaves) active = false;
    }

    @Override
    public Rest rest() {
        boolean willRun = starts && turn.budget != 0;
        boolean busy = willRun || (active && !leaves);
        long due = next.ending() == null ? workshop.deadline(run) : 0;
        for (Open step : next.open().values()) {
            if (step.until() > 0) due = due == 0 ? step.until() : Math.min(due, step.until());
        }
        boolean wantsToStart = starts && turn.budget == 0;
        return new Rest(busy, false, wantsToStart, due);
    }

    @Override
    public RunStatus status() {
        if (next == ProgramState.START && !starts && !active) return RunStatus.QUEUED;
        boolean waiting = !next.open().isEmpty();
        for (Open step : next.open().values()) waiting &= step.on() != null;
        boolean running = (active && !leaves) || (starts && turn.budget != 0);
        if (running) return RunStatus.RUNNING;
        return waiting ? RunStatus.WAITING : run.status();
    }

    @Override
    public String state() {
        return next.write();
    }

    @Override
    public void abandon() {
        if (thread != null) thread.abandon();
    }

    private void stopProgram() {
        if (thread != null) thread.leave();
    }

    private void startProgram() {
        active = true;
        thread = new ProgramRun(workshop, run, program, Map.copyOf(recorded), openNumbers());
        thread.start();
    }

    private Map<String, Integer> openNumbers() {
        Map<String, Integer> numbers = new HashMap<>();
        for (Open step : state.open().values()) if (step.on() == null) numbers.put(step.key(), step.no());
        return numbers;
    }

    private void apply(Input input) {
        switch (input) {
            case Input.Begin begin -> {
                turn.tell("run.created", event -> event.put("kind", run.kind()));
                starts = true;
            }
            case Input.Recover recover -> recover();
            case Input.Retry retry -> throw Problem.conflict("not_retryable", "Start a new run instead.");
            case Input.Tick tick -> due();
            case Input.Mail mail -> deliver(mail.message());
            case Input.Ask ask -> asked(ask.request());
            case Input.SetStatus set ->
                set.reply().completeExceptionally(Problem.conflict("illegal_status", "Cancel the run instead."));
            case Input.StartStep start -> start.reply().complete(null);
            case Input.Report report ->
                report.reply()
                        .completeExceptionally(
                                Problem.conflict("illegal_status", "Steps of this run report themselves."));
            case Input.Poisoned poisoned -> end("poisoned");
            case Input.Settle settle -> settle.reply().complete(null);
            case Input.Budget budget -> starts = !active && waitsForNothing();
            case Input.MailArrived arrived -> {}
            case Input.WorkEnded ended -> {}
            case Input.Text text -> show(text);
        }
    }

    private void show(Input.Text text) {
        TokenStream stream = text.stream();
        Open step = next.open().values().stream()
                .filter(open -> open.no() == stream.no() && open.on() == null)
                .findFirst()
                .orElse(null);
        if (step == null || thread == null || !thread.has(stream)) {
            stream.abandon();
            return;
        }
        TokenStream.Waiting waiting = stream.waiting(turn, text.last());
        for (TokenStream.Piece piece : waiting.pieces()) {
            turn.tell(
                    LogEvent.TEXT,
                    event -> describe(event, step).put("attempt", 1).piece(piece));
        }
        turn.afterCommit.add(() -> stream.told(waiting));
    }

    private void recover() {
        // Waiting steps alone need no thread; anything else goes on from the top.
        goOn();
        for (Open step : List.copyOf(next.open().values())) {
            if (step.on() != null) continue;
            // Of a run that ends nothing is done again: nobody else will close its steps.
            if (next.ending() != null) close(step, StepStatus.CANCELLED, Json.nothing(), null, null);
            else turn.tell("step.restarted", event -> describe(event, step));
        }
        due();
    }

    private boolean waitsForNothing() {
        return next.open().values().stream().noneMatch(step -> step.on() != null);
    }

    private void due() {
        long deadline = workshop.deadline(run);
        if (deadline > 0 && deadline <= turn.now && next.ending() == null) end("timed_out");
        for (Open step : List.copyOf(next.open().values())) {
            if (step.until() == 0 || step.until() > turn.now) continue;
            abandon(step, StepStatus.COMPLETED);
            goOn();
        }
    }

    /** From the first line again, once everything has come that the program waits for. */
    private void goOn() {
        starts = next.ending() == null && waitsForNothing();
    }

    private void end(String how) {
        if (next.ending() != null) return;
        next = next.ending(how);
        turn.tell("run.cancelling", event -> event.put("reason", how));
        turn.afterCommit.add(this::stopProgram);
        for (Open step : List.copyOf(next.open().values())) {
            if ("child".equals(step.on())) workshop.cancelChildren(turn, step.no());
            else if (step.on() != null || !active) abandon(step, StepStatus.CANCELLED);
        }
    }

    private void deliver(RunTable.Message message) {
        turn.rows.add(RunTable.applied(run.id(), run.workspaceId(), message.id()));
        switch (message.kind()) {
            case CANCEL -> end("cancelled");
            case SIGNAL -> signalled(Mailbag.signal(message));
            case CHILD -> childEnded(message.no());
            case HUMAN -> answered(message.no(), Mailbag.answer(message));
        }
    }

    private void signalled(Arrival.Signal signal) {
        for (Open step : List.copyOf(next.open().values())) {
            if (!"signal".equals(step.on()) || !signal.name().equals(step.signal())) continue;
            close(step, StepStatus.COMPLETED, signal.payload(), null, null);
            goOn();
        }
    }

    private void answered(int no, Arrival.Answer answer) {
        for (Open step : List.copyOf(next.open().values())) {
            if (step.no() != no || !"human".equals(step.on())) continue;
            close(step, StepStatus.COMPLETED, answer.body(), null, null);
            goOn();
        }
    }

    private void childEnded(int no) {
        for (Open step : List.copyOf(next.open().values())) {
            if (step.no() != no || !"child".equals(step.on())) continue;
            NodeContext.ChildResult child = workshop.children(run, no).getFirst();
            if (child.completed()) {
                close(step, StepStatus.COMPLETED, child.output().json(), null, null);
            } else {
                String code = child.errorCode() == null ? child.status() : child.errorCode();
                close(step, StepStatus.FAILED, Json.nothing(), code, "The child run is " + child.status() + ".");
            }
            goOn();
        }
    }

    private void asked(ProgramRequest request) {
        switch (request) {
            case ProgramRequest.Intend intend -> intend(intend);
            case ProgramRequest.Record record -> record(record);
            case ProgramRequest.Note note -> note(note);
            case ProgramRequest.Wait wait -> await(wait);
            case ProgramRequest.Finished finished -> finished(finished);
            case ProgramRequest.Left left -> left();
        }
    }

    private void left() {
        leaves = true;
        for (Open step : List.copyOf(next.open().values())) {
            if (step.on() == null) close(step, StepStatus.CANCELLED, Json.nothing(), null, null);
        }
    }

    private void intend(ProgramRequest.Intend intend) {
        Map<String, Integer> numbers = new HashMap<>();
        for (ProgramRequest.Intent intent : intend.intents()) {
            Open step = new Open(next.nextNo(), intent.key(), intent.type(), turn.now, null, null, 0);
            next = next.with(step);
            numbers.put(intent.key(), step.no());
            turn.tell("step.started", event -> describe(event, step));
        }
        turn.afterCommit.add(() -> intend.reply().complete(numbers));
    }

    private void record(ProgramRequest.Record record) {
        next.open().values().stream()
                .filter(step -> step.no() == record.no())
                .findFirst()
                .ifPresent(step -> {
                    StepStatus as = record.errorCode() == null ? StepStatus.COMPLETED : StepStatus.FAILED;
                    String message = workshop.masked(record.errorMessage());
                    close(step, as, record.input(), record.output(), record.errorCode(), message);
                });
        turn.afterCommit.add(() -> record.reply().complete(null));
    }

    private void note(ProgramRequest.Note note) {
        Open step = new Open(next.nextNo(), note.key(), NOTE_TYPE, turn.now, null, null, 0);
        next = next.numbered();
        close(step, StepStatus.COMPLETED, note.value(), null, null);
        turn.afterCommit.add(() -> note.reply().complete(null));
    }

    private void await(ProgramRequest.Wait wait) {
        leaves = true;
        if (next.ending() != null) return;
        for (ProgramRequest.Awaited one : wait.all()) {
            Open step = new Open(next.nextNo(), one.key(), one.on(), turn.now, one.on(), one.signal(), one.until());
            next = next.with(step);
            if (one.child() != null) workshop.addChild(turn, step.no(), new Outcome.ChildRun(one.child(), 0));
            if (one.question() != null) {
                turn.rows.addAll(one.question().rows(Ids.step(run.id(), step.no()), step.no(), turn.now));
            }
            turn.tell("step.waiting", event -> describe(event, step).put("on", one.on()));
        }
    }

    /** Nobody waits for this step any more. */
    private void abandon(Open step, StepStatus as) {
        if ("human".equals(step.on())) {
            turn.rows.addAll(program.abandoned(run, step.key(), Ids.step(run.id(), step.no()), turn.now));
        }
        close(step, as, Json.nothing(), null, null);
    }

    private void finished(ProgramRequest.Finished finished) {
        leaves = true;
        if (next.ending() != null) return;
        if (finished.errorCode() == null) {
            StepOutput result = workshop.masked(new StepOutput(finished.result(), null));
            turn.end(new Turn.Ended(RunStatus.COMPLETED, null, null, result, null));
        } else {
            String message = workshop.masked(finished.errorMessage());
            String error = RunValues.errorJson(finished.errorCode(), message, null, false);
            turn.end(new Turn.Ended(RunStatus.FAILED, finished.errorCode(), error, StepOutput.NONE, null));
        }
    }

    private void close(Open step, StepStatus as, JsonNode output, String code, String message) {
        close(step, as, Json.nothing(), output, code, message);
    }

    private void close(Open step, StepStatus as, JsonNode input, JsonNode output, String code, String message) {
        next = next.without(step.key());
        JsonNode given = workshop.masked(new StepOutput(input, null)).json();
        StepOutput kept = workshop.masked(new StepOutput(output == null ? Json.nothing() : output, null));
        StepRecord record = new StepRecord(
                step.no(),
                step.key(),
                step.type(),
                1,
                1,
                as.word(),
                step.started(),
                turn.now,
                0,
                null,
                code,
                message,
                given,
                kept);
        String text = kept.write();
        turn.rows.add(StepTable.record(run, record, Json.writeOrNull(given), text));
        newlyRecorded.add(record);
        turn.tell(
                "step." + as.word(),
                event -> describe(event, step)
                        .put("error_code", code)
                        .text("error_message", message)
                        .json("output_json", Json.writeOrNull(kept.json())));
    }

    private static EventText describe(EventText event, Open step) {
        return event.put("no", step.no()).put("key", step.key()).put("step_type", step.type());
    }

    private static Turn.Ended endedAs(String ending) {
        RunStatus status = switch (ending) {
            case "cancelled" -> RunStatus.CANCELLED;
            case "timed_out" -> RunStatus.TIMED_OUT;
            default -> RunStatus.FAILED;
        };
        String code = ending.equals("timed_out") ? "run_timeout" : ending;
        return new Turn.Ended(status, code, RunValues.errorJson(code, null, null, false), StepOutput.NONE, null);
    }
}
