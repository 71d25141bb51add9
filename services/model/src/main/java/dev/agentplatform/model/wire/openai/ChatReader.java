package dev.agentplatform.model.wire.openai;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.model.wire.openai.ChatRequest.Effort;
import dev.agentplatform.model.wire.openai.ChatRequest.Sampling;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a request; refuses by name what no translation can keep. */
final class ChatReader {
    private static final int TOOLS_MAX = 128;
    private static final int STOPS_MAX = 16;

    private final ObjectNode request;

    ChatReader(ObjectNode request) {
        this.request = request;
    }

    ChatRequest read() {
        refuse();
        Messages messages = new Messages(request.path("messages"));
        messages.read();
        List<ToolDefinition> tools = tools();
        return new ChatRequest(
                messages.system(),
                messages.turns(),
                tools,
                toolChoice(tools),
                flag("parallel_tool_calls", true),
                format(),
                new Sampling(
                        number("temperature", 0, 2),
                        number("top_p", 0, 1),
                        number("frequency_penalty", -2, 2),
                        number("presence_penalty", -2, 2),
                        seed()),
                maxTokens(),
                stop(),
                effort(),
                text("user"),
                flag("stream", false));
    }

    private void refuse() {
        String reason = "is not possible with this provider";
        if (request.path("n").asInt(1) > 1) throw Problem.invalid("n", "above 1 " + reason);
        if (request.path("logprobs").asBoolean(false)) throw Problem.invalid("logprobs", reason);
        if (request.path("top_logprobs").asInt(0) > 0) throw Problem.invalid("top_logprobs", reason);
        if (!request.path("logit_bias").isEmpty()) throw Problem.invalid("logit_bias", reason);
        for (String field : List.of("audio", "web_search_options")) {
            if (!Json.isNothing(request.path(field))) throw Problem.invalid(field, reason);
        }
        for (String field : List.of("functions", "function_call")) {
            if (!Json.isNothing(request.path(field))) throw Problem.invalid(field, "was replaced by tools");
        }
        for (JsonNode modality : request.path("modalities")) {
            if (!modality.asString("").equals("text")) throw Problem.invalid("modalities", "other than text " + reason);
        }
    }

