package dev.agentplatform.human;

import dev.agentplatform.human.HumanTask.Question;
import dev.agentplatform.human.HumanTask.Status;
import dev.agentplatform.human.HumanTaskTable.Filter;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** {@code /human}: the inbox of people. */
public final class HumanRoutes {
    private final HumanTasks tasks;

    private HumanRoutes(HumanTasks tasks) {
        this.tasks = tasks;
    }

    public static Routes of(HumanTasks tasks) {
        HumanRoutes human = new HumanRoutes(tasks);
        Routes routes = new Routes("human", "Tasks for people: approvals, input, takeovers");
        routes.post("/human/tasks", "Ask a person").body(Create.class).handle(human::create);
        routes.get("/human/tasks", "List tasks, newest first")
                .query("status", "string", "open, claimed, approved, rejected, completed, cancelled or expired")
                .query("assigned_to", "string", "Who was asked")
                .query("claimed_by", "string", "Who is at it")
                .query("run_id", "string", "The run that asks")
                .query("task_type", "string", "approval, input, takeover, pause or resume")
                .paged()
                .handle(human::list);
        routes.get("/human/tasks/{id}", "Get a task").handle(request -> {
            UUID id = request.id("id", "human task");
            return shown(200, tasks.get(request.workspace().id(), id));
        });
        routes.post("/human/tasks/{id}/claim", "Take a task; one wins")
                .body(Claim.class)
                .handle(human::claim);
        routes.post("/human/tasks/{id}/release", "Give a claimed task back")
                .body(Release.class)
                .handle(human::release);
        routes.post("/human/tasks/{id}/complete", "Answer; what waits for it goes on")
                .body(Complete.class)
                .handle(human::complete);
        routes.post("/human/tasks/{id}/cancel", "Withdraw a task; what waits for it fails")
                .handle(request -> {
                    UUID id = request.id("id", "human task");
                    String by = caller(request, null);
                    return shown(200, tasks.cancel(request.workspace().id(), id, by));
                });
        return routes;
    }

    record Create(
            @Required @OneOf({"approval", "input", "takeover", "pause", "resume"})
            String taskType,

            @Required @Length(min = 1, max = 500) String title,
            @Doc("The run that asks; a free text") String runId,

            @Doc("The node run that waits for the answer; a free text")
            String nodeRunId,

            @Length(max = 200) String assignedTo,
            @Alias("request_payload") JsonNode requestPayloadJson,

            @Alias("form_schema") @Doc("JSON Schema that the answer must fit")
            JsonNode formSchemaJson,

            Instant dueTime) {}

    record Claim(@Required @Length(min = 1, max = 200) String claimedBy) {}

    record Release(
            @Length(max = 200) @Doc("Whose claim it must be")
            String claimedBy) {}

    record Complete(
            @Required @OneOf({"approved", "rejected", "completed"})
            String status,

            @Alias("response_payload") JsonNode responsePayloadJson,
            @Alias("claimed_by") @Length(max = 200) String completedBy) {}

    private Reply create(Request request) {
        Create body = request.body(Create.class);
        Question question = new Question(
                body.taskType(),
                body.title(),
                body.assignedTo(),
                body.dueTime() == null ? 0 : body.dueTime().toEpochMilli(),
                orNothing(body.requestPayloadJson()),
                orNothing(body.formSchemaJson()));
        return shown(201, tasks.create(request.workspace().id(), body.runId(), body.nodeRunId(), question));
    }

    private Reply list(Request request) {
        String status = request.query("status").orElse(null);
        if (status != null
                && Arrays.stream(Status.values()).noneMatch(it -> it.word().equals(status))) {
            throw Problem.malformed("malformed_parameter", "status", "is no status of a task");
        }
        Filter filter = new Filter(
                status,
                request.query("assigned_to").orElse(null),
                request.query("claimed_by").orElse(null),
                request.query("run_id").orElse(null),
                request.query("task_type").orElse(null));
        UUID before = request.cursor()
                .map(text -> Ids.parse(text)
                        .orElseThrow(() -> Problem.malformed(
                                "malformed_parameter", "cursor", "is not a cursor that a list has returned")))
                .orElse(null);
        return Reply.page(tasks.list(request.workspace().id(), filter, before, request.limit()), HumanTask::json);
    }

    private Reply claim(Request request) {
        UUID id = request.id("id", "human task");
        String claimedBy = request.body(Claim.class).claimedBy();
        return shown(200, tasks.claim(request.workspace().id(), id, claimedBy));
    }

    private Reply release(Request request) {
        UUID id = request.id("id", "human task");
        String claimedBy = request.body(Release.class).claimedBy();
        return shown(200, tasks.release(request.workspace().id(), id, claimedBy));
    }

    private Reply complete(Request request) {
        UUID id = request.id("id", "human task");
        Complete body = request.body(Complete.class);
        HumanTask task = tasks.complete(
                request.workspace().id(),
                id,
                Status.of(body.status()),
                orNothing(body.responsePayloadJson()),
                caller(request, body.completedBy()));
        return shown(200, task);
    }

    private static String caller(Request request, String named) {
        return named != null ? named : request.principal().userId().orElse(null);
    }

    private static JsonNode orNothing(JsonNode json) {
        return json == null ? Json.nothing() : json;
    }

    private static Reply shown(int status, HumanTask task) {
        return Reply.of(status, task.json());
    }
}
