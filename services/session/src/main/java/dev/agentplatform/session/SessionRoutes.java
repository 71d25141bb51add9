package dev.agentplatform.session;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.session.RunRequests.Dispatched;
import dev.agentplatform.session.RunRequests.NewRunRequest;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Reservation;
import dev.agentplatform.web.Routes;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The paths under {@code /sessions}: parse, call, render. */
public final class SessionRoutes {
    private final Sessions sessions;
    private final RunRequests requests;
    private final Function<RunRecord, ? extends JsonNode> runRenderer;

    record SessionBody(
            @Doc("The caller's own name of an application") String appId,
            @Doc("The caller's own name of a person") String userId,

            @Required @Length(min = 1, max = 100) @Doc("Where it takes place, for example web")
            String channelType,

            @Length(max = 500) String title,
            @Alias("metadata") ObjectNode metadataJson) {}

    record SessionPatchBody(
            String userId,
            @Length(max = 500) String title,
            @OneOf({"active", "closed", "archived"}) String status,
            @Alias("metadata") ObjectNode metadataJson) {}

    record MessageBody(
            @Required @OneOf({"system", "user", "assistant", "tool"})
            String role,

            @Length(max = Sessions.JSON_CHARACTERS_MAX) @Alias("content")
            String contentText,

            JsonNode contentJson) {
        MessageBody {
            if (contentText == null && contentJson == null) {
                throw Problem.invalid("content_text", "is required, or content_json");
            }
        }
    }

    record RunRequestBody(
            @Required UUID sessionId,
            @Doc("The caller's own name of an application") String appId,
            @Doc("The caller's own name of its version") String appVersionId,
            UUID workflowId,

            @Doc("A draft too; without it the latest published version runs")
            UUID workflowVersionId) {
        NewRunRequest asked() {
            return new NewRunRequest(sessionId, appId, appVersionId, workflowId, workflowVersionId);
        }
    }

    record DispatchBody(
            @Doc("A stored request to dispatch; the fields below describe a new one")
            UUID runRequestId,

            UUID sessionId,
            @Doc("The caller's own name of an application") String appId,
            @Doc("The caller's own name of its version") String appVersionId,
            UUID workflowId,

            @Doc("A draft too; without it the latest published version runs")
            UUID workflowVersionId,

            @Doc("The node to begin with instead of the first ones: node_id, node_type, config")
            ObjectNode initialNode,

            JsonNode inputJson) {
        DispatchBody {
            if (runRequestId == null && sessionId == null) {
                throw Problem.invalid("session_id", "is required, or run_request_id");
            }
        }

        NewRunRequest asked() {
            return new NewRunRequest(sessionId, appId, appVersionId, workflowId, workflowVersionId);
        }
    }

    /** @param runRenderer how the room of the runs shows one */
    public SessionRoutes(Sessions sessions, RunRequests requests, Function<RunRecord, ? extends JsonNode> runRenderer) {
        this.sessions = sessions;
        this.requests = requests;
        this.runRenderer = runRenderer;
    }

