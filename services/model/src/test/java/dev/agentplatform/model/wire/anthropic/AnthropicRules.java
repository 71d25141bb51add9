package dev.agentplatform.model.wire.anthropic;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What the Messages API refuses, as its documentation and its answers say. */
public final class AnthropicRules {
    private static final Set<String> FIELDS = Set.of(
            "model",
            "max_tokens",
            "messages",
            "system",
            "tools",
            "tool_choice",
            "stop_sequences",
            "temperature",
            "top_p",
            "metadata",
            "stream",
            "thinking",
            "output_config");

    private final List<String> faults = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();

    private AnthropicRules() {}

    /** Empty when the request is one that the API takes. */
    public static List<String> faults(JsonNode request) {
        AnthropicRules rules = new AnthropicRules();
        rules.request(request);
        return rules.faults;
    }

    private void must(boolean holds, String fault) {
        if (!holds) faults.add(fault);
    }

    private void request(JsonNode request) {
        request.propertyNames().forEach(name -> must(FIELDS.contains(name), name + ": Extra inputs are not permitted"));
        must(request.path("model").isString(), "model: Field required");
        int most = request.path("max_tokens").asInt(0);
        must(most > 0, "max_tokens: Field required");
        double temperature = request.path("temperature").asDouble(0);
        must(temperature >= 0 && temperature <= 1, "temperature: range: 0..1");
        must(!(request.has("temperature") && request.has("top_p")), "temperature and top_p cannot both be specified");
        must(!request.has("system") || !request.path("system").asString("").isBlank(), "system: must be non-empty");
        for (JsonNode stop : request.path("stop_sequences"))
            must(!stop.asString("").isBlank(), "stop_sequences: blank");
        tools(request);
        thinking(request, most);
        messages(request.path("messages"));
    }

    private void thinking(JsonNode request, int most) {
        if (!request.has("thinking")) return;
        must(!request.has("temperature"), "temperature may only be set to 1 when thinking is enabled");
        String choice = request.path("tool_choice").path("type").asString("auto");
        must(choice.equals("auto") || choice.equals("none"), "Thinking may not be enabled when tool_choice forces");
        int budget = request.path("thinking").path("budget_tokens").asInt(1_024);
        must(budget >= 1_024, "budget_tokens: at least 1024");
        boolean adaptive = request.path("thinking").path("type").asString("").equals("adaptive");
        must(adaptive || budget < most, "max_tokens must be greater than thinking.budget_tokens");
    }

    private void tools(JsonNode request) {
        Set<String> names = new HashSet<>();
        for (JsonNode tool : request.path("tools")) {
            String name = tool.path("name").asString("");
            must(name.matches("[a-zA-Z0-9_-]{1,128}"), "tools.name: " + name);
            must(names.add(name), "tools: Tool names must be unique");
            must(tool.path("input_schema").path("type").asString("").equals("object"), "tools.input_schema.type");
            must(!tool.has("description") || tool.get("description").isString(), "tools.description");
        }
        JsonNode choice = request.path("tool_choice");
        if (choice.isMissingNode()) return;
        must(!names.isEmpty(), "tool_choice may only be specified while providing tools");
        String type = choice.path("type").asString("");
        must(Set.of("auto", "any", "tool", "none").contains(type), "tool_choice.type");
        must(!type.equals("tool") || names.contains(choice.path("name").asString("")), "tool_choice.name not found");
        must(!(type.equals("none") && choice.has("disable_parallel_tool_use")), "tool_choice.none: extra inputs");
    }

    private void messages(JsonNode messages) {
        must(messages.size() > 0, "messages: at least one message is required");
        Set<String> open = Set.of();
        for (int i = 0; i < messages.size(); i++) {
            JsonNode message = messages.get(i);
            String role = message.path("role").asString("");
            must(role.equals(i % 2 == 0 ? "user" : "assistant"), "messages: roles must alternate, user first");
            must(message.path("content").size() > 0, "messages." + i + ": all messages must have non-empty content");
            Set<String> answered = new HashSet<>();
            Set<String> calls = new HashSet<>();
            boolean other = false;
            for (JsonNode block : message.path("content")) {
                block(block, role);
                String type = block.path("type").asString("");
                if (type.equals("tool_result")) {
                    must(!other, "tool_result blocks must come first");
                    answered.add(block.path("tool_use_id").asString(""));
                } else {
                    other = true;
                }
                if (type.equals("tool_use")) calls.add(block.path("id").asString(""));
            }
            must(
                    answered.equals(open),
                    "tool_use ids without tool_result blocks, or the other way: " + open + answered);
            open = calls;
        }
        must(open.isEmpty(), "tool_use without tool_result at the end");
        JsonNode last = messages.path(messages.size() - 1);
        if (!last.path("role").asString("").equals("assistant")) return;
        String end = last.path("content")
                .path(last.path("content").size() - 1)
                .path("text")
                .asString("x");
        must(end.equals(end.stripTrailing()), "final assistant content cannot end with trailing whitespace");
    }

    private void block(JsonNode block, String role) {
        String type = block.path("type").asString("");
        switch (type) {
            case "text" -> must(!block.path("text").asString("").isBlank(), "text content blocks must be non-empty");
            case "image", "document" -> {
                must(role.equals("user"), type + " is not of the assistant");
                JsonNode source = block.path("source");
                boolean data = source.path("type").asString("").equals("base64") && source.has("media_type");
                boolean url = source.path("url").asString("").startsWith("https://");
                must(data || url, "source");
            }
            case "tool_use" -> {
                must(role.equals("assistant"), "tool_use is of the assistant");
                String id = block.path("id").asString("");
                must(id.matches("[a-zA-Z0-9_-]+"), "tool_use.id: String should match pattern: " + id);
                must(ids.add(id), "tool_use ids must be unique: " + id);
                must(block.path("input").isObject(), "tool_use.input");
            }
            case "tool_result" -> {
                must(role.equals("user"), "tool_result is of the user");
                for (JsonNode inner : block.path("content")) block(inner, role);
            }
            case "thinking" -> must(block.has("signature"), "thinking.signature");
            default -> faults.add("unknown block " + type);
        }
    }
}
