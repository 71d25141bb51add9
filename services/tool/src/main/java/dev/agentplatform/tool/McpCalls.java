package dev.agentplatform.tool;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.tool.McpSession.Deadline;
import dev.agentplatform.tool.ToolCalls.Prepared;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Calls tools of MCP servers, and shows all of their results but secrets. */
final class McpCalls {
    static final String TOOL_NAME = "tool_name";
    static final String CREDENTIAL = "credential_id";

    private final McpServers servers;

    McpCalls(McpServers servers) {
        this.servers = servers;
    }

    /** @throws Problem 422 {@code mcp_command_not_allowed}, 404 for a credential that is gone */
    ToolResult call(Prepared prepared) throws InterruptedException {
        JsonNode config = prepared.version().invokeConfig();
        Binding binding = prepared.binding();
        McpServer server = McpServer.of(config, binding == null ? Json.object() : binding.config());
        String tool = config.path(TOOL_NAME).asString("");
        ObjectNode output = Json.object();
        output.set("server", server.shown().put(TOOL_NAME, tool));
        Deadline deadline = Deadline.in(prepared.request().timeLimit());
        Mask mask = Mask.NONE;
        try {
            String workspaceId = prepared.request().workspaceId();
            McpServers.Access access = servers.access(workspaceId, server, credential(config, binding));
            mask = access.mask();
            JsonNode arguments = prepared.request().input();
            JsonNode result = servers.use(access, deadline, session -> session.call(tool, arguments, deadline));
            return read(mask.tree(result), output);
        } catch (McpFailure failure) {
            return new ToolResult.Failed(failure.code(), mask.text(failure.getMessage()), failure.retryable(), output);
        }
    }

    /** The binding's counts before the tool's; null for none. */
    private static UUID credential(JsonNode config, Binding binding) {
        if (binding != null && binding.credentialId() != null) return binding.credentialId();
        return Ids.parse(config.path(CREDENTIAL).asString("")).orElse(null);
    }

    private static ToolResult read(JsonNode result, ObjectNode output) {
        JsonNode content = result.path("content");
        if (HttpCalls.depth(result) > HttpCalls.DEPTH_MAX) {
            String message = "The result has more than " + HttpCalls.DEPTH_MAX + " levels.";
            return new ToolResult.Failed(McpFailure.INVALID_ANSWER, message, false, output);
        }
        String text = text(content);
        if (content.isArray()) output.set("content", content);
        if (result.path("isError").asBoolean(false)) {
            String message = text.isBlank() ? "The tool failed and did not say why." : JsonRpc.cut(text);
            return new ToolResult.Failed("tool_error", message, false, output);
        }
        JsonNode structured = result.path("structuredContent");
        boolean typed = structured.isContainer();
        if (!typed && !content.isArray()) {
            String message = "The result has neither content nor structuredContent.";
            return new ToolResult.Failed(McpFailure.INVALID_ANSWER, message, false, output);
        }
        JsonNode value = typed ? structured : Json.text(text);
        output.set("result", value);
        return new ToolResult.Done(output, value, text.isEmpty() && typed ? Json.write(structured) : text);
    }

    /** The texts of the content; what is no text is in the output only. */
    private static String text(JsonNode content) {
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            String piece = part.path("type").asString("").equals("text")
                    ? part.path("text").asString("")
                    : part.path("resource").path("text").asString("");
            if (piece.isEmpty()) continue;
            if (!text.isEmpty()) text.append('\n');
            text.append(piece);
        }
        return text.toString();
    }
}
