package dev.agentplatform.model.wire;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** One stream of a provider, event by event. Not thread-safe. */
public interface WireStream {
    /**
     * One server-sent event of the provider.
     *
     * @param name the event's name, null when it has none
     * @return the OpenAI chunks to send for it, none or several; {@code [DONE]} is not among them
     * @throws WireError when the event tells of a failure
     */
    List<ObjectNode> event(String name, String data);

    /** True once the provider said that nothing more comes: an end before that was a cut. */
    boolean finished();
}