    public Routes routes() {
        Routes routes = new Routes("session", "Conversations, their messages, and requests for runs");
        routes.post("/sessions", "Creates a session")
                .body(SessionBody.class)
                .answers(201, "The session")
                .handle(this::create);
        routes.get("/sessions", "Lists sessions, newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("app_id", "string", "Only of this application")
                .query("user_id", "string", "Only of this person")
                .query("channel_type", "string", "Only of this channel")
                .query("status", "string", "active, closed or archived")
                .handle(this::list);
        routes.post("/sessions/run-requests", "Stores a request for a run")
                .body(RunRequestBody.class)
                .answers(201, "The request, pending")
                .handle(this::storeRequest);
        routes.get("/sessions/run-requests", "Lists requests for runs, newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("session_id", "string", "Only of this session")
                .query("status", "string", "pending, dispatched or failed")
                .handle(this::listRequests);
        routes.post("/sessions/run-requests/dispatch", "Stores a request, or takes a stored one, and starts its run")
                .body(DispatchBody.class)
                .answers(201, "The request and the run")
                .handle(this::dispatch);
        routes.get("/sessions/run-requests/{id}", "Shows a request for a run")
                .handle(request ->
                        Reply.of(200, show(requests.find(request.workspace().id(), request.id("id", "run request")))));
        routes.get("/sessions/{id}", "Shows a session")
                .handle(request ->
                        Reply.of(200, show(sessions.find(request.workspace().id(), request.id("id")))));
        routes.patch("/sessions/{id}", "Changes a session; fields left out stay")
                .body(SessionPatchBody.class)
                .handle(this::patch);
        routes.delete("/sessions/{id}", "Deletes a session with its messages; 409 while a run of it lives")
                .answers(204, "Deleted")
                .handle(this::delete);
        routes.post("/sessions/{id}/messages", "Appends a message")
                .body(MessageBody.class)
                .answers(201, "The message")
                .handle(this::append);
        routes.get("/sessions/{id}/messages", "Lists the messages of a session")
                .paged()
                .query("order", "string", "asc (oldest first, default) or desc")
                .handle(this::messages);
        return routes;
    }

    private Reply create(Request request) {
        SessionBody body = request.body(SessionBody.class);
        Session session = sessions.create(
                request.workspace().id(),
                new Sessions.NewSession(
                        body.appId(), body.userId(), body.channelType(), body.title(), body.metadataJson()));
        return Reply.of(201, show(session));
    }

    private Reply list(Request request) {
        Sessions.Filter filter = new Sessions.Filter(
                request.query("app_id").orElse(null),
                request.query("user_id").orElse(null),
                request.query("channel_type").orElse(null),
                request.query("status").orElse(null));
        return Reply.page(sessions.list(request.workspace().id(), filter, page(request)), SessionRoutes::show);
    }

    private Reply patch(Request request) {
        SessionPatchBody body = request.body(SessionPatchBody.class);
        Session session = sessions.patch(
                request.workspace().id(),
                request.id("id"),
                new Sessions.Patch(body.userId(), body.title(), body.status(), body.metadataJson()));
        return Reply.of(200, show(session));
    }

    private Reply delete(Request request) {
        sessions.delete(request.workspace().id(), request.id("id"));
        return Reply.empty(204);
    }

    private Reply append(Request request) {
        MessageBody body = request.body(MessageBody.class);
        Message message = sessions.append(
                request.workspace().id(), request.id("id"), body.role(), body.contentText(), body.contentJson());
        return Reply.of(201, show(message));
    }

    private Reply messages(Request request) {
        boolean ascending = switch (request.query("order").orElse("asc")) {
            case "asc" -> true;
            case "desc" -> false;
            default -> throw Problem.malformed("malformed_parameter", "order", "must be asc or desc");
        };
        Long after = request.cursor().map(SessionRoutes::sequence).orElse(null);
        return Reply.page(
                sessions.messages(request.workspace().id(), request.id("id"), ascending, after, request.limit()),
                SessionRoutes::show);
    }

    private Reply storeRequest(Request request) {
        RunRequestBody body = request.body(RunRequestBody.class);
        return Reply.of(201, show(requests.store(request.workspace().id(), body.asked())));
    }

    private Reply listRequests(Request request) {
        return Reply.page(
                requests.list(
                        request.workspace().id(),
                        request.idQuery("session_id").orElse(null),
                        request.query("status").orElse(null),
                        page(request)),
                SessionRoutes::show);
    }

    private Reply dispatch(Request request) {
        DispatchBody body = request.body(DispatchBody.class);
        String workspaceId = request.workspace().id();
        Optional<UUID> reservedId = request.idempotency().map(Reservation::reservedId);
        Dispatched dispatched = body.runRequestId() != null
                ? requests.dispatch(workspaceId, body.runRequestId(), request.rawJson())
                : requests.dispatch(workspaceId, body.asked(), request.rawJson(), reservedId);
        ObjectNode both = object(workspaceId);
        both.set("run_request", show(dispatched.request()));
        both.set("run", runRenderer.apply(dispatched.run()));
        return Reply.of(201, both);
    }

    private static PageRequest page(Request request) {
        return PageRequest.of(request.cursor(), request.query("sort"), request.limit());
    }

    private static Long sequence(String cursor) {
        try {
            return Long.valueOf(cursor);
        } catch (NumberFormatException foreign) {
            throw Problem.malformed("malformed_parameter", "cursor", "is not a cursor that this list has returned");
        }
    }

    // ---- as clients see them

    private static ObjectNode show(Session session) {
        ObjectNode json = object(session.workspaceId());
        json.put("id", session.id().toString());
        json.put("app_id", session.appId());
        json.put("user_id", session.userId());
        json.put("channel_type", session.channelType());
        json.put("title", session.title());
        json.put("status", session.status());
        json.set("metadata_json", orNull(session.metadata()));
        json.put("message_count", session.messageSeq());
        json.put("created_time", Times.format(session.createdTime()));
        json.put("updated_time", Times.format(session.updatedTime()));
        return json;
    }

    private static ObjectNode show(Message message) {
        ObjectNode json = object(message.workspaceId());
        json.put("id", message.id().toString());
        json.put("session_id", message.sessionId().toString());
        json.put("sequence", message.sequence());
        json.put("role", message.role());
        json.put("content_text", message.contentText());
        json.set("content_json", orNull(message.content()));
        json.put("created_time", Times.format(message.createdTime()));
        return json;
    }

    private static ObjectNode show(RunRequest request) {
        ObjectNode json = object(request.workspaceId());
        json.put("id", request.id().toString());
        json.put("session_id", request.sessionId().toString());
        json.put("app_id", request.appId());
        json.put("app_version_id", request.appVersionId());
        json.put("workflow_id", text(request.workflowId()));
        json.put("workflow_version_id", text(request.workflowVersionId()));
        json.put("run_id", text(request.runId()));
        json.put("status", RunRequestTable.word(request.status()));
        json.put("created_time", Times.format(request.createdTime()));
        return json;
    }

    private static ObjectNode object(String workspaceId) {
        return Json.object().put("workspace_id", workspaceId).put("tenant_id", workspaceId);
    }

    private static JsonNode orNull(JsonNode json) {
        return json == null ? Json.nothing() : json;
    }

    private static String text(UUID id) {
        return id == null ? null : id.toString();
    }
}
