package dev.agentplatform.model.wire.gemini;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.model.wire.openai.AnswerFormat;
import dev.agentplatform.model.wire.openai.Block;
import dev.agentplatform.model.wire.openai.ChatRequest;
import dev.agentplatform.model.wire.openai.ToolDefinition;
import dev.agentplatform.model.wire.openai.Turn;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes a request. */
final class GeminiRequest {
    private static final int STOPS_MAX = 5;
    /** What Google has a client say whose calls of tools come from elsewhere, or that has lost their signatures. */
    private static final String NO_SIGNATURE = "skip_thought_signature_validator";

    private final GeminiModel model;
    private final ChatRequest chat;

    GeminiRequest(String model, ChatRequest chat) {
        this.model = GeminiModel.of(model);
        this.chat = chat;
        if (!chat.parallelTools() && !chat.tools().isEmpty()) {
            throw Problem.invalid("parallel_tool_calls", "cannot be false with this provider");
        }
    }

    ObjectNode body() {
        ObjectNode body = Json.object();
        AnswerFormat format = chat.format();
        // Before version 3 a format and tools exclude each other: there the model is only told.
        boolean told = format.json() && !chat.tools().isEmpty() && model.generation() < 3;
        String system = told ? chat.systemAnd(instruction(format)) : chat.system();
        if (!system.isEmpty()) {
            body.putObject("systemInstruction").putArray("parts").addObject().put("text", system);
        }
        contents(body.putArray("contents"));
        if (!chat.tools().isEmpty()) tools(body);
        ObjectNode generation = generation();
        if (format.json() && !told) {
            generation.put("responseMimeType", "application/json");
            if (format.schema() != null) generation.set("responseSchema", new GeminiSchema(format.schema()).clean());
        }
        if (!generation.isEmpty()) body.set("generationConfig", generation);
        return body;
    }

    private static String instruction(AnswerFormat format) {
        String only = "Give the final answer as one JSON object and nothing else, no code fence either.";
        return format.schema() == null ? only : only + " It fits this JSON Schema: " + Json.write(format.schema());
    }

    private void contents(ArrayNode contents) {
        for (Turn turn : chat.turns()) {
            ArrayNode parts = content(contents, turn.user());
            boolean results = turn.blocks().getFirst() instanceof Block.ToolResult;
            boolean signed = false;
            for (Block block : turn.blocks()) {
                // Answers of functions stand alone in their turn.
                if (results && !(block instanceof Block.ToolResult)) {
                    parts = content(contents, turn.user());
                    results = false;
                }
                if (block instanceof Block.ToolUse use) {
                    call(parts, use, signed);
                    signed = true;
                } else {
                    part(parts, block);
                }
            }
            if (parts.isEmpty()) contents.remove(contents.size() - 1);
        }
    }

    private static ArrayNode content(ArrayNode contents, boolean user) {
        return contents.addObject().put("role", user ? "user" : "model").putArray("parts");
    }

    /** The first call of a turn must carry a signature in newer models. */
    private void call(ArrayNode parts, Block.ToolUse use, boolean signed) {
        ObjectNode part = parts.addObject();
        ObjectNode call = part.putObject("functionCall").put("id", use.id()).put("name", use.name());
        call.set("args", use.arguments());
        String signature = use.extra().path("google").path("thought_signature").asString("");
        if (signature.isEmpty() && !signed && model.generation() >= 3) signature = NO_SIGNATURE;
        if (!signature.isEmpty()) part.put("thoughtSignature", signature);
    }

    private void part(ArrayNode parts, Block block) {
        switch (block) {
            case Block.Text text -> parts.addObject().put("text", text.text());
            case Block.Media media -> media(parts, media);
            case Block.ToolResult result -> {
                ObjectNode answer = parts.addObject().putObject("functionResponse");
                answer.put("id", result.id()).put("name", result.name());
                answer.set("response", response(result));
                for (Block one : result.content()) if (one instanceof Block.Media media) media(parts, media);
            }
            // Another provider's thoughts mean nothing here; its own come back with the calls.
            case Block.Thinking _ -> {}
            case Block.ToolUse use -> call(parts, use, true);
        }
    }

    private static JsonNode response(Block.ToolResult result) {
        String text = result.text();
        if (result.error()) return Json.object().put("error", text);
        if (text.stripLeading().startsWith("{")) {
            try {
                if (Json.parse(text) instanceof ObjectNode object) return object;
            } catch (IllegalArgumentException notJson) {
                // A text that looks like JSON is a text.
                return Json.object().put("result", text);
            }
        }
        return Json.object().put("result", text);
    }

    private static void media(ArrayNode parts, Block.Media media) {
        ObjectNode part = parts.addObject();
        if (media.data() != null) {
            part.putObject("inlineData").put("mimeType", media.mediaType()).put("data", media.data());
            return;
        }
        part.putObject("fileData").put("mimeType", GeminiModel.mediaType(media)).put("fileUri", media.url());
    }

    private void tools(ObjectNode body) {
        ArrayNode declarations = body.putArray("tools").addObject().putArray("functionDeclarations");
        for (ToolDefinition tool : chat.tools()) {
            ObjectNode one = declarations.addObject().put("name", tool.name());
            one.put("description", tool.description() == null ? tool.name() : tool.description());
            ObjectNode schema = new GeminiSchema(tool.parameters()).clean();
            // An object without properties is refused; a function without parameters is not.
            if (schema.has("properties")) one.set("parameters", schema);
        }
        ObjectNode calling = body.putObject("toolConfig").putObject("functionCallingConfig");
        switch (chat.toolChoice().mode()) {
            case AUTO -> calling.put("mode", "AUTO");
            case NONE -> calling.put("mode", "NONE");
            case ANY -> calling.put("mode", "ANY");
            case ONE ->
                calling.put("mode", "ANY")
                        .putArray("allowedFunctionNames")
                        .add(chat.toolChoice().name());
        }
    }

    private ObjectNode generation() {
        ObjectNode generation = Json.object();
        ChatRequest.Sampling sampling = chat.sampling();
        if (sampling.temperature() != null) generation.put("temperature", sampling.temperature());
        if (sampling.topP() != null) generation.put("topP", sampling.topP());
        if (sampling.presencePenalty() != null) generation.put("presencePenalty", sampling.presencePenalty());
        if (sampling.frequencyPenalty() != null) generation.put("frequencyPenalty", sampling.frequencyPenalty());
        // A 32-bit number there.
        if (sampling.seed() != null) generation.put("seed", Long.hashCode(sampling.seed()));
        if (chat.maxTokens() != null) generation.put("maxOutputTokens", chat.maxTokens());
        List<String> stops = chat.stop();
        if (stops.size() > STOPS_MAX) throw Problem.invalid("stop", "must be at most 5 with this provider");
        if (!stops.isEmpty()) stops.forEach(generation.putArray("stopSequences")::add);
        model.thinking(chat.effort()).ifPresent(thinking -> generation.set("thinkingConfig", thinking));
        return generation;
    }
}
