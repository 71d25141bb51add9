package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.EvaluationError;
import dev.agentplatform.queue.Queues;
import dev.agentplatform.queue.TaskTable;
import dev.agentplatform.queue.Unit;
import dev.agentplatform.store.Database;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** What drivers need of the world: threads for work, children, ids, masking. */
final class Workshop {
    private static final Logger LOG = LoggerFactory.getLogger(Workshop.class);

    private final Database database;
    private final Ids ids;
    private final Executor threads;
    private final Secrets secrets;
    private final Clock clock;
    private final Timers timers;
    private final Function<RunRecord, String> queue;
    private final BiConsumer<UUID, Input> deliver;

    /**
     * @param parts the engine's own
     * @param queue where a run waits for its turn
     * @param deliver hands an input to the owner of a run, if it is still owned here
     */
    Workshop(Engine.Parts parts, Function<RunRecord, String> queue, BiConsumer<UUID, Input> deliver) {
        this.database = parts.database();
        this.ids = parts.ids();
        this.threads = parts.threads();
        this.secrets = parts.secrets();
        this.clock = parts.clock();
        this.timers = parts.timers();
        this.queue = queue;
        this.deliver = deliver;
    }

    Ids ids() {
        return ids;
    }

    JsonNode secrets() {
        return secrets.tree();
    }

    /** Runs node code; whatever it throws becomes a failure of its step. */
    Outcome attempt(Callable<Outcome> work) {
        try {
            return work.call();
        } catch (Problem problem) {
            return Outcome.fail(problem.code(), problem.detail());
        } catch (EvaluationError error) {
            return Outcome.fail("expression_error", error.getMessage());
        } catch (Exception | Error unexpected) {
            // Errors too: a stack that overflows in one node is that step's failure, not its owner's.
            LOG.error("a node failed unexpectedly", unexpected);
            return Outcome.fail(
                    "internal",
                    "The node failed unexpectedly: " + unexpected.getClass().getSimpleName());
        }
    }

    /** A stream for the text of a step, which reaches the owner as inputs. */
    TokenStream stream(UUID runId, int no) {
        return new TokenStream(
                no, secrets, clock, timers, (stream, last) -> deliver.accept(runId, new Input.Text(stream, last)));
    }

    /** Starts the work of a step on a thread of its own; its outcome reaches the owner as an input. {@code stream} may be null. */
    Work start(UUID runId, int no, TokenStream stream, Callable<Outcome> body) {
        Work work = new Work();
        threads.execute(() -> {
            work.on(Thread.currentThread());
            Outcome outcome = work.stopped() ? null : attemptUnlessStopped(work, body);
            if (stream != null) stream.finish();
            if (!work.abandoned()) deliver.accept(runId, new Input.WorkEnded(no, outcome));
        });
        return work;
    }

    private Outcome attemptUnlessStopped(Work work, Callable<Outcome> body) {
        try {
            return body.call();
        } catch (InterruptedException interrupted) {
            return work.stopped() ? null : Outcome.fail("interrupted", "The work was interrupted.");
        } catch (Exception | Error failure) {
            return work.stopped() ? null : attempt(() -> rethrow(failure));
        }
    }

    private static Outcome rethrow(Throwable failure) throws Exception {
        if (failure instanceof Error error) throw error;
        throw (Exception) failure;
    }

    void execute(Runnable action) {
        threads.execute(action);
    }

    /** Hands an input to the owner of a run; dropped when this process owns it no more. */
    void deliver(UUID runId, Input input) {
        deliver.accept(runId, input);
    }

    void addChild(Turn turn, int no, Outcome.ChildRun child) {
        Submission asked = child.submission();
        int depth = turn.run.options().depth() + 1;
        if (depth > RunOptions.DEPTH_MAX) {
            throw new Problem(422, "depth_limit", "Runs nest at most " + RunOptions.DEPTH_MAX + " deep.");
        }
        RunOptions options = asked.options().at(depth, turn.run.options().priority());
        RunRecord record = new RunRecord(
                asked.id(),
                turn.run.workspaceId(),
                asked.kind(),
                asked.definitionId(),
                asked.versionId(),
                asked.sessionId(),
                new RunRecord.Parent(turn.run.id(), no, child.index()),
                RunStatus.QUEUED,
                null,
                0,
                turn.now,
                0,
                0,
                asked.metadata(),
                options,
                Json.nothing(),
                asked.input(),
                Json.nothing());
        turn.rows.add(RunTable.create(record));
        turn.children.put(record.id(), no);
        turn.births.add(new Unit.Birth(
                record.id(),
                Engine.TASK_KIND,
                record.workspaceId(),
                queue.apply(record),
                options.priority(),
                true,
                null,
                null,
                0,
                TaskTable.STATE_VERSION,
                null));
    }

    /** Passes a cancel on to the children of a step; their ends arrive as mail. */
    void cancelChildren(Turn turn, int no) {
        List<UUID> live = new ArrayList<>(database.read(sql -> RunTable.liveChildren(sql, turn.run, no)));
        turn.children.forEach((child, parentNo) -> {
            if (parentNo == no) live.add(child);
        });
        for (UUID child : live) {
            String body = Mailbag.cancel("the parent run is ending");
            RunTable.Message message = new RunTable.Message(ids.next(), RunTable.MessageKind.CANCEL, 0, turn.now, body);
            turn.send(child, message, Queues.CONTROL);
        }
    }

    List<NodeContext.ChildResult> children(RunRecord run, int no) {
        return database.read(sql -> RunTable.children(sql, run, no));
    }

    /** When the run's own time limit ends, 0 for none. */
    long deadline(RunRecord run) {
        long limit = run.options().timeoutMs();
        return limit == 0 ? 0 : run.createdTime() + limit;
    }

    /** Text for a column of its own: PostgreSQL stores no NUL. */
    String masked(String text) {
        return text == null ? null : secrets.mask(text).replace('\0', '\uFFFD');
    }

    String masked(JsonNode json) {
        return secrets.mask(Json.writeOrNull(json));
    }

    StepOutput masked(StepOutput output) {
        if (secrets.none()) return output;
        String json = Json.writeOrNull(output.json());
        String masked = secrets.mask(json);
        boolean same = masked == null || masked.equals(json);
        return new StepOutput(same ? output.json() : Json.parse(masked), secrets.mask(output.text()));
    }
}
