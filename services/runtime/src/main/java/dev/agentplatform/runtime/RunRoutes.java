package dev.agentplatform.runtime;

import dev.agentplatform.engine.Driving;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunFilter;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.RunViews;
import dev.agentplatform.engine.StepRecord;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.Range;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Reservation;
import dev.agentplatform.web.Routes;
import dev.agentplatform.workflow.compile.WorkflowKind;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /runtime/runs}: start, list, show, drive, end. */
final class RunRoutes {
    private static final int WAIT_SECONDS_MAX = 60;
    static final String DEFAULT_WORKER = "api";

    private final Runs runs;
    private final Engine engine;
    private final Driving driving;
    private final RunViews views;
    private final RunScope scope;

    RunRoutes(Runs runs, Engine engine) {
        this.runs = runs;
        this.engine = engine;
        this.driving = new Driving(engine);
        this.views = new RunViews(engine);
        this.scope = new RunScope(engine);
    }

    record Drive(
            @Length(max = 200) @Doc("Who drives; two callers cannot hold one run")
            String workerKey,

            @Range(min = 1, max = 100_000) @Doc("Steps to start at most; without it until the run ends or is blocked")
            Integer maxSteps,

            @Range(min = 1, max = 86_400) Integer leaseSeconds) {
        String worker() {
            return workerKey == null ? DEFAULT_WORKER : workerKey;
        }
    }

    record SetStatus(
            @Required @Length(max = 20) String status,
            @Length(max = 200) String workerKey) {}

    record Cancel(@Length(max = 1_000) String reason) {}

    record Signal(
            @Required @Length(min = 1, max = 200) String name,
            @Alias("payload") JsonNode payloadJson) {}

    void addTo(Routes routes) {
        routes.post("/runtime/runs", "Start a run")
                .query("wait_seconds", "integer", "Wait at most this long for the end, 0 to 60")
                .body(StartRun.class)
                .answers(202, ObjectNode.class, "The run, which goes on")
                .answers(200, ObjectNode.class, "The run, which has ended while we waited")
                .handle(this::start);
        routes.get("/runtime/runs", "List runs, newest first")
                .paged()
                .query("status", "string", "queued, running, waiting, completed, failed, cancelled or timed_out")
                .query("workflow_id", "string", "Runs of this workflow")
                .query("workflow_version_id", "string", "Runs of this version")
                .query("session_id", "string", "Runs of this session")
                .query("parent_run_id", "string", "Children of this run; without it only runs without a parent")
                .answers(200, ObjectNode.class, "A page of runs, without input and output")
                .handle(this::list);
        routes.get("/runtime/runs/{id}", "Show a run")
                .query("wait_seconds", "integer", "Wait at most this long for the end, 0 to 60")
                .answers(200, ObjectNode.class, "The run")
                .handle(this::show);
        routes.post("/runtime/runs/{id}/execute", "Drive a run until it ends, is blocked, or max_steps")
                .body(Drive.class)
                .answers(200, ObjectNode.class, "The run as it stands")
                .handle(this::execute);
        routes.post("/runtime/runs/{id}/execute-next", "Drive the next queued node of a run")
                .body(Drive.class)
                .answers(200, ObjectNode.class, "The node run")
                .answers(204, "Nothing is left to do")
                .handle(this::executeNext);
        routes.post("/runtime/runs/{id}/status", "Set a run's status by hand")
                .body(SetStatus.class)
                .answers(200, ObjectNode.class, "The run")
                .handle(this::setStatus);
        routes.post("/runtime/runs/{id}/cancel", "Cancel a run and its children")
                .query("wait_seconds", "integer", "Wait at most this long for the end, 0 to 60")
                .body(Cancel.class)
                .answers(202, ObjectNode.class, "The run, which is ending")
                .handle(this::cancel);
        routes.post("/runtime/runs/{id}/retry", "Go on with a failed run from the nodes that failed")
                .answers(202, ObjectNode.class, "The run, which lives again")
                .handle(this::retry);
        routes.post("/runtime/runs/{id}/signal", "Wake the nodes that wait for a signal of this name")
                .body(Signal.class)
                .answers(202, ObjectNode.class, "The run")
                .handle(this::signal);
        routes.post("/runtime/workers/execute-next", "Claim one queued node of any hand-driven run, and execute it")
                .body(Drive.class)
                .answers(200, ObjectNode.class, "The node run")
                .answers(204, "Nothing waits")
                .handle(this::claimNext);
    }

    private Reply start(Request request) throws InterruptedException {
        int wait = request.intQuery("wait_seconds", 0, 0, WAIT_SECONDS_MAX);
        Optional<UUID> reserved = request.idempotency().map(Reservation::reservedId);
        RunRecord run = runs.start(request.workspace().id(), request.body(StartRun.class), reserved);
        if (wait > 0 && !run.status().ended()) {
            Optional<RunRecord> ended = engine.awaitEnd(run.workspaceId(), run.id(), wait * 1_000L);
            if (ended.isPresent()) return Reply.of(200, RunJson.run(ended.get()));
        }
        return Reply.of(run.status().ended() && wait > 0 ? 200 : 202, RunJson.run(run));
    }