    private List<ToolDefinition> tools() {
        JsonNode list = request.path("tools");
        if (Json.isNothing(list)) return List.of();
        if (!list.isArray()) throw Problem.invalid("tools", "must be a list");
        if (list.size() > TOOLS_MAX) throw Problem.invalid("tools", "must be at most " + TOOLS_MAX);
        List<ToolDefinition> tools = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            String path = "tools." + i;
            JsonNode tool = list.get(i);
            if (!tool.path("type").asString("function").equals("function")) {
                throw Problem.invalid(path + ".type", "must be function with this provider");
            }
            JsonNode function = tool.path("function");
            String name = function.path("name").asString("");
            if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
                throw Problem.invalid(path + ".function.name", "must be 1 to 64 letters, digits, _ or -");
            }
            if (!names.add(name)) throw Problem.invalid(path + ".function.name", "is there twice");
            tools.add(new ToolDefinition(
                    name,
                    textOf(path + ".function.description", function.path("description")),
                    parameters(path, function)));
        }
        return tools;
    }

    private static ObjectNode parameters(String path, JsonNode function) {
        JsonNode parameters = function.path("parameters");
        if (Json.isNothing(parameters)) return Json.object().put("type", "object");
        if (parameters instanceof ObjectNode schema) {
            if (schema.path("type").asString("object").equals("object")) {
                return schema.has("type") ? schema : schema.deepCopy().put("type", "object");
            }
        }
        throw Problem.invalid(path + ".function.parameters", "must be the JSON Schema of an object");
    }

    private ToolChoice toolChoice(List<ToolDefinition> tools) {
        JsonNode choice = request.path("tool_choice");
        if (Json.isNothing(choice)) return ToolChoice.AUTO;
        if (choice.isString()) {
            ToolChoice named = switch (choice.stringValue()) {
                case "auto" -> ToolChoice.AUTO;
                case "none" -> ToolChoice.NONE;
                case "required" -> ToolChoice.ANY;
                default -> throw Problem.invalid("tool_choice", "must be auto, none, required or a function");
            };
            if (named == ToolChoice.ANY && tools.isEmpty()) throw Problem.invalid("tool_choice", "needs tools");
            return named;
        }
        if (!choice.path("type").asString("").equals("function")) {
            throw Problem.invalid("tool_choice.type", "must be function with this provider");
        }
        String name = choice.path("function").path("name").asString("");
        if (tools.stream().noneMatch(tool -> tool.name().equals(name))) {
            throw Problem.invalid("tool_choice.function.name", "is not among the tools");
        }
        return new ToolChoice(ToolChoice.Mode.ONE, name);
    }

    private AnswerFormat format() {
        JsonNode format = request.path("response_format");
        if (Json.isNothing(format)) return AnswerFormat.TEXT;
        return switch (format.path("type").asString("")) {
            case "text" -> AnswerFormat.TEXT;
            case "json_object" -> new AnswerFormat(true, null, null);
            case "json_schema" -> {
                JsonNode named = format.path("json_schema");
                String path = "response_format.json_schema.schema";
                if (!(named.path("schema") instanceof ObjectNode schema))
                    throw Problem.invalid(path, "must be an object");
                if (!schema.path("type").asString("").equals("object")) {
                    throw Problem.invalid(path + ".type", "must be object");
                }
                yield new AnswerFormat(true, schema, textOf("response_format", named.path("description")));
            }
            default -> throw Problem.invalid("response_format.type", "must be text, json_object or json_schema");
        };
    }

    private Integer maxTokens() {
        for (String field : List.of("max_completion_tokens", "max_tokens")) {
            JsonNode value = request.path(field);
            if (Json.isNothing(value)) continue;
            if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
                throw Problem.invalid(field, "must be a whole number from 1");
            }
            return value.intValue();
        }
        return null;
    }

    private List<String> stop() {
        JsonNode stop = request.path("stop");
        if (Json.isNothing(stop)) return List.of();
        if (stop.isString()) return List.of(stop.stringValue());
        if (!stop.isArray() || stop.size() > STOPS_MAX) {
            throw Problem.invalid("stop", "must be a text or at most " + STOPS_MAX + " texts");
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < stop.size(); i++) {
            String text = stop.get(i).asString("");
            if (text.isEmpty()) throw Problem.invalid("stop." + i, "must be a text that is not empty");
            texts.add(text);
        }
        return texts;
    }

    private Effort effort() {
        String named = text("reasoning_effort");
        if (named == null) return Effort.UNSAID;
        try {
            return Effort.valueOf(named.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw Problem.invalid("reasoning_effort", "must be none, minimal, low, medium, high or xhigh");
        }
    }

    private Long seed() {
        JsonNode seed = request.path("seed");
        if (Json.isNothing(seed)) return null;
        if (!seed.isIntegralNumber() || !seed.canConvertToLong())
            throw Problem.invalid("seed", "must be a whole number");
        return seed.longValue();
    }

    private Double number(String field, double least, double most) {
        JsonNode value = request.path(field);
        if (Json.isNothing(value)) return null;
        double number = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (number >= least && number <= most) return number;
        throw Problem.invalid(field, "must be a number from " + least + " to " + most);
    }

    private boolean flag(String field, boolean byDefault) {
        JsonNode value = request.path(field);
        if (Json.isNothing(value)) return byDefault;
        if (!value.isBoolean()) throw Problem.invalid(field, "must be true or false");
        return value.booleanValue();
    }

    private String text(String field) {
        return textOf(field, request.path(field));
    }

    private static String textOf(String path, JsonNode value) {
        if (Json.isNothing(value)) return null;
        if (!value.isString()) throw Problem.invalid(path, "must be a text");
        return value.stringValue();
    }
}
