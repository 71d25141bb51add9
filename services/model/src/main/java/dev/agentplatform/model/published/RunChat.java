package dev.agentplatform.model.published;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.RunViews;
import dev.agentplatform.engine.StepRecord;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.events.Follower;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.model.upstream.Cancel;
import dev.agentplatform.service.FamilyFollower;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Stream;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A chat with a published definition: starts a durable run, follows it and answers with what comes of it. A client that
 * goes away cancels the run; one that waits for people is answered with what they are asked, and goes on.
 */
public final class RunChat {
    private static final Logger LOG = LoggerFactory.getLogger(RunChat.class);
    private static final String RUN_HEADER = "x-run-id";
    private static final long ANSWER_NANOS_MAX = TimeUnit.HOURS.toNanos(1);
    private static final int STEPS_MAX = 1_000;

    private final Engine engine;
    private final FamilyFollower followers;
    private final PublishedDefinitions definitions;
    private final Function<Problem, ObjectNode> errors;

    /** @param errors a problem as OpenAI's error object, for streams that have begun */
    public RunChat(
            Engine engine, Follower follower, PublishedDefinitions definitions, Function<Problem, ObjectNode> errors) {
        this.engine = engine;
        this.followers = new FamilyFollower(engine, follower);
        this.definitions = definitions;
        this.errors = errors;
    }

    /**
     * @param cancel told when the client is gone
     * @param done run when nobody needs to look after the client any more
     * @throws Problem what was wrong with the request, or what the run failed of
     */
    public Reply answer(Request request, DefinitionName name, ObjectNode body, Cancel cancel, Runnable done)
            throws Exception {
        Question question = Question.of(body);
        RunRecord run = definitions.start(request, name, question);
        request.answerHeader(RUN_HEADER, run.id().toString());
        // A run that failed would be paid for again.
        request.answerHeader("x-should-retry", "false");
        // Whoever tells must not be kept waiting by a commit.
        cancel.cutting(() -> Thread.ofVirtual().start(() -> cancel(run)));
        if (!question.stream()) {
            return Reply.of(
                    200, follow(new Listening(name.toString(), run, null)).completion());
        }
        boolean usage = body.path("stream_options").path("include_usage").asBoolean(false);
        return Reply.stream((asked, stream) -> {
            try {
                stream(new Listening(name.toString(), run, stream), usage);
            } finally {
                done.run();
            }
        });
    }

    private void stream(Listening listening, boolean usage) throws Exception {
        Stream stream = listening.stream;
        try {
            RunAnswer answer = follow(listening);
            listening.tell("content", listening.text.rest(answer.text()));
            if (!listening.begun) listening.chunk("content", "");
            send(stream, answer.lastChunk());
            if (usage) send(stream, answer.usageChunk());
            stream.send(null, null, "[DONE]");
        } catch (Problem failed) {
            // Until the first event it is an answer with a status.
            if (!listening.begun) throw failed;
            send(stream, errors.apply(failed));
        }
    }

    private static void send(Stream stream, ObjectNode chunk) {
        stream.send(null, null, Json.write(chunk));
    }

    private RunAnswer follow(Listening listening) throws IOException, InterruptedException {
        RunRecord run = listening.run;
        boolean ended = followers.follow(run, listening);
        if (!ended && !listening.asksPeople) {
            if (listening.serverEnds) throw Problem.unavailable("This server is stopping; the run goes on.", 5);
            cancel(run);
            throw new Problem(504, "run_timeout", "The run " + run.id() + " gave no answer in an hour.");
        }
        RunRecord now = engine.find(run.workspaceId(), run.id()).orElse(run);
        if (ended) return RunAnswer.of(listening.model, now, stepsFor(now));
        List<ObjectNode> tasks = listening.waits.live().stream()
                .flatMap(one -> definitions.humanTasks(run.workspaceId(), one).stream())
                .toList();
        return RunAnswer.waiting(listening.model, now, steps(now), tasks);
    }

    /** Programs count by themselves. */
    private List<StepRecord> stepsFor(RunRecord run) {
        return run.output().json().has("usage") ? List.of() : steps(run);
    }

    private List<StepRecord> steps(RunRecord run) {
        return new RunViews(engine).steps(run, 0, STEPS_MAX);
    }

    private void cancel(RunRecord run) {
        try {
            engine.cancel(run.workspaceId(), run.id(), "The client of its chat has gone away.");
        } catch (Problem endedOrBusy) {
            LOG.debug("run {} was not cancelled: {}", run.id(), endedOrBusy.detail());
        }
    }

    private boolean rests(String workspaceId, UUID runId) {
        return engine.find(workspaceId, runId)
                .map(run -> run.status() == RunStatus.WAITING || run.status().ended())
                .orElse(true);
    }

    /** What one client hears of its run. */
    private final class Listening implements FamilyFollower.Sink {
        private static final long WAIT_MS = 15_000;

        private final String model;
        private final RunRecord run;
        private final Stream stream;
        private final OpenWaits waits = new OpenWaits();
        private final AnswerText text = new AnswerText();
        private final Asides asides = new Asides();
        private final long untilNanos = System.nanoTime() + ANSWER_NANOS_MAX;
        private boolean begun;
        private boolean asksPeople;
        private volatile boolean serverEnds;

        /** @param stream null for a client that reads the whole answer */
        Listening(String model, RunRecord run, Stream stream) {
            this.model = model;
            this.run = run;
            this.stream = stream;
        }

        @Override
        public void event(String path, RunRecord of, LogEvent event, String position) {
            waits.event(path, of, event);
            if (stream != null) {
                if (path.isEmpty()) tell("content", Asides.heard(text, event));
                else tell("reasoning_content", asides.heard(path, of, event));
            }
            asksPeople = waits.onlyPeople() && waits.live().stream().allMatch(one -> rests(run.workspaceId(), one));
        }

        private void tell(String field, String piece) {
            if (!piece.isEmpty()) chunk(field, piece);
        }

        private void chunk(String field, String piece) {
            send(stream, RunAnswer.chunk(model, run, field, piece, !begun));
            begun = true;
        }

        @Override
        public long waitMillis() {
            return stream == null ? WAIT_MS : stream.beatWaitMillis();
        }

        @Override
        public void idle() {
            if (stream == null) return;
            stream.heartbeat();
            begun = true;
        }

        @Override
        public void onEnd(Runnable wakeUp) {
            if (stream == null) return;
            stream.onEnd(() -> {
                serverEnds = true;
                wakeUp.run();
            });
        }

        @Override
        public boolean open() {
            boolean heard = stream == null || stream.isOpen();
            return heard && !asksPeople && System.nanoTime() - untilNanos < 0;
        }
    }
}
