package dev.agentplatform.model.wire.openai;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A chat completion request, checked, with turns that alternate. Numbers are null when they are left out.
 *
 * @param system what system and developer messages say, a paragraph each; empty for nothing
 * @param turns begin with the user; each call of a tool is answered in the turn after it
 * @param parallelTools false when the model may call one tool at a time only
 */
public record ChatRequest(
        String system,
        List<Turn> turns,
        List<ToolDefinition> tools,
        ToolChoice toolChoice,
        boolean parallelTools,
        AnswerFormat format,
        Sampling sampling,
        Integer maxTokens,
        List<String> stop,
        Effort effort,
        String user,
        boolean stream) {

    /** How freely the model answers. */
    public record Sampling(
            Double temperature, Double topP, Double frequencyPenalty, Double presencePenalty, Long seed) {}

    /** How much the model is to think. */
    public enum Effort {
        UNSAID,
        NONE,
        MINIMAL,
        LOW,
        MEDIUM,
        HIGH,
        XHIGH
    }

    public ChatRequest {
        turns = List.copyOf(turns);
        tools = List.copyOf(tools);
        stop = List.copyOf(stop);
    }

    /** @throws dev.agentplatform.kernel.Problem 422 that names the field */
    public static ChatRequest read(ObjectNode request) {
        return new ChatReader(request).read();
    }

    /** Whether a stream ends with a chunk of usage. */
    public static boolean includesUsage(ObjectNode request) {
        return request.path("stream_options").path("include_usage").asBoolean(false);
    }

    /** The texts of the system and one more. */
    public String systemAnd(String more) {
        return system.isEmpty() ? more : system + "\n\n" + more;
    }
}
