package dev.agentplatform.engine;

import dev.agentplatform.engine.Executable.Program;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** One life of a program on its own virtual thread: from its first line until it ends, waits or is stopped. */
final class ProgramRun implements ProgramContext {
    private static final Logger LOG = LoggerFactory.getLogger(ProgramRun.class);

    private final Workshop workshop;
    private final RunRecord run;
    private final Program program;
    private final Map<String, StepRecord> recorded;
    private final Map<String, Integer> open;
    private final Set<String> used = ConcurrentHashMap.newKeySet();
    private final Map<String, TokenStream> streams = new ConcurrentHashMap<>();
    private volatile boolean leaving;
    private volatile boolean abandoned;
    private volatile Thread thread;

    ProgramRun(
            Workshop workshop,
            RunRecord run,
            Program program,
            Map<String, StepRecord> recorded,
            Map<String, Integer> open) {
        this.workshop = workshop;
        this.run = run;
        this.program = program;
        this.recorded = new ConcurrentHashMap<>(recorded);
        this.open = open;
    }

    void start() {
        workshop.execute(this::live);
    }

    /** Makes the program leave its thread at its next call, or now if it blocks. */
    void leave() {
        leaving = true;
        Thread running = thread;
        if (running != null) running.interrupt();
    }

    /** The owner lost the run: leaves too, and says nothing more to whoever owns the run then. */
    void abandon() {
        abandoned = true;
        streams.values().forEach(TokenStream::abandon);
        leave();
    }

    private void live() {
        thread = Thread.currentThread();
        ProgramRequest last;
        try {
            JsonNode result = program.run(this, run.input());
            last = new ProgramRequest.Finished(result == null ? Json.nothing() : result, null, null);
        } catch (Suspension suspension) {
            if (!leaving) return;
            last = new ProgramRequest.Left();
        } catch (StepFailed failed) {
            last = new ProgramRequest.Finished(null, failed.code(), failed.getMessage());
        } catch (Problem problem) {
            last = new ProgramRequest.Finished(null, problem.code(), problem.detail());
        } catch (Exception | Error failure) {
            if (leaving) last = new ProgramRequest.Left();
            else {
                LOG.error("program of run {} failed unexpectedly", run.id(), failure);
                last = new ProgramRequest.Finished(
                        null, "internal", failure.getClass().getSimpleName());
            }
        }
        ask(last);
    }

    @Override
    public JsonNode step(String key, String type, JsonNode input, Callable<JsonNode> work) {
        return all(List.of(new LeafStep(key, type, input, work))).getFirst();
    }

    @Override
    public List<JsonNode> all(List<LeafStep> steps) {
        perform(steps);
        return steps.stream().map(step -> result(step.key())).toList();
    }

    @Override
    public List<Attempt> attempts(List<LeafStep> steps) {
        perform(steps);
        return steps.stream().map(step -> attempt(step.key())).toList();
    }

    private Attempt attempt(String key) {
        StepRecord record = recorded.get(key);
        boolean completed = record.status().equals("completed");
        return completed
                ? new Attempt(record.output().json(), null, null)
                : new Attempt(Json.nothing(), record.errorCode(), record.errorMessage());
    }

    private void perform(List<LeafStep> steps) {
        List<ProgramRequest.Intent> intents = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        for (LeafStep step : steps) {
            use(step.key());
            keys.add(step.key());
            boolean fresh = !recorded.containsKey(step.key()) && !open.containsKey(step.key());
            if (fresh) intents.add(new ProgramRequest.Intent(step.key(), step.type(), step.input()));
        }
        if (keys.size() != steps.size()) throw new IllegalArgumentException("two steps with one key: " + keys);
        Map<String, Integer> numbers =
                intents.isEmpty() ? Map.of() : reply(reply -> new ProgramRequest.Intend(intents, reply));
        List<CompletableFuture<Void>> working = new ArrayList<>();
        for (LeafStep step : steps) {
            if (recorded.containsKey(step.key())) continue;
            int no = numbers.getOrDefault(step.key(), open.getOrDefault(step.key(), 0));
            working.add(perform(step, no));
        }
        for (CompletableFuture<Void> one : working) await(one);
    }

