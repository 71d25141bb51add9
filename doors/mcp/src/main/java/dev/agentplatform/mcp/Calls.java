package dev.agentplatform.mcp;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.events.Follower;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.mcp.RunningCalls.Waiting;
import dev.agentplatform.web.Stream;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Calls of tools: each is a durable run, which goes on whether or not somebody waits for it. */
final class Calls {
    private final Starts starts;
    private final Engine engine;
    private final Follower follower;
    private final RunningCalls running = new RunningCalls();
    private final Duration waitMax;

    /** @param waitMax how long a client may wait for a run */
    Calls(Starts starts, Engine engine, Follower follower, Duration waitMax) {
        this.starts = starts;
        this.engine = engine;
        this.follower = follower;
        this.waitMax = waitMax;
    }

    /**
     * One call.
     *
     * @param sessionId empty for none
     * @param progressToken a text or a number; JSON null when the client wants no progress
     */
    record Asked(
            String workspaceId,
            String sessionId,
            JsonNode requestId,
            Offer offer,
            JsonNode arguments,
            JsonNode progressToken,
            UUID runId) {}

    /** Starts the run and waits for it. Gives the result of the call, also for what failed. */
    ObjectNode await(Asked asked) throws InterruptedException {
        Waiting waiting = running.begin(asked.workspaceId(), asked.sessionId(), asked.requestId());
        try {
            start(asked, waiting);
            engine.awaitEnd(asked.workspaceId(), asked.runId(), waitMax.toMillis());
            return result(asked);
        } catch (Problem refused) {
            return failed(refused);
        } finally {
            running.end(asked.workspaceId(), asked.sessionId(), asked.requestId(), waiting);
        }
    }

    /** The same as events: progress, if it is wanted, and the response; none for a call that was cancelled. */
    void stream(Asked asked, Stream stream) throws IOException, InterruptedException {
        Waiting waiting = running.begin(asked.workspaceId(), asked.sessionId(), asked.requestId());
        try {
            start(asked, waiting);
            stream.open();
            follower.follow(asked.workspaceId(), asked.runId(), 0, new Progress(asked, waiting, stream, waitMax));
            if (!waiting.cancelled() && stream.isOpen()) send(stream, Message.result(asked.requestId(), result(asked)));
        } catch (Problem refused) {
            send(stream, Message.result(asked.requestId(), failed(refused)));
        } finally {
            running.end(asked.workspaceId(), asked.sessionId(), asked.requestId(), waiting);
        }
    }

    /** A call that was cancelled before is cancelled now. */
    private void start(Asked asked, Waiting waiting) {
        Offer offer = asked.offer();
        starts.start(offer.kind().word(), asked.workspaceId(), offer.startBody(asked.arguments()), asked.runId());
        waiting.onCancel(() -> cancelRun(asked));
    }

    /** Ends the run of a call; what is over or unknown stays as it is. */
    void cancel(String workspaceId, String sessionId, JsonNode requestId) {
        if (!sessionId.isEmpty())
            running.find(workspaceId, sessionId, requestId).ifPresent(Waiting::cancel);
    }

    private void cancelRun(Asked asked) {
        try {
            engine.cancel(asked.workspaceId(), asked.runId(), "The MCP client cancelled the call.");
        } catch (Problem over) {
            // It has ended meanwhile.
        }
    }

    private static void send(Stream stream, ObjectNode message) {
        stream.send(null, "message", Json.write(message));
    }

    /** Tells what happens in a run as progress. */
    private static final class Progress implements Follower.Sink {
        private final Asked asked;
        private final Waiting waiting;
        private final Stream stream;
        private final long endNanos;

        Progress(Asked asked, Waiting waiting, Stream stream, Duration limit) {
            this.asked = asked;
            this.waiting = waiting;
            this.stream = stream;
            this.endNanos = System.nanoTime() + limit.toNanos();
        }

        @Override
        public void event(LogEvent event) {
            if (Json.isNothing(asked.progressToken()) || event.isTransient() || event.terminal()) return;
            ObjectNode params = Json.object().put("progress", event.seq());
            params.set("progressToken", asked.progressToken());
            String node = Json.parse(event.json()).path("node_id").asString("");
            params.put("message", node.isEmpty() ? event.type() : event.type() + " " + node);
            send(stream, Message.notification("notifications/progress", params));
        }

        @Override
        public long waitMillis() {
            return Math.max(1, Math.min(stream.beatWaitMillis(), (endNanos - System.nanoTime()) / 1_000_000));
        }

        @Override
        public void idle() {
            stream.heartbeat();
        }

        @Override
        public void onEnd(Runnable wakeUp) {
            stream.onEnd(wakeUp);
        }

        @Override
        public boolean open() {
            return stream.isOpen() && !waiting.cancelled() && System.nanoTime() < endNanos;
        }
    }

    // ---- results

    private ObjectNode result(Asked asked) {
        RunRecord run = engine.find(asked.workspaceId(), asked.runId())
                .orElseThrow(() -> Problem.notFound("run", asked.runId()));
        ObjectNode result = result(asked.offer(), run);
        result.putObject("_meta")
                .put("agent-platform/run_id", run.id().toString())
                .put("agent-platform/status", run.status().word());
        return result;
    }

    private ObjectNode result(Offer offer, RunRecord run) {
        if (!run.status().ended()) {
            return texts(
                    "The run " + run.id() + " was not done within " + waitMax.toSeconds()
                            + " seconds. It goes on by itself.",
                    true);
        }
        if (run.status() != RunStatus.COMPLETED) {
            String why = run.error().path("message").asString("");
            String code = run.errorCode() == null ? "" : " (" + run.errorCode() + ")";
            return texts(
                    "The run " + run.id() + " is " + run.status().word() + code + (why.isEmpty() ? "." : ": " + why),
                    true);
        }
        JsonNode json = run.output().json();
        // The result of a program is an object around what it answers.
        boolean program = offer.kind() != Offer.Kind.WORKFLOW;
        JsonNode value = program ? json.path("output_json") : json;
        String said = program
                ? json.path("output_text").asString(run.output().text())
                : run.output().text();
        String text = said == null || said.isBlank() ? (Json.isNothing(value) ? "" : Json.write(value)) : said;
        ObjectNode result = texts(text, false);
        if (value.isObject()) result.set("structuredContent", value);
        return result;
    }

    private static ObjectNode failed(Problem problem) {
        StringBuilder text = new StringBuilder(problem.detail());
        problem.errors().stream()
                .skip(1)
                .forEach(error ->
                        text.append('\n').append(error.path()).append(": ").append(error.message()));
        ObjectNode result = texts(text.toString(), true);
        result.putObject("_meta").put("agent-platform/code", problem.code());
        return result;
    }

    private static ObjectNode texts(String text, boolean error) {
        ObjectNode result = Json.object();
        result.putArray("content").addObject().put("type", "text").put("text", text);
        return result.put("isError", error);
    }
}
