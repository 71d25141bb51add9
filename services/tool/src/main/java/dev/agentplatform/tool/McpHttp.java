package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.OutboundError;
import dev.agentplatform.outbound.OutboundRequest;
import dev.agentplatform.outbound.OutboundResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An MCP server by streamable HTTP: each message is a POST, and its answer JSON or a stream of events. */
final class McpHttp implements McpTransport {
    private static final Logger LOG = LoggerFactory.getLogger(McpHttp.class);
    private static final Duration ASIDE_LIMIT = Duration.ofSeconds(5);
    private static final int ASIDE_BYTES_MAX = 64 * 1024;
    private static final int ASKED_MAX = 100;
    static final String UNAUTHORIZED = "http_401";
    private static final String SESSION = "Mcp-Session-Id";

    private final OutboundClient client;
    private final String url;
    private final Map<String, String> headers;
    private final AtomicLong ids = new AtomicLong();
    private volatile String sessionId;
    private volatile String version;
    private volatile boolean open = true;

    /** @param url with what a credential adds to its query @param headers those of the credential included */
    McpHttp(OutboundClient client, String url, Map<String, String> headers) {
        this.client = client;
        this.url = url;
        this.headers = Map.copyOf(headers);
    }

    @Override
    public JsonNode request(String method, ObjectNode params, Duration limit, int bytesMax)
            throws McpFailure, InterruptedException {
        long id = ids.incrementAndGet();
        AtomicInteger asked = new AtomicInteger();
        McpEvents events = new McpEvents(id, question -> {
            if (asked.incrementAndGet() <= ASKED_MAX) aside("POST", JsonRpc.reply(question));
        });
        boolean began = method.equals("initialize");
        OutboundResponse response;
        try {
            response = client.exchange(outbound("POST", JsonRpc.request(id, method, params), limit, bytesMax), events);
        } catch (OutboundError error) {
            if (!began && error.code().equals("timeout")) cancelled(id);
            throw new McpFailure(error.code(), error.getMessage(), error.retryable());
        } catch (InterruptedException stopped) {
            if (!began) cancelled(id);
            throw stopped;
        }
        if (began && response.status() < 300)
            sessionId = response.header(SESSION).orElse(null);
        return JsonRpc.result(read(id, response, events));
    }

    private JsonNode read(long id, OutboundResponse response, McpEvents events) throws McpFailure {
        int status = response.status();
        if (status == 404 && sessionId != null) {
            open = false;
            throw new McpFailure(McpFailure.SESSION_LOST, "The MCP server has forgotten the session.", true);
        }
        // What the session was begun with is good no more.
        if (status == 401) open = false;
        if (status >= 400) throw refused(response);
        if (response.contentType().equals(McpEvents.CONTENT_TYPE)) {
            if (events.fault() != null) throw McpFailure.invalid(events.fault());
            if (events.response() != null) return events.response();
            throw new McpFailure(McpFailure.INVALID_ANSWER, "The MCP server ended its events without an answer.", true);
        }
        if (status != 200 || !response.contentType().equals("application/json")) {
            throw McpFailure.invalid("The answer is neither JSON nor a stream of events: status " + status + ", type '"
                    + JsonRpc.cut(response.contentType()) + "'. Is this the address of an MCP server?");
        }
        JsonNode json;
        try {
            json = Json.parse(response.text());
        } catch (IllegalArgumentException noJson) {
            throw McpFailure.invalid("The answer of the MCP server is called JSON and is none, or is nested too deep.");
        }
        for (JsonNode one : json.isArray() ? json : Json.array().add(json)) if (JsonRpc.answers(one, id)) return one;
        throw McpFailure.invalid("The MCP server answered something else than what was asked: no response has our id.");
    }

    private static McpFailure refused(OutboundResponse response) {
        int status = response.status();
        boolean later = status == 408 || status == 429 || status >= 500;
        String said = "";
        try {
            said = Json.parse(response.text()).path("error").path("message").asString("");
        } catch (IllegalArgumentException noJson) {
            // Then only the status is told.
        }
        return new McpFailure(
                "http_" + status,
                "The MCP server answered with the status " + status + (said.isEmpty() ? "." : ": " + JsonRpc.cut(said)),
                later);
    }

    @Override
    public void inform(String method, ObjectNode params) throws McpFailure, InterruptedException {
        try {
            client.exchange(outbound("POST", JsonRpc.notification(method, params), ASIDE_LIMIT, ASIDE_BYTES_MAX));
        } catch (OutboundError error) {
            throw new McpFailure(error.code(), error.getMessage(), error.retryable());
        }
    }

    private void cancelled(long id) {
        ObjectNode params = Json.object().put("requestId", id).put("reason", "The time limit has passed.");
        aside("POST", JsonRpc.notification("notifications/cancelled", params));
    }

    /** Sends what nobody waits for. */
    private void aside(String method, ObjectNode message) {
        OutboundRequest request = outbound(method, message, ASIDE_LIMIT, ASIDE_BYTES_MAX);
        Thread.ofVirtual().name("mcp-aside").start(() -> {
            try {
                client.exchange(request);
            } catch (RuntimeException | InterruptedException lost) {
                LOG.debug("an MCP server was not told: {}", lost.getMessage());
            }
        });
    }

    private OutboundRequest outbound(String method, ObjectNode message, Duration limit, int bytesMax) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Accept", "application/json, text/event-stream");
        if (sessionId != null) all.put(SESSION, sessionId);
        if (version != null) all.put("MCP-Protocol-Version", version);
        byte[] body = null;
        if (message != null) {
            all.put("Content-Type", "application/json");
            body = Json.write(message).getBytes(StandardCharsets.UTF_8);
        }
        return new OutboundRequest(method, url, all, body, limit, bytesMax);
    }

    @Override
    public void negotiated(String agreed) {
        version = agreed;
    }

    @Override
    public boolean open() {
        return open;
    }

    @Override
    public void close() {
        if (open && sessionId != null) aside("DELETE", null);
        open = false;
    }
}
