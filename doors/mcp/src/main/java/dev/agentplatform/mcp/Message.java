package dev.agentplatform.mcp;

import dev.agentplatform.kernel.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A message of JSON-RPC 2.0 that a client sent, and the answers to it. Pure. */
sealed interface Message {
    int INVALID_REQUEST = -32600;
    int METHOD_NOT_FOUND = -32601;
    int INVALID_PARAMS = -32602;

    /** @param id a text or a whole number, as it was sent */
    record Call(JsonNode id, String method, JsonNode params) implements Message {}

    record Notification(String method, JsonNode params) implements Message {}

    /** An answer to something that we never ask. */
    record Response() implements Message {}

    /** No message at all. @param id that of what was meant, JSON null when it has none */
    record Wrong(JsonNode id, String why) implements Message {}

    /** What is wrong with a call, in the words of the protocol. */
    final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final int code;

        Refused(int code, String message) {
            super(message, null, false, false);
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    static Message of(JsonNode json) {
        JsonNode id = json.path("id");
        boolean usable = id.isString() || id.isIntegralNumber();
        if (!json.isObject() || !json.path("jsonrpc").asString("").equals("2.0")) {
            return new Wrong(usable ? id : Json.nothing(), "The body must be a message of JSON-RPC 2.0.");
        }
        JsonNode method = json.path("method");
        if (method.isMissingNode() && (json.has("result") || json.has("error"))) return new Response();
        if (!method.isString()) return new Wrong(usable ? id : Json.nothing(), "method: is required, a text");
        JsonNode params = json.path("params");
        if (!Json.isNothing(params) && !params.isObject()) {
            return new Wrong(usable ? id : Json.nothing(), "params: must be an object");
        }
        if (!json.has("id")) return new Notification(method.stringValue(), params);
        if (!usable) return new Wrong(Json.nothing(), "id: must be a text or a whole number");
        return new Call(id, method.stringValue(), params);
    }

    static ObjectNode result(JsonNode id, JsonNode result) {
        ObjectNode answer = answer(id);
        answer.set("result", result);
        return answer;
    }

    static ObjectNode error(JsonNode id, int code, String message) {
        ObjectNode answer = answer(id);
        answer.putObject("error").put("code", code).put("message", message);
        return answer;
    }

    static ObjectNode notification(String method, ObjectNode params) {
        ObjectNode message = Json.object().put("jsonrpc", "2.0").put("method", method);
        message.set("params", params);
        return message;
    }

    private static ObjectNode answer(JsonNode id) {
        ObjectNode answer = Json.object().put("jsonrpc", "2.0");
        answer.set("id", id);
        return answer;
    }
}
