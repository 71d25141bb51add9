package dev.agentplatform.model.nodes;

import dev.agentplatform.engine.NodeConfig;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.CallOrigin;
import dev.agentplatform.model.wire.WireError;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The calls of one step: asks, adds up what they cost, tells the outcome. */
final class Call {
    private final ChatModel model;
    private final NodeContext context;
    private final JsonNode input;
    private final Duration timeLimit;
    private final ObjectNode usage = Json.object();
    /** US dollars, null when the price of a call is not known. */
    private BigDecimal cost = BigDecimal.ZERO;

    private int asked;
    private ObjectNode answer = Json.object();

    /** @param input what the journal shows @param timeLimit null for the provider's own */
    Call(ChatModel model, NodeContext context, JsonNode input, Duration timeLimit) {
        this.model = model;
        this.context = context;
        this.input = input;
        this.timeLimit = timeLimit;
    }

    /** Only where the node names a limit: a model may take longer than other calls. */
    static Duration timeLimit(JsonNode config) {
        return config.path("timeout_seconds").asDouble(0) > 0 ? NodeConfig.timeLimit(config) : null;
    }

    /** Asks; gives what the model said, empty for nothing. @throws WireError when no answer came */
    String ask(ObjectNode request) throws InterruptedException {
        String key = context.idempotencyKey() + (asked == 0 ? "" : "-" + asked);
        asked++;
        UUID run = context.run().id();
        CallOrigin origin = new CallOrigin(
                context.run().workspaceId(),
                null,
                null,
                run,
                context.stepId(),
                context.run().definitionId(),
                key);
        answer = model.chat(origin, request, timeLimit);
        add(answer.path("usage"));
        return message().path("content").asString("");
    }

    private void add(JsonNode used) {
        for (String name : new String[] {"prompt_tokens", "completion_tokens", "total_tokens"}) {
            usage.put(name, usage.path(name).asLong(0) + used.path(name).asLong(0));
        }
        boolean known = cost != null && used.path("cost").isNumber();
        cost = known ? cost.add(used.path("cost").decimalValue()) : null;
    }

    JsonNode message() {
        return answer.path("choices").path(0).path("message");
    }

    String finishReason() {
        return answer.path("choices").path(0).path("finish_reason").asString("");
    }

    JsonNode input() {
        return input;
    }

    /** What each of the nodes tells of its calls. */
    ObjectNode output() {
        ObjectNode output = Json.object();
        output.set("model", Json.text(answer.path("model").asString(null)));
        output.set("usage", usage);
        output.put("cost", cost);
        return output;
    }

    Outcome.Fail failed(WireError error) {
        String code = error.code() == null ? "model_http_" + error.status() : error.code();
        return fail(code, error.getMessage(), retryable(error.status()), Json.nothing());
    }

    Outcome.Fail fail(String code, String message, boolean retryable, JsonNode output) {
        return new Outcome.Fail(code, message, retryable, output, input);
    }

    private static boolean retryable(int status) {
        return status == 408 || status == 409 || status == 429 || status >= 500;
    }
}
