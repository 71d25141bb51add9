package dev.agentplatform.runtime;

import dev.agentplatform.engine.Driving;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.RunViews;
import dev.agentplatform.engine.StepRecord;
import dev.agentplatform.engine.graph.StepStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.Range;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Node runs: list, show, execute, report; and what is seen of them as artifacts and spans. */
final class NodeRunRoutes {
    private static final int LEASE_SECONDS = 300;

    private final Driving driving;
    private final RunViews views;
    private final RunScope scope;

    NodeRunRoutes(Engine engine) {
        this.driving = new Driving(engine);
        this.views = new RunViews(engine);
        this.scope = new RunScope(engine);
    }

    record Execute(@Length(max = 200) String workerKey) {}

    record Report(
            @Required @Length(max = 20) String status,
            @Length(max = 200) String workerKey,
            @Range(min = 1, max = 86_400) Integer leaseSeconds,
            @Alias("output") JsonNode outputJson,
            @Length(max = 1_000_000) String outputText,
            @Length(max = 200) String errorCode,
            @Length(max = 10_000) String errorMessage) {}

    record ResumeHuman(
            @Required @Length(max = 200) String humanTaskId,
            @Length(max = 200) String workerKey) {}

    void addTo(Routes routes) {
        routes.get("/runtime/runs/{id}/node-runs", "List the node runs of a run, in order")
                .paged()
                .answers(200, ObjectNode.class, "A page of node runs")
                .handle(request -> page(request, scope.run(request), RunJson::nodeRun));
        routes.get("/runtime/node-runs/{id}", "Show a node run")
                .answers(200, ObjectNode.class, "The node run")
                .handle(request -> shown(request));
        routes.post("/runtime/node-runs/{id}/execute", "Execute one queued node run")
                .body(Execute.class)
                .answers(200, ObjectNode.class, "The node run")
                .handle(this::execute);
        routes.post("/runtime/node-runs/{id}/status", "Report what an executor outside did")
                .body(Report.class)
                .answers(200, ObjectNode.class, "The node run")
                .handle(this::report);
        routes.post("/runtime/node-runs/{id}/resume-human", "Go on after a person has answered")
                .body(ResumeHuman.class)
                .answers(200, ObjectNode.class, "The node run")
                .handle(this::resumeHuman);
        routes.get("/runtime/node-artifacts", "What the node runs of a run left behind")
                .paged()
                .query("run_id", "string", "The run")
                .answers(200, ObjectNode.class, "A page of artifacts")
                .handle(this::artifacts);
        routes.get("/runtime/trace-spans", "A run as spans: its own, then one for each node run")
                .paged()
                .query("run_id", "string", "The run")
                .answers(200, ObjectNode.class, "A page of spans")
                .handle(this::spans);
    }

    private Reply execute(Request request) throws InterruptedException {
        Execute asked = request.body(Execute.class);
        RunRecord run = scope.runOfNodeRun(request);
        int no = no(request);
        step(run, no);
        String worker = asked.workerKey() == null ? RunRoutes.DEFAULT_WORKER : asked.workerKey();
        if (!run.status().ended()) driving.startStep(run.workspaceId(), run.id(), no, worker);
        return shown(request);
    }

    private Reply report(Request request) throws InterruptedException {
        Report asked = request.body(Report.class);
        StepStatus status = StepStatus.of(asked.status())
                .orElseThrow(() -> Problem.invalid(
                        "status",
                        "must be one of queued, running, pending, completed," + " failed, skipped, cancelled"));
        if (status == StepStatus.RUNNING && asked.workerKey() == null) {
            throw Problem.invalid("worker_key", "is required to take a node run");
        }
        RunRecord run = scope.runOfNodeRun(request);
        int no = no(request);
        StepRecord step = step(run, no);
        if (step.finishedTime() > 0) return reached(run, step, status);
        int lease = asked.leaseSeconds() == null ? LEASE_SECONDS : asked.leaseSeconds();
        JsonNode output = asked.outputJson() == null ? Json.nothing() : asked.outputJson();
        driving.report(
                run.workspaceId(),
                run.id(),
                no,
                new Driving.Report(
                        status,
                        asked.workerKey(),
                        lease * 1_000L,
                        output,
                        asked.outputText(),
                        asked.errorCode(),
                        asked.errorMessage()));
        return shown(request);
    }

    // Reached or passed: nothing changes. Another outcome than the recorded one is refused.
    private static Reply reached(RunRecord run, StepRecord step, StepStatus wanted) {
        if (!wanted.open() && !wanted.word().equals(step.status())) {
            throw Problem.conflict(
                    "illegal_status", "A node run that is " + step.status() + " cannot become " + wanted.word() + ".");
        }
        return Reply.of(200, RunJson.nodeRun(run, step));
    }

    private Reply resumeHuman(Request request) throws InterruptedException {
        ResumeHuman asked = request.body(ResumeHuman.class);
        RunRecord run = scope.runOfNodeRun(request);
        int no = no(request);
        StepRecord step = step(run, no);
        if (isPending(step)) {
            // The answer may have been given and not have arrived yet.
            String worker = asked.workerKey() == null ? RunRoutes.DEFAULT_WORKER : asked.workerKey();
            driving.settle(run.workspaceId(), run.id(), worker);
            step = step(scope.runOfNodeRun(request), no);
        }
        if (isPending(step)) {
            throw Problem.conflict("task_open", "The human task is still open; completing it resumes the run.");
        }
        return Reply.of(200, RunJson.nodeRun(run, step));
    }

    private static boolean isPending(StepRecord step) {
        return step.status().equals(StepStatus.PENDING.word());
    }

    private Reply artifacts(Request request) {
        RunRecord run = runOfQuery(request);
        return page(request, run, RunJson::artifact);
    }

    private Reply spans(Request request) {
        RunRecord run = runOfQuery(request);
        boolean first = request.cursor().isEmpty();
        int limit = request.limit();
        List<StepRecord> steps = views.steps(run, after(request), limit + 1);
        Page<StepRecord> page = Page.of(steps, limit, step -> Integer.toString(step.no()));
        List<ObjectNode> spans = new ArrayList<>();
        if (first) spans.add(RunJson.span(run));
        for (StepRecord step : page.items()) spans.add(RunJson.span(run, step));
        return Reply.page(new Page<>(spans, page.nextCursor()), span -> span);
    }

    private RunRecord runOfQuery(Request request) {
        UUID runId = request.idQuery("run_id")
                .orElseThrow(() -> Problem.malformed("malformed_parameter", "run_id", "is required"));
        return scope.run(request, runId, "run");
    }

    private Reply page(Request request, RunRecord run, BiFunction<RunRecord, StepRecord, ObjectNode> shown) {
        int limit = request.limit();
        List<StepRecord> steps = views.steps(run, after(request), limit + 1);
        return Reply.page(Page.of(steps, limit, step -> Integer.toString(step.no())), step -> shown.apply(run, step));
    }

    private static int after(Request request) {
        try {
            return Integer.parseInt(request.cursor().orElse("0"));
        } catch (NumberFormatException notOurs) {
            throw Problem.malformed("malformed_parameter", "cursor", "is not a cursor");
        }
    }

    private Reply shown(Request request) {
        RunRecord now = scope.runOfNodeRun(request);
        return Reply.of(200, RunJson.nodeRun(now, step(now, no(request))));
    }

    private StepRecord step(RunRecord run, int no) {
        return views.step(run, no).orElseThrow(() -> Problem.notFound("node run", Ids.step(run.id(), no)));
    }

    private static int no(Request request) {
        return Ids.stepNo(request.id("id"));
    }
}
