package dev.agentplatform.model.nodes;

import dev.agentplatform.engine.NodeConfig;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.model.wire.WireError;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code llm}: asks a model. {@code messages} are a conversation that goes before the {@code prompt}. Output: {@code
 * {model, content, parsed?, tool_calls?, finish_reason, usage, cost}}; the text is the content.
 *
 * <p>With a {@code response_schema} the answer is JSON that fits it, as {@code parsed}.
 */
public final class LlmNode implements NodeType {
    private static final int TEXT_RECORDED_MAX = 20_000;

    private final ChatModel model;

    public LlmNode(ChatModel model) {
        this.model = model;
    }

    @Override
    public String name() {
        return "llm";
    }

    @Override
    public boolean effect() {
        return true;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        // Nothing is asked: whoever drives the run by hand knows what. A published version always asks.
        if (Json.isNothing(NodeConfig.first(config, "prompt", "messages", "images"))) return null;
        CompiledTree tree = CompiledTree.parse(NodeConfig.only(
                config,
                "model",
                "system_prompt",
                "prompt",
                "messages",
                "images",
                "temperature",
                "max_tokens",
                "response_schema",
                "extra_json",
                "extra"));
        Duration timeLimit = Call.timeLimit(config);
        return context -> think(context, tree.resolve(context.scope()), timeLimit);
    }

    private Outcome think(NodeContext context, JsonNode config, Duration timeLimit) throws InterruptedException {
        ObjectNode request = request(config);
        JsonNode schema = NodeConfig.tree("response_schema", config.path("response_schema"));
        Call call = new Call(model, context, input(config, request), timeLimit);
        try {
            if (!Json.isNothing(schema)) return structured(call, request, AnswerSchema.of("response_schema", schema));
            String content = call.ask(request);
            return done(call, content, Json.nothing());
        } catch (WireError error) {
            return call.failed(error);
        }
    }

    private static Outcome structured(Call call, ObjectNode request, AnswerSchema schema) throws InterruptedException {
        StructuredAnswer.Given given =
                new StructuredAnswer(schema, UnaryOperator.identity()).ask(call, request, "answer");
        boolean calls = !call.message().path("tool_calls").isEmpty();
        if (given.value() != null || calls) return done(call, given.content(), given.value());
        String code = switch (call.finishReason()) {
            case "length" -> "output_truncated";
            case "content_filter" -> "content_filter";
            default -> "invalid_output";
        };
        String message = "The answer does not fit response_schema: " + given.fault() + ".";
        return call.fail(code, message, code.equals("invalid_output"), output(call, given.content(), null));
    }

    private static Outcome done(Call call, String content, JsonNode parsed) {
        return new Outcome.Done(output(call, content, parsed), content, null, null, call.input(), List.of());
    }

    private static ObjectNode output(Call call, String content, JsonNode parsed) {
        ObjectNode output = call.output();
        output.put("content", content);
        if (!Json.isNothing(parsed)) output.set("parsed", parsed);
        JsonNode tools = call.message().path("tool_calls");
        if (!tools.isEmpty()) output.set("tool_calls", tools);
        output.put("finish_reason", call.finishReason());
        return output;
    }

    private static ObjectNode request(JsonNode config) {
        ObjectNode request = Json.object();
        JsonNode extra = NodeConfig.tree("extra_json", NodeConfig.first(config, "extra_json", "extra"));
        if (extra instanceof ObjectNode fields) request.setAll(fields);
        else if (!Json.isNothing(extra)) throw Problem.invalid("extra_json", "must be an object");
        String model = NodeConfig.text(config.path("model")).strip();
        if (!model.isEmpty()) request.put("model", model);
        messages(request.putArray("messages"), config);
        JsonNode temperature = NodeConfig.tree("temperature", config.path("temperature"));
        if (!Json.isNothing(temperature)) request.set("temperature", temperature);
        int most = NodeConfig.whole("max_tokens", config.path("max_tokens"), 0, 1, 10_000_000);
        if (most > 0) request.put("max_tokens", most);
        // The answer is wanted whole, whatever the extra fields say.
        request.remove(List.of("stream", "stream_options"));
        return request;
    }

    private static void messages(ArrayNode messages, JsonNode config) {
        String system = NodeConfig.text(config.path("system_prompt"));
        if (!system.isBlank()) messages.addObject().put("role", "system").put("content", system);
        JsonNode before = NodeConfig.tree("messages", config.path("messages"));
        if (!Json.isNothing(before) && !before.isArray()) throw Problem.invalid("messages", "must be a list");
        for (int i = 0; i < before.size(); i++) {
            if (!before.get(i).path("role").isString()) throw Problem.invalid("messages." + i + ".role", "is missing");
            messages.add(before.get(i));
        }
        String prompt = NodeConfig.text(config.path("prompt"));
        JsonNode images = NodeConfig.tree("images", config.path("images"));
        if (images.isEmpty()) {
            if (!prompt.isBlank()) messages.addObject().put("role", "user").put("content", prompt);
        } else {
            ArrayNode parts = messages.addObject().put("role", "user").putArray("content");
            if (!prompt.isBlank()) parts.addObject().put("type", "text").put("text", prompt);
            for (JsonNode image : images) {
                String url = NodeConfig.text(image.isObject() ? image.path("url") : image);
                parts.addObject()
                        .put("type", "image_url")
                        .putObject("image_url")
                        .put("url", url);
            }
        }
        boolean asked = messages.size() > (system.isBlank() ? 0 : 1);
        if (!asked) throw Problem.invalid("prompt", "must not be empty when there are no messages");
    }

    /** Not the messages: they stand in the state of the run already, and may be long. */
    private static ObjectNode input(JsonNode config, ObjectNode request) {
        ObjectNode input = NodeConfig.only(request, "model", "temperature", "max_tokens");
        for (String field : List.of("system_prompt", "prompt")) {
            String text = NodeConfig.text(config.path(field));
            if (text.isBlank()) continue;
            input.put(field, text.length() <= TEXT_RECORDED_MAX ? text : text.substring(0, TEXT_RECORDED_MAX) + "…");
        }
        input.put("message_count", request.path("messages").size());
        return input;
    }
}
