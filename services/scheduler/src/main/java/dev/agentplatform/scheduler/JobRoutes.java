package dev.agentplatform.scheduler;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Range;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Reservation;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /scheduler/jobs}. */
final class JobRoutes {
    private static final int ATTEMPTS_DEFAULT = 3;
    private static final int CLAIM_DEFAULT = 20;
    private static final int CLAIM_MAX = 200;
    private static final int LEASE_SECONDS_DEFAULT = 60;

    private final Jobs jobs;
    private final Ids ids;
    private final Clock clock;

    JobRoutes(Jobs jobs, Ids ids, Clock clock) {
        this.jobs = jobs;
        this.ids = ids;
        this.clock = clock;
    }

    record OnEvent(
            @Required @Length(min = 1, max = 200) String eventType,
            @Length(max = 2_000) String filter) {}

    record Create(
            @Required @Length(min = 1, max = 30) @Doc("http, event, runtime, agent, team, skill or notification")
            String jobType,

            @Required @Length(min = 1, max = 200) String name,

            @Doc("Once at this time; with interval_seconds the first time")
            Instant scheduleTime,

            @Length(min = 1, max = 200) @Doc("Five fields, or six with seconds before them")
            String cron,

            @Length(min = 1, max = 60) @Doc("Of cron; by default UTC")
            String timezone,

            @Range(min = 1, max = 31_536_000) Integer intervalSeconds,
            OnEvent onEvent,

            @Required
            @Alias("payload")
            @Doc("What to do: a waiting run, or the body that makes one; for http url, method, headers, body")
            JsonNode payloadJson,

            @Range(min = 1, max = 100) Integer maxAttempts,

            @OneOf({"fire_once", "skip"}) @Doc("What becomes of a time that was missed by more than a minute")
            String misfire) {}

    record Change(
            @Length(min = 1, max = 200) String name,
            Instant scheduleTime,
            @Length(min = 1, max = 200) String cron,
            @Length(min = 1, max = 60) String timezone,
            @Range(min = 1, max = 31_536_000) Integer intervalSeconds,
            OnEvent onEvent,
            @Alias("payload") JsonNode payloadJson,
            @Range(min = 1, max = 100) Integer maxAttempts,
            @OneOf({"fire_once", "skip"}) String misfire) {}

    record ClaimDue(
            @Length(min = 1, max = 200) String workerKey,
            @Range(min = 1, max = CLAIM_MAX) Integer limit,

            @Range(min = 1, max = 86_400) @Doc("Without a report until then, the platform fires it")
            Integer leaseSeconds) {}

    record SetStatus(
            @Required @OneOf({"completed", "failed"}) String status,
            @Length(max = 200) String workerKey,
            @Alias("error") @Length(max = 1_000) String errorMessage) {}

    record Backfill(
            @Required @Alias("from_time") Instant from,
            @Alias("to_time") Instant to) {}

    void addTo(Routes routes) {
        routes.post("/scheduler/jobs", "Schedule a job").body(Create.class).handle(this::create);
        routes.get("/scheduler/jobs", "List jobs, newest first")
                .paged()
                .query("status", "string", "active, paused, completed or failed")
                .query("job_type", "string", "Of this type")
                .handle(request -> Reply.page(
                        jobs.list(
                                request.workspace().id(),
                                page(request),
                                request.query("status").orElse(null),
                                request.query("job_type").orElse(null)),
                        Job::json));
        routes.get("/scheduler/jobs/{id}", "Show a job")
                .handle(request -> Reply.of(200, find(request).json()));
        routes.patch("/scheduler/jobs/{id}", "Change a job").body(Change.class).handle(this::change);
        routes.delete("/scheduler/jobs/{id}", "Delete a job and its firings").handle(request -> {
            jobs.delete(request.workspace().id(), request.id("id", "job"));
            return Reply.empty(204);
        });
        routes.post("/scheduler/jobs/{id}/pause", "Pause a job")
                .handle(request -> Reply.of(
                        200,
                        jobs.pause(request.workspace().id(), request.id("id", "job"))
                                .json()));
        routes.post("/scheduler/jobs/{id}/resume", "Resume a paused job")
                .handle(request -> Reply.of(
                        200,
                        jobs.resume(request.workspace().id(), request.id("id", "job"))
                                .json()));
        routes.post("/scheduler/jobs/{id}/run", "Fire a job now")
                .answers(202, ObjectNode.class, "The firing")
                .handle(this::run);
        routes.post("/scheduler/jobs/{id}/backfill", "Fire for times of the past that have no firing")
                .body(Backfill.class)
                .answers(202, ObjectNode.class, "How many firings were added")
                .handle(this::backfill);
        routes.get("/scheduler/jobs/{id}/firings", "List the firings of a job, the newest time first")
                .paged()
                .handle(request -> Reply.page(
                        jobs.firings(request.workspace().id(), request.id("id", "job"), page(request)), Firing::json));
        routes.post("/scheduler/jobs/claim-due", "Claim due jobs instead of the platform's workers")
                .body(ClaimDue.class)
                .handle(this::claimDue);
        routes.post("/scheduler/jobs/{id}/status", "Say what became of a claimed job")
                .body(SetStatus.class)
                .handle(this::setStatus);
    }

