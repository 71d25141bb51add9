package dev.agentplatform.model.nodes;

import dev.agentplatform.model.CallOrigin;
import dev.agentplatform.model.wire.WireError;
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
     * @throws WireError when no answer came
     * @throws dev.agentplatform.kernel.Problem when the request is none that the provider can honour
     */
    Reply chat(CallOrigin origin, ObjectNode request, Duration timeLimit) throws InterruptedException;

    /** @param answer OpenAI's {@code chat.completion} @param costMicros millionths of a US dollar, null when not known */
    record Reply(ObjectNode answer, Long costMicros) {}
}
