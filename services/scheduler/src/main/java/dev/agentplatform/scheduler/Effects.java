package dev.agentplatform.scheduler;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.Starting;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.OutboundError;
import dev.agentplatform.outbound.OutboundRequest;
import dev.agentplatform.outbound.OutboundResponse;
import dev.agentplatform.store.RowWrite;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the types of jobs do when they are due. */
final class Effects {
    static final String HTTP = "http";
    static final String EVENT = "event";
    private static final Set<String> RUNS = Set.of("runtime", "agent", "team", "skill", "notification");
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
    private static final int TIMEOUT_SECONDS_MAX = 300;
    private static final int BODY_SHOWN_MAX = 2_000;
    private static final int TEXT_MAX = 200;

    private final Map<String, JobTarget> targets;
    private final Starting starting;
    private final Outbox outbox;
    private final OutboundClient client;
    private final Ids ids;
    private final Clock clock;

    Effects(Map<String, JobTarget> targets, Engine engine, Outbox outbox, OutboundClient client, Ids ids, Clock clock) {
        this.targets = targets;
        this.starting = new Starting(engine);
        this.outbox = outbox;
        this.client = client;
        this.ids = ids;
        this.clock = clock;
    }

    /** What came of it. */
    sealed interface Effect {
        /** Done when these rows are committed; {@code runId} is of a run that was started, null for none. */
        record Done(List<RowWrite> rows, UUID runId, JsonNode result) implements Effect {}

        /** A run is to be made in the transaction of the firing. */
        record Birth(JobTarget target, ObjectNode body, UUID runId) implements Effect {}

        /** @param again whether it may succeed later */
        record Failed(String error, boolean again) implements Effect {}
    }

    /** @throws Problem 422 that names the field */
    void check(String type, JsonNode payload) {
        if (!payload.isObject()) throw Problem.invalid("payload_json", "must be an object");
        ObjectNode body = (ObjectNode) payload;
        switch (type) {
            case HTTP -> checkHttp(body);
            case EVENT -> text(body, "event_type", true);
            default -> {
                JobTarget target = targets.get(type);
                if (target == null) {
                    String why = RUNS.contains(type)
                            ? "is not available on this server: " + type
                            : "must be http, event, runtime, agent, team, skill or notification";
                    throw Problem.invalid("job_type", why);
                }
                if (Json.isNothing(body.path(target.runField()))) target.check(body);
                else text(body, target.runField(), true);
            }
        }
    }

    private static void checkHttp(ObjectNode body) {
        String url = text(body, "url", true, 2_000);
        try {
            URI parsed = URI.create(url);
            if (parsed.getHost() == null || !Set.of("http", "https").contains(parsed.getScheme())) {
                throw new IllegalArgumentException();
            }
        } catch (IllegalArgumentException wrong) {
            throw Problem.invalid("payload_json.url", "must be an absolute http or https URL");
        }
        String method = text(body, "method", false);
        if (method != null && !METHODS.contains(method.toUpperCase(Locale.ROOT))) {
            throw Problem.invalid("payload_json.method", "must be one of " + METHODS);
        }
        JsonNode headers = body.path("headers");
        if (Json.isNothing(headers)) return;
        if (!headers.isObject()) throw Problem.invalid("payload_json.headers", "must be an object");
        for (Map.Entry<String, JsonNode> header : headers.properties()) {
            if (!header.getValue().isString()) {
                throw Problem.invalid("payload_json.headers." + header.getKey(), "must be a text");
            }
        }
    }

    Effect of(Job job, Firing firing, ObjectNode payload) throws InterruptedException {
        try {
            return switch (job.type()) {
                case HTTP -> http(firing, payload);
                case EVENT -> event(job, firing, payload);
                default -> run(job, payload);
            };
        } catch (Problem problem) {
            return failed(problem);
        } catch (OutboundError error) {
            return new Effect.Failed(error.code() + ": " + error.getMessage(), true);
        }
    }