    private static PageRequest page(Request request) {
        return PageRequest.of(request.cursor(), request.query("sort"), request.limit());
    }

    private Reply create(Request request) {
        Create body = request.body(Create.class);
        Schedule schedule =
                schedule(body.scheduleTime(), body.cron(), body.timezone(), body.intervalSeconds(), body.onEvent());
        if (schedule == null) {
            throw Problem.invalid("schedule_time", "is required, or cron, interval_seconds or on_event");
        }
        Jobs.Draft draft = new Jobs.Draft(
                body.name(),
                body.jobType(),
                schedule,
                body.payloadJson(),
                body.misfire() == null ? "fire_once" : body.misfire(),
                body.maxAttempts() == null ? ATTEMPTS_DEFAULT : body.maxAttempts());
        return Reply.of(
                201,
                jobs.create(request.workspace().id(), newId(request), draft).json());
    }

    private Reply change(Request request) {
        Change body = request.body(Change.class);
        Job old = find(request);
        Schedule schedule =
                schedule(body.scheduleTime(), body.cron(), body.timezone(), body.intervalSeconds(), body.onEvent());
        if (schedule == null && body.timezone() != null) {
            if (!(old.schedule() instanceof Schedule.Cronlike cron)) {
                throw Problem.invalid("timezone", "belongs to a job with cron");
            }
            schedule = Schedule.cron(cron.text(), body.timezone());
        }
        Jobs.Draft draft = new Jobs.Draft(
                body.name() == null ? old.name() : body.name(),
                old.type(),
                schedule == null ? old.schedule() : schedule,
                Json.isNothing(body.payloadJson()) ? old.payload() : body.payloadJson(),
                body.misfire() == null ? old.misfire() : body.misfire(),
                body.maxAttempts() == null ? old.maxAttempts() : body.maxAttempts());
        return Reply.of(200, jobs.change(old, draft, schedule != null).json());
    }

    /** Null when nothing says when. */
    private Schedule schedule(Instant time, String cron, String timezone, Integer interval, OnEvent onEvent) {
        int named = (cron == null ? 0 : 1) + (interval == null ? 0 : 1) + (onEvent == null ? 0 : 1);
        if (named > 1 || time != null && (cron != null || onEvent != null)) {
            throw Problem.invalid("schedule_time", "give one of schedule_time, cron, interval_seconds and on_event");
        }
        if (cron != null) return Schedule.cron(cron, timezone);
        if (onEvent != null) return new Schedule.OnEvent(onEvent.eventType(), onEvent.filter());
        if (interval != null) {
            long first = time == null ? clock.millis() + interval * 1_000L : time.toEpochMilli();
            return new Schedule.Every(interval, first);
        }
        return time == null ? null : new Schedule.At(time.toEpochMilli());
    }

    private Reply run(Request request) {
        UUID id = request.id("id", "job");
        return Reply.of(
                202, jobs.runNow(request.workspace().id(), id, newId(request)).json());
    }

    private Reply backfill(Request request) {
        Backfill body = request.body(Backfill.class);
        UUID id = request.id("id", "job");
        String workspace = request.workspace().id();
        long from = body.from().toEpochMilli();
        long to = body.to() == null ? clock.millis() : body.to().toEpochMilli();
        if (to < from) throw Problem.invalid("to", "must not be before from");
        ObjectNode json = Json.object().put("workspace_id", workspace).put("tenant_id", workspace);
        return Reply.of(202, json.put("firings", jobs.backfill(workspace, id, from, to)));
    }

    private Reply claimDue(Request request) {
        ClaimDue body = request.body(ClaimDue.class);
        int seconds = body.leaseSeconds() == null ? LEASE_SECONDS_DEFAULT : body.leaseSeconds();
        List<Jobs.Lent> lent = jobs.claimDue(
                request.workspace().id(),
                body.workerKey() == null ? "api" : body.workerKey(),
                body.limit() == null ? CLAIM_DEFAULT : body.limit(),
                seconds * 1_000L);
        return Reply.page(new Page<>(lent, null), it -> {
            ObjectNode json = it.job().json();
            json.put("status", "claimed");
            json.set("firing", it.firing().json());
            return json;
        });
    }

    private Reply setStatus(Request request) {
        SetStatus body = request.body(SetStatus.class);
        UUID id = request.id("id", "job");
        boolean completed = body.status().equals("completed");
        return Reply.of(
                200,
                jobs.report(request.workspace().id(), id, completed, body.workerKey(), body.errorMessage())
                        .json());
    }

    private Job find(Request request) {
        return jobs.get(request.workspace().id(), request.id("id", "job"));
    }

    private UUID newId(Request request) {
        return request.idempotency().map(Reservation::reservedId).orElseGet(ids::next);
    }
}