    private Reply list(Request request) {
        RunFilter filter = new RunFilter(
                request.workspace().id(),
                WorkflowKind.NAME,
                request.idQuery("workflow_id").orElse(null),
                request.idQuery("workflow_version_id").orElse(null),
                request.idQuery("session_id").orElse(null),
                request.idQuery("parent_run_id").orElse(null),
                request.query("status").map(RunRoutes::statusQuery).orElse(null),
                false);
        int limit = request.limit();
        UUID before = request.cursor()
                .map(text -> Ids.parse(text)
                        .orElseThrow(() -> Problem.malformed("malformed_parameter", "cursor", "is not a cursor")))
                .orElse(null);
        List<RunRecord> found = engine.list(filter, before, limit + 1);
        return Reply.page(Page.of(found, limit, run -> run.id().toString()), RunJson::run);
    }

    private static RunStatus statusQuery(String word) {
        return RunStatus.of(word)
                .orElseThrow(() -> Problem.malformed("malformed_parameter", "status", "is no status of a run"));
    }

    private Reply show(Request request) throws InterruptedException {
        int wait = request.intQuery("wait_seconds", 0, 0, WAIT_SECONDS_MAX);
        RunRecord run = scope.run(request);
        if (wait > 0 && !run.status().ended()) engine.awaitEnd(run.workspaceId(), run.id(), wait * 1_000L);
        return Reply.of(200, RunJson.run(wait > 0 ? fresh(run) : run));
    }

    private Reply execute(Request request) throws InterruptedException {
        Drive drive = request.body(Drive.class);
        RunRecord run = scope.run(request);
        int steps = drive.maxSteps() == null ? Driving.UNLIMITED : drive.maxSteps();
        if (!run.status().ended()) driving.drive(run.workspaceId(), run.id(), drive.worker(), steps);
        return Reply.of(200, RunJson.run(fresh(run)));
    }

    private Reply executeNext(Request request) throws InterruptedException {
        Drive drive = request.body(Drive.class);
        RunRecord run = scope.run(request);
        Optional<StepRecord> next = queued(run);
        if (run.status().ended() || next.isEmpty()) return Reply.empty(204);
        driving.drive(run.workspaceId(), run.id(), drive.worker(), 1);
        return nodeRun(fresh(run), next.get().no());
    }

    private Reply claimNext(Request request) throws InterruptedException {
        Drive drive = request.body(Drive.class);
        String workspace = request.workspace().id();
        Optional<Driving.Driven> driven = driving.driveNext(workspace, WorkflowKind.NAME, drive.worker());
        if (driven.isEmpty()) return Reply.empty(204);
        return nodeRun(runs.find(workspace, driven.get().runId()), driven.get().no());
    }

    private Optional<StepRecord> queued(RunRecord run) {
        return views.open(run).stream()
                .filter(step -> step.status().equals("queued"))
                .findFirst();
    }

    private Reply nodeRun(RunRecord run, int no) {
        StepRecord step = views.step(run, no).orElseThrow(() -> Problem.notFound("node run", Ids.step(run.id(), no)));
        ObjectNode json = RunJson.nodeRun(run, step);
        json.set("run", RunJson.run(run));
        return Reply.of(200, json);
    }

    private Reply setStatus(Request request) throws InterruptedException {
        SetStatus asked = request.body(SetStatus.class);
        RunStatus status = RunStatus.of(asked.status())
                .orElseThrow(() -> Problem.invalid(
                        "status",
                        "must be one of queued, running, waiting, completed," + " failed, cancelled, timed_out"));
        RunRecord run = scope.run(request);
        String worker = asked.workerKey() == null ? DEFAULT_WORKER : asked.workerKey();
        if (run.status().ended()) {
            boolean reached = run.status() == status || !status.ended();
            if (!reached) throw illegal(run.status(), status);
        } else {
            driving.setStatus(run.workspaceId(), run.id(), status, worker);
        }
        return Reply.of(200, RunJson.run(fresh(run)));
    }

    private static Problem illegal(RunStatus from, RunStatus to) {
        return Problem.conflict("illegal_status", "A run that is " + from.word() + " cannot become " + to.word() + ".");
    }

    private Reply cancel(Request request) throws InterruptedException {
        int wait = request.intQuery("wait_seconds", 0, 0, WAIT_SECONDS_MAX);
        Cancel asked = request.body(Cancel.class);
        RunRecord run = scope.run(request);
        engine.cancel(run.workspaceId(), run.id(), asked.reason());
        if (wait > 0) engine.awaitEnd(run.workspaceId(), run.id(), wait * 1_000L);
        return Reply.of(202, RunJson.run(fresh(run)));
    }

    private Reply retry(Request request) {
        RunRecord run = scope.run(request);
        driving.retry(run.workspaceId(), run.id());
        return Reply.of(202, RunJson.run(fresh(run)));
    }

    private Reply signal(Request request) {
        Signal signal = request.body(Signal.class);
        RunRecord run = scope.run(request);
        JsonNode payload = signal.payloadJson() == null ? Json.nothing() : signal.payloadJson();
        engine.signal(run.workspaceId(), run.id(), signal.name(), payload);
        return Reply.of(202, RunJson.run(fresh(run)));
    }

    private RunRecord fresh(RunRecord run) {
        return runs.find(run.workspaceId(), run.id());
    }
}