    static Effect.Failed failed(Problem problem) {
        boolean busy = problem.status() >= 500 || problem.status() == 429;
        return new Effect.Failed(problem.code() + ": " + problem.detail(), busy);
    }

    private Effect run(Job job, ObjectNode payload) {
        JobTarget target = targets.get(job.type());
        if (target == null) return new Effect.Failed("This server has no " + job.type() + " runs.", false);
        JsonNode waiting = payload.path(target.runField());
        if (Json.isNothing(waiting)) return new Effect.Birth(target, payload, ids.nextRun());
        UUID run = Ids.parse(waiting.asString("")).orElseThrow(() -> Problem.notFound("run", waiting.asString("")));
        // Starting it twice is as good as once.
        boolean started = starting.start(job.workspaceId(), run);
        return new Effect.Done(List.of(), run, Json.object().put("started", started));
    }

    private Effect event(Job job, Firing firing, ObjectNode payload) {
        UUID id = ids.next();
        String aggregate = text(payload, "aggregate_id", false);
        JsonNode inner = payload.has("payload_json") ? payload.get("payload_json") : payload.path("payload");
        Outbox.Prepared prepared = outbox.prepare(new Outbox.Message(
                id,
                job.workspaceId(),
                text(payload, "event_type", true),
                or(text(payload, "source_service", false), "scheduler"),
                or(text(payload, "aggregate_type", false), "job"),
                or(aggregate, job.id().toString()),
                clock.millis(),
                Json.writeOrNull(inner)));
        return new Effect.Done(
                prepared.rows(),
                null,
                Json.object()
                        .put("event_id", id.toString())
                        .put("firing_id", firing.id().toString()));
    }

    private Effect http(Firing firing, ObjectNode payload) throws InterruptedException {
        Map<String, String> headers = new LinkedHashMap<>();
        // The same at each attempt, so that the other side can drop repeats.
        headers.put("Idempotency-Key", firing.id().toString());
        JsonNode body = payload.path("body");
        byte[] bytes = null;
        if (!Json.isNothing(body)) {
            headers.put("content-type", body.isString() ? "text/plain; charset=utf-8" : "application/json");
            bytes = (body.isString() ? body.stringValue() : Json.write(body)).getBytes(StandardCharsets.UTF_8);
        }
        for (Map.Entry<String, JsonNode> header : payload.path("headers").properties()) {
            headers.keySet().removeIf(name -> name.equalsIgnoreCase(header.getKey()));
            headers.put(header.getKey(), header.getValue().asString());
        }
        String method = or(text(payload, "method", false), bytes == null ? "GET" : "POST");
        int seconds = Math.clamp(payload.path("timeout_seconds").asInt(30), 1, TIMEOUT_SECONDS_MAX);
        OutboundResponse answer = client.exchange(new OutboundRequest(
                method.toUpperCase(Locale.ROOT),
                payload.path("url").asString(),
                headers,
                bytes,
                Duration.ofSeconds(seconds),
                OutboundRequest.RESPONSE_BYTES_MAX));
        if (answer.status() >= 400) return new Effect.Failed("The target answered " + answer.status() + ".", true);
        String text = answer.text();
        ObjectNode result = Json.object().put("status_code", answer.status());
        result.put("body", text.length() > BODY_SHOWN_MAX ? text.substring(0, BODY_SHOWN_MAX) : text);
        return new Effect.Done(List.of(), null, result);
    }

    private static String text(ObjectNode payload, String field, boolean required) {
        return text(payload, field, required, TEXT_MAX);
    }

    private static String text(ObjectNode payload, String field, boolean required, int max) {
        JsonNode value = payload.path(field);
        if (Json.isNothing(value)) {
            if (required) throw Problem.invalid("payload_json." + field, "is required");
            return null;
        }
        if (!value.isString()
                || value.stringValue().isBlank()
                || value.stringValue().length() > max) {
            throw Problem.invalid("payload_json." + field, "must be a text of 1 to " + max + " characters");
        }
        return value.stringValue();
    }

    private static String or(String text, String byDefault) {
        return text == null ? byDefault : text;
    }
}
