package dev.agentplatform.model.nodes;

import dev.agentplatform.model.CallOrigin;
import java.time.Duration;
import tools.jackson.databind.node.ObjectNode;

/** What the nodes need of the gateway. */
@FunctionalInterface
public interface ChatModel {
    /**
     * One chat. Blocking; an interrupt cancels the call.
     *
     * @param request OpenAI's chat completion request
     * @param timeLimit null for the limit of the provider alone
     * @return OpenAI's {@code chat.completion}; {@code usage.cost} is US dollars where the price is known
     * @throws dev.agentplatform.model.wire.WireError when no answer came
     * @throws dev.agentplatform.kernel.Problem when the request is none that the provider can honour
     */
    ObjectNode chat(CallOrigin origin, ObjectNode request, Duration timeLimit) throws InterruptedException;
}
