package dev.agentplatform.web;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Renders problems as RFC 9457. The type is {@code about:blank}: {@code code} is what tells them apart. */
public final class Problems {
    public static final String CONTENT_TYPE = "application/problem+json";

    private static final Map<Integer, String> TITLES = Map.ofEntries(
            Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(408, "Request Timeout"),
            Map.entry(409, "Conflict"),
            Map.entry(410, "Gone"),
            Map.entry(413, "Content Too Large"),
            Map.entry(414, "URI Too Long"),
            Map.entry(415, "Unsupported Media Type"),
            Map.entry(422, "Unprocessable Content"),
            Map.entry(429, "Too Many Requests"),
            Map.entry(431, "Request Header Fields Too Large"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(501, "Not Implemented"),
            Map.entry(502, "Bad Gateway"),
            Map.entry(503, "Service Unavailable"),
            Map.entry(504, "Gateway Timeout"),
            Map.entry(508, "Loop Detected"));

    private Problems() {}

    public static ObjectNode render(Problem problem, String requestId) {
        ObjectNode body = Json.object()
                .put("type", "about:blank")
                .put("title", TITLES.getOrDefault(problem.status(), "Error"))
                .put("status", problem.status())
                .put("detail", problem.detail())
                .put("code", problem.code())
                .put("request_id", requestId);
        if (!problem.errors().isEmpty()) {
            ArrayNode errors = body.putArray("errors");
            problem.errors()
                    .forEach(error ->
                            errors.addObject().put("path", error.path()).put("message", error.message()));
        }
        return body;
    }

    static Reply reply(Problem problem, String requestId) {
        byte[] body = Json.mapper().writeValueAsBytes(render(problem, requestId));
        return Reply.bytes(problem.status(), CONTENT_TYPE, body);
    }

    static Problem internal() {
        return new Problem(500, "internal", "The server met an unexpected fault; its log has it under the request id.");
    }
}
