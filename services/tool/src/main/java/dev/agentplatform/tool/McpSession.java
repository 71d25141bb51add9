package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is said to an MCP server once both know each other. For all threads. */
final class McpSession {
    /** The newest one first: it is what we ask for. */
    static final List<String> VERSIONS = List.of("2025-06-18", "2025-11-25", "2025-03-26", "2024-11-05");

    static final int TOOLS_MAX = 500;
    private static final int PAGES_MAX = 200;
    private static final int LIST_BYTES_MAX = 5 * 1024 * 1024;
    private static final int CALL_BYTES_MAX = 4 * 1024 * 1024;

    private final McpTransport transport;

    private McpSession(McpTransport transport) {
        this.transport = transport;
    }

    /** @throws McpFailure also when both have no version in common; the transport is closed then */
    static McpSession open(McpTransport transport, Deadline deadline) throws McpFailure, InterruptedException {
        boolean done = false;
        try {
            ObjectNode params = Json.object().put("protocolVersion", VERSIONS.getFirst());
            params.putObject("capabilities");
            params.putObject("clientInfo").put("name", "agent-platform").put("version", "1");
            JsonNode result = transport.request("initialize", params, deadline.left(), LIST_BYTES_MAX);
            String version = result.path("protocolVersion").asString("");
            if (!VERSIONS.contains(version)) {
                throw McpFailure.invalid("The MCP server speaks the version '" + JsonRpc.cut(version)
                        + "' of the protocol; this client speaks " + String.join(", ", VERSIONS) + ".");
            }
            transport.negotiated(version);
            transport.inform("notifications/initialized", null);
            done = true;
            return new McpSession(transport);
        } finally {
            if (!done) transport.close();
        }
    }

    /** The end of everything that one call does. */
    record Deadline(long nanos) {
        static Deadline in(Duration limit) {
            return new Deadline(System.nanoTime() + limit.toNanos());
        }

        /** At least a millisecond, so that what is asked fails by itself. */
        Duration left() {
            return Duration.ofMillis(Math.max(1, (nanos - System.nanoTime()) / 1_000_000));
        }
    }

    /** All tools as the server lists them. @throws McpFailure {@code too_large} for lists without an end */
    List<JsonNode> tools(Deadline deadline) throws McpFailure, InterruptedException {
        List<JsonNode> tools = new ArrayList<>();
        Set<String> cursors = new HashSet<>();
        ObjectNode params = Json.object();
        for (int page = 0; page < PAGES_MAX; page++) {
            JsonNode result = transport.request("tools/list", params, deadline.left(), LIST_BYTES_MAX);
            if (!result.path("tools").isArray()) throw McpFailure.invalid("The list of tools has no field tools.");
            result.path("tools").forEach(tools::add);
            if (tools.size() > TOOLS_MAX) {
                throw new McpFailure("too_large", "The MCP server lists more than " + TOOLS_MAX + " tools.", false);
            }
            String cursor = result.path("nextCursor").asString("");
            if (cursor.isEmpty()) return tools;
            if (!cursors.add(cursor)) throw McpFailure.invalid("The list of tools goes round in circles.");
            params = Json.object().put("cursor", cursor);
        }
        throw new McpFailure("too_large", "The list of tools has more than " + PAGES_MAX + " pages.", false);
    }

    /** The result as it came: {@code content}, {@code structuredContent}, {@code isError}. */
    JsonNode call(String tool, JsonNode arguments, Deadline deadline) throws McpFailure, InterruptedException {
        ObjectNode params = Json.object().put("name", tool);
        params.set("arguments", arguments);
        JsonNode result = transport.request("tools/call", params, deadline.left(), CALL_BYTES_MAX);
        if (!result.isObject()) throw McpFailure.invalid("The result of the tool is no object.");
        return result;
    }

    boolean open() {
        return transport.open();
    }

    void close() {
        transport.close();
        if (transport instanceof McpProcess process) process.awaitEnd();
    }
}
