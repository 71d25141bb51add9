package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Messages of JSON-RPC 2.0 as a client writes and reads them. Pure. */
final class JsonRpc {
    private static final int METHOD_NOT_FOUND = -32601;
    private static final int MESSAGE_LENGTH_MAX = 2_000;

    private JsonRpc() {}

    static ObjectNode request(long id, String method, ObjectNode params) {
        ObjectNode message = Json.object().put("jsonrpc", "2.0").put("id", id).put("method", method);
        if (params != null) message.set("params", params);
        return message;
    }

    static ObjectNode notification(String method, ObjectNode params) {
        ObjectNode message = Json.object().put("jsonrpc", "2.0").put("method", method);
        if (params != null) message.set("params", params);
        return message;
    }

    /** Whether it answers the request with this id. */
    static boolean answers(JsonNode message, long id) {
        boolean response = message.has("result") || message.has("error");
        return response
                && message.path("id").isIntegralNumber()
                && message.path("id").asLong() == id;
    }

    /** Whether the server asks for something: we offer nothing, but it waits for an answer. */
    static boolean asks(JsonNode message) {
        return message.path("method").isString() && !Json.isNothing(message.path("id"));
    }

    /** Our answer to what {@link #asks}. */
    static ObjectNode reply(JsonNode asked) {
        ObjectNode reply = Json.object().put("jsonrpc", "2.0");
        reply.set("id", asked.path("id"));
        if (asked.path("method").asString("").equals("ping")) reply.putObject("result");
        else reply.putObject("error").put("code", METHOD_NOT_FOUND).put("message", "Not offered by this client");
        return reply;
    }

    /** The result of a response. @throws McpFailure {@code mcp_error} when it is an error */
    static JsonNode result(JsonNode response) throws McpFailure {
        if (response.has("error")) {
            JsonNode error = response.path("error");
            String message = error.path("message").asString("");
            throw new McpFailure(
                    "mcp_error",
                    "The MCP server answered with the error "
                            + error.path("code").asInt(0) + (message.isEmpty() ? "." : ": " + cut(message)),
                    false);
        }
        return response.path("result");
    }

    static String cut(String text) {
        return text.length() > MESSAGE_LENGTH_MAX ? text.substring(0, MESSAGE_LENGTH_MAX) + "…" : text;
    }
}
