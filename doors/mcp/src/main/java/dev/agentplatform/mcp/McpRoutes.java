package dev.agentplatform.mcp;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.engine.Engine;
import dev.agentplatform.events.Follower;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.mcp.Message.Call;
import dev.agentplatform.mcp.Message.Notification;
import dev.agentplatform.mcp.Message.Refused;
import dev.agentplatform.mcp.Message.Response;
import dev.agentplatform.mcp.Message.Wrong;
import dev.agentplatform.mcp.Offer.Kind;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Reservation;
import dev.agentplatform.web.Routes;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiPredicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /mcp}: the Model Context Protocol over streamable HTTP. */
public final class McpRoutes {
    /** The newest one first: it is what a client gets that speaks none of them. */
    static final List<String> VERSIONS = List.of("2025-11-25", "2025-06-18", "2025-03-26");

    private static final String VERSION_HEADER = "MCP-Protocol-Version";
    /** Its clients may send several messages at once; those that name no version are taken for such. */
    private static final String WITH_BATCHES = "2025-03-26";

    private static final int BATCH_MAX = 50;
    private static final String EVENTS = "text/event-stream";

    private final String productVersion;
    private final Offers offers;
    private final Calls calls;
    private final Sessions sessions;
    private final OriginCheck origins;
    private final BiPredicate<Request, String> mayWrite;
    private final Ids ids;

    /** What the door is made of. @param mayWrite whether the caller of a request has the right to write of a service */
    public record Wiring(
            String productVersion,
            Catalog catalog,
            Starts starts,
            Engine engine,
            Follower follower,
            Ids ids,
            BiPredicate<Request, String> mayWrite,
            List<String> allowedOrigins,
            Duration waitMax) {}

    public McpRoutes(Wiring wiring) {
        productVersion = wiring.productVersion();
        offers = new Offers(wiring.catalog());
        calls = new Calls(wiring.starts(), wiring.engine(), wiring.follower(), wiring.waitMax());
        sessions = new Sessions(wiring.ids());
        origins = new OriginCheck(wiring.allowedOrigins());
        mayWrite = wiring.mayWrite();
        ids = wiring.ids();
    }

    public Routes routes() {
        Routes routes = new Routes("mcp", "What is published, as tools of the Model Context Protocol");
        routes.post("/mcp", "Takes a message of a client: initialize, tools/list, tools/call")
                .anyJson()
                .answers(200, ObjectNode.class, "The response, or a stream of events that ends with it")
                .answers(202, "A notification was taken")
                .handle(this::post);
        routes.delete("/mcp", "Ends a session").answers(204, "Ended").handle(this::delete);
        return routes;
    }

    private Reply delete(Request request) {
        origins.check(request);
        String session = sessions.of(request);
        if (session.isEmpty()) throw Problem.malformed("malformed_header", Sessions.HEADER, "is required");
        sessions.end(request, session);
        return Reply.empty(204);
    }

    private Reply post(Request request) throws InterruptedException {
        origins.check(request);
        String version = version(request);
        String session = sessions.of(request);
        JsonNode body = request.rawJson();
        if (body.isArray()) return batch(request, session, version, (ArrayNode) body);
        return switch (Message.of(body)) {
            case Wrong wrong -> Reply.of(400, Message.error(wrong.id(), Message.INVALID_REQUEST, wrong.why()));
            case Response ignored -> Reply.empty(202);
            case Notification notification -> {
                take(request, session, notification);
                yield Reply.empty(202);
            }
            case Call call
            when call.method().equals("initialize") ->
                Reply.of(200, Message.result(call.id(), initialize(call.params())))
                        .header(Sessions.HEADER, sessions.begin());
            case Call call
            when call.method().equals("tools/call") && takesEvents(request) -> streamed(request, session, call);
            case Call call -> Reply.of(200, answer(request, session, call));
        };
    }

    private static String version(Request request) {
        String version = request.header(VERSION_HEADER).map(String::strip).orElse(WITH_BATCHES);
        if (VERSIONS.contains(version)) return version;
        throw Problem.malformed("unsupported_protocol_version", VERSION_HEADER, "must be one of " + VERSIONS);
    }

    private static boolean takesEvents(Request request) {
        return request.header("Accept")
                .map(accept -> accept.toLowerCase(Locale.ROOT).contains(EVENTS))
                .orElse(false);
    }

