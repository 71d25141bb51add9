package dev.agentplatform.service;

import dev.agentplatform.engine.Driving;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.ProgramDriving;
import dev.agentplatform.engine.RunFilter;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.events.Follower;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.Range;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Reservation;
import dev.agentplatform.web.Routes;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** The paths of the runs of one kind of program: start, list, show, drive, follow, end. */
public final class ProgramRunRoutes {
    private static final int WAIT_SECONDS_MAX = 60;
    private static final String DEFAULT_WORKER = "api";

    private final RunnableKind kind;
    private final DefinitionKind definitions;
    private final ProgramRuns runs;
    private final Engine engine;
    private final Driving driving;
    private final ProgramDriving programs;
    private final Follower follower;

    public ProgramRunRoutes(RunnableKind kind, ProgramRuns runs, Engine engine, Follower follower) {
        this.kind = kind;
        this.definitions = kind.definitions();
        this.runs = runs;
        this.engine = engine;
        this.driving = new Driving(engine);
        this.programs = new ProgramDriving(engine);
        this.follower = follower;
    }

    record Drive(
            @Length(max = 200) @Doc("Who drives; two callers cannot hold one run")
            String workerKey,

            @Doc("true: nothing outside is called") Boolean dryRun,
            @Range(min = 1, max = 86_400) Integer leaseSeconds) {
        String worker() {
            return workerKey == null ? DEFAULT_WORKER : workerKey;
        }

        boolean dry() {
            return Boolean.TRUE.equals(dryRun);
        }
    }

    record Cancel(@Length(max = 1_000) String reason) {}

    public void addTo(Routes routes) {
        String collection = definitions.root() + "/runs";
        String one = collection + "/{id}";
        routes.post(collection, "Starts a run")
                .query("wait_seconds", "integer", "Wait at most this long for the end, 0 to 60")
                .body(StartProgram.class)
                .answers(202, ObjectNode.class, "The run, which goes on")
                .answers(200, ObjectNode.class, "The run, which has ended while we waited")
                .handle(this::start);
        routes.get(collection, "Lists runs, newest first")
                .paged()
                .query("status", "string", "queued, running, waiting, completed, failed, cancelled or timed_out")
                .query(definitions.idField(), "string", "Runs of this one")
                .query(definitions.versionIdField(), "string", "Runs of this version")
                .query("session_id", "string", "Runs of this session")
                .query("parent_run_id", "string", "Children of this run; without it only runs without a parent")
                .handle(this::list);
        routes.get(one, "Shows a run")
                .query("wait_seconds", "integer", "Wait at most this long for the end, 0 to 60")
                .handle(this::show);
        routes.post(one + "/execute", "Drives a run until it ends or is blocked, or follows who drives it")
                .body(Drive.class)
                .answers(200, ObjectNode.class, "The run as it stands")
                .handle(this::execute);
        routes.post(
                        definitions.root() + "/workers/execute-next",
                        "Claims one run that waits for a driver, and drives it")
                .body(Drive.class)
                .answers(200, ObjectNode.class, "The run")
                .answers(204, "Nothing waits")
                .handle(this::executeNext);
        routes.post(one + "/cancel", "Cancels a run and its children")
                .query("wait_seconds", "integer", "Wait at most this long for the end, 0 to 60")
                .body(Cancel.class)
                .answers(202, ObjectNode.class, "The run, which is ending")
                .handle(this::cancel);
        routes.sse(
                one + "/events",
                "Follow a run: its log, then live, until it ends",
                (request, stream) -> RunStream.follow(follower, run(request), request, stream));
    }

    private Reply start(Request request) throws InterruptedException {
        int wait = waitSeconds(request);
        StartProgram asked = request.body(StartProgram.class);
        Optional<UUID> reserved = request.idempotency().map(Reservation::reservedId);
        RunRecord run = runs.start(request.workspace().id(), runs.choice(request.rawJson()), asked, reserved);
        if (wait > 0 && !run.status().ended()) {
            run = engine.awaitEnd(run.workspaceId(), run.id(), wait * 1_000L).orElse(run);
        }
        return reply(run.status().ended() && wait > 0 ? 200 : 202, run);
    }

    private Reply list(Request request) {
        RunFilter filter = new RunFilter(
                request.workspace().id(),
                definitions.name(),
                request.idQuery(definitions.idField()).orElse(null),
                request.idQuery(definitions.versionIdField()).orElse(null),
                request.idQuery("session_id").orElse(null),
                request.idQuery("parent_run_id").orElse(null),
                request.query("status").map(ProgramRunRoutes::status).orElse(null),
                false);
        UUID before = request.cursor()
                .map(text -> Ids.parse(text)
                        .orElseThrow(() -> Problem.malformed("malformed_parameter", "cursor", "is not a cursor")))
                .orElse(null);
        int limit = request.limit();
        List<RunRecord> found = engine.list(filter, before, limit + 1);
        List<RunRecord> items = found.size() > limit ? found.subList(0, limit) : found;
        String next = found.size() > limit ? items.getLast().id().toString() : null;
        return Reply.page(new Page<>(items, next), run -> ProgramRunJson.show(run, kind));
    }

    private static RunStatus status(String word) {
        return RunStatus.of(word)
                .orElseThrow(() -> Problem.malformed("malformed_parameter", "status", "is not a status of runs"));
    }

    private Reply show(Request request) throws InterruptedException {
        int wait = waitSeconds(request);
        RunRecord run = run(request);
        if (wait > 0 && !run.status().ended()) {
            run = engine.awaitEnd(run.workspaceId(), run.id(), wait * 1_000L).orElseGet(() -> run(request));
        }
        return reply(200, run);
    }

    private Reply execute(Request request) throws InterruptedException {
        Drive drive = request.body(Drive.class);
        RunRecord run = run(request);
        if (!run.status().ended()) {
            if (drive.dry() && !ProgramRuns.isDry(run)) dryRun(run, drive.worker());
            else driving.drive(run.workspaceId(), run.id(), drive.worker(), Driving.UNLIMITED);
        }
        return reply(200, run(request));
    }

    private void dryRun(RunRecord run, String worker) throws InterruptedException {
        if (kind.harmless(run)) driving.drive(run.workspaceId(), run.id(), worker, Driving.UNLIMITED);
        else programs.driveAs(run.workspaceId(), run.id(), worker, ProgramRuns::dry);
    }

    private Reply executeNext(Request request) throws InterruptedException {
        Drive drive = request.body(Drive.class);
        String workspace = request.workspace().id();
        Optional<UUID> driven = programs.driveNext(
                workspace, definitions.name(), drive.worker(), drive.dry() ? ProgramRuns::dry : null);
        if (driven.isEmpty()) return Reply.empty(204);
        return reply(200, runs.find(workspace, driven.get()));
    }

    private Reply cancel(Request request) throws InterruptedException {
        int wait = waitSeconds(request);
        Cancel asked = request.body(Cancel.class);
        RunRecord run = run(request);
        engine.cancel(run.workspaceId(), run.id(), asked.reason());
        if (wait > 0) engine.awaitEnd(run.workspaceId(), run.id(), wait * 1_000L);
        return reply(202, run(request));
    }

    private RunRecord run(Request request) {
        return runs.find(request.workspace().id(), request.id("id"));
    }

    private Reply reply(int status, RunRecord run) {
        return Reply.of(status, ProgramRunJson.show(run, kind));
    }

    private static int waitSeconds(Request request) {
        return request.intQuery("wait_seconds", 0, 0, WAIT_SECONDS_MAX);
    }
}