    private CompletableFuture<Void> perform(LeafStep step, int no) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        TokenStream stream = workshop.stream(run.id(), no);
        streams.put(step.key(), stream);
        workshop.execute(() -> {
            JsonNode output = null;
            String code = null;
            String message = null;
            try {
                // Through JSON also the first time, so that a replay sees the same value.
                output = Json.parse(Json.write(step.work().call()));
            } catch (Problem problem) {
                code = problem.code();
                message = problem.detail();
            } catch (StepFailed failed) {
                code = failed.code();
                message = failed.getMessage();
            } catch (Exception | Error failure) {
                code = "step_failed";
                message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
            }
            stream.finish();
            keep(step, no, output, code, message, done);
        });
        return done;
    }

    private void keep(
            LeafStep step, int no, JsonNode output, String code, String message, CompletableFuture<Void> done) {
        StepRecord record = new StepRecord(
                no,
                step.key(),
                step.type(),
                1,
                1,
                code == null ? "completed" : "failed",
                0,
                0,
                0,
                null,
                code,
                message,
                step.input(),
                new StepOutput(output == null ? Json.nothing() : output, null));
        // Read only after `done`, which completes when the outcome is durable.
        recorded.put(step.key(), record);
        ask(new ProgramRequest.Record(no, step.input(), output, code, message, done));
    }

    @Override
    public JsonNode note(String key, JsonNode value) {
        use(key);
        if (!recorded.containsKey(key)) {
            JsonNode kept = Json.parse(Json.write(value));
            this.<Void>reply(reply -> new ProgramRequest.Note(key, kept, reply));
            return kept;
        }
        return result(key);
    }

    @Override
    public JsonNode child(String key, Submission submission) {
        ChildEnd end = children(List.of(new ChildCall(key, () -> submission))).getFirst();
        if (!end.completed()) throw new StepFailed(end.errorCode(), end.errorMessage());
        return end.output();
    }

    @Override
    public List<ChildEnd> children(List<ChildCall> calls) {
        if (calls.size() > CHILDREN_MAX) throw new IllegalArgumentException("more than " + CHILDREN_MAX + " children");
        List<ProgramRequest.Awaited> fresh = new ArrayList<>();
        for (ChildCall call : calls) {
            use(call.key());
            if (recorded.containsKey(call.key())) continue;
            fresh.add(new ProgramRequest.Awaited(
                    call.key(), "child", null, 0, call.submission().get(), null));
        }
        if (!fresh.isEmpty()) {
            if (!run.options().mayHaveChildren()) {
                throw new Problem(422, "depth_limit", "Runs nest at most " + RunOptions.DEPTH_MAX + " deep.");
            }
            throw suspend(fresh);
        }
        return calls.stream().map(call -> ended(recorded.get(call.key()))).toList();
    }

    private static ChildEnd ended(StepRecord child) {
        return child.status().equals("completed")
                ? new ChildEnd(child.output().json(), null, null)
                : new ChildEnd(Json.nothing(), child.errorCode(), child.errorMessage());
    }

    @Override
    public JsonNode awaitHuman(String key, long until, Question question) {
        use(key);
        if (recorded.containsKey(key)) return arrived(key);
        throw suspend(List.of(new ProgramRequest.Awaited(key, "human", null, until, null, question)));
    }

    @Override
    public JsonNode awaitSignal(String key, String name, long until) {
        use(key);
        if (recorded.containsKey(key)) return result(key);
        throw suspend(List.of(new ProgramRequest.Awaited(key, "signal", name, until, null, null)));
    }

    /** Null when time was up. */
    private JsonNode arrived(String key) {
        JsonNode answer = result(key);
        return Json.isNothing(answer) ? null : answer;
    }

    @Override
    public void awaitTime(String key, long until) {
        use(key);
        if (recorded.containsKey(key)) return;
        throw suspend(List.of(new ProgramRequest.Awaited(key, "time", null, until, null, null)));
    }

    @Override
    public Tokens tokens(String key) {
        TokenStream stream = streams.get(key);
        return stream == null ? Tokens.NONE : stream;
    }

    /** Whether a stream is of this life of the program. */
    boolean has(TokenStream stream) {
        return streams.containsValue(stream);
    }

    @Override
    public long createdTime() {
        return run.createdTime();
    }

    @Override
    public String idempotencyKey(String key) {
        return run.id() + ":" + key;
    }

    private void use(String key) {
        if (leaving) throw new Suspension();
        if (!used.add(key)) throw new IllegalArgumentException("the program used the key twice: " + key);
    }

    private JsonNode result(String key) {
        StepRecord record = recorded.get(key);
        if (record.status().equals("completed")) return record.output().json();
        throw new StepFailed(record.errorCode(), record.errorMessage());
    }

    private Suspension suspend(List<ProgramRequest.Awaited> waits) {
        ask(new ProgramRequest.Wait(waits));
        return new Suspension();
    }

    private void ask(ProgramRequest request) {
        if (!abandoned) workshop.deliver(run.id(), new Input.Ask(request));
    }

    private <T> T reply(Function<CompletableFuture<T>, ProgramRequest> request) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        ask(request.apply(reply));
        return await(reply);
    }

    private <T> T await(CompletableFuture<T> reply) {
        try {
            return reply.get();
        } catch (InterruptedException interrupted) {
            throw new Suspension();
        } catch (ExecutionException refused) {
            throw new IllegalStateException(refused.getCause());
        }
    }
}