    private Reply batch(Request request, String session, String version, ArrayNode messages)
            throws InterruptedException {
        if (!version.equals(WITH_BATCHES) || messages.isEmpty() || messages.size() > BATCH_MAX) {
            String why = "Only clients of the version " + WITH_BATCHES + " may send lists, of 1 to " + BATCH_MAX
                    + " messages.";
            return Reply.of(400, Message.error(Json.nothing(), Message.INVALID_REQUEST, why));
        }
        ArrayNode answers = Json.array();
        for (JsonNode json : messages) {
            switch (Message.of(json)) {
                case Wrong wrong -> answers.add(Message.error(wrong.id(), Message.INVALID_REQUEST, wrong.why()));
                case Response ignored -> {}
                case Notification notification -> take(request, session, notification);
                case Call call -> answers.add(answer(request, session, call));
            }
        }
        return answers.isEmpty() ? Reply.empty(202) : Reply.of(200, answers);
    }

    private void take(Request request, String session, Notification notification) {
        if (notification.method().equals("notifications/cancelled")) {
            calls.cancel(
                    request.workspace().id(), session, notification.params().path("requestId"));
        }
    }

    private ObjectNode answer(Request request, String session, Call call) throws InterruptedException {
        try {
            JsonNode result = switch (call.method()) {
                case "ping" -> Json.object();
                case "tools/list" -> list(request, call.params());
                case "tools/call" -> calls.await(asked(request, session, call));
                default ->
                    throw new Refused(Message.METHOD_NOT_FOUND, "This server has no method " + call.method() + ".");
            };
            return Message.result(call.id(), result);
        } catch (Refused refused) {
            return Message.error(call.id(), refused.code(), refused.getMessage());
        }
    }

    private Reply streamed(Request request, String session, Call call) {
        try {
            Calls.Asked asked = asked(request, session, call);
            return Reply.stream((same, stream) -> calls.stream(asked, stream));
        } catch (Refused refused) {
            return Reply.of(200, Message.error(call.id(), refused.code(), refused.getMessage()));
        }
    }

    private ObjectNode initialize(JsonNode params) {
        String wanted = params.path("protocolVersion").asString("");
        ObjectNode result =
                Json.object().put("protocolVersion", VERSIONS.contains(wanted) ? wanted : VERSIONS.getFirst());
        result.putObject("capabilities").putObject("tools").put("listChanged", false);
        result.putObject("serverInfo")
                .put("name", "agent-platform")
                .put("title", "Agent Platform")
                .put("version", productVersion);
        return result.put(
                "instructions",
                "The tools are the agents, teams, workflows and skills that are published in this workspace. A call"
                        + " starts a durable run and waits for it.");
    }

    private ObjectNode list(Request request, JsonNode params) throws Refused {
        JsonNode cursor = params.path("cursor");
        if (!Json.isNothing(cursor) && !cursor.isString()) {
            throw new Refused(Message.INVALID_PARAMS, "cursor: must be a text");
        }
        Page<Offer> page = offers.list(request.workspace().id(), cursor.asString(""), kind -> may(request, kind));
        ObjectNode result = Json.object();
        ArrayNode tools = result.putArray("tools");
        for (Offer offer : page.items()) tools.add(offer.shown());
        if (page.nextCursor() != null) result.put("nextCursor", page.nextCursor());
        return result;
    }

    private boolean may(Request request, Kind kind) {
        return mayWrite.test(request, kind.service());
    }

    private Calls.Asked asked(Request request, String session, Call call) throws Refused {
        JsonNode name = call.params().path("name");
        if (!name.isString()) throw new Refused(Message.INVALID_PARAMS, "name: is required, a text");
        JsonNode arguments = call.params().path("arguments");
        if (!Json.isNothing(arguments) && !arguments.isObject()) {
            throw new Refused(Message.INVALID_PARAMS, "arguments: must be an object");
        }
        JsonNode token = call.params().path("_meta").path("progressToken");
        boolean usable = token.isString() || token.isNumber();
        Optional<Offer> offer = Offer.parse(name.stringValue())
                .filter(parsed -> may(request, parsed.kind()))
                .flatMap(parsed -> offers.find(request.workspace().id(), parsed));
        if (offer.isEmpty()) {
            throw new Refused(Message.INVALID_PARAMS, "Unknown tool: " + name.stringValue());
        }
        UUID runId = request.idempotency().map(Reservation::reservedId).orElseGet(ids::nextRun);
        return new Calls.Asked(
                request.workspace().id(),
                session,
                call.id(),
                offer.get(),
                arguments,
                usable ? token : Json.nothing(),
                runId);
    }
}
