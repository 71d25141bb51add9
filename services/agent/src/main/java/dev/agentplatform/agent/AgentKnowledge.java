package dev.agentplatform.agent;

import java.util.List;

/** What agents can look up; the room of knowledge answers. */
@FunctionalInterface
public interface AgentKnowledge {
    /**
     * Passages about a question, the most relevant first.
     *
     * @param base id or code
     * @throws dev.agentplatform.kernel.Problem 404 when there is no such base
     */
    List<Passage> search(String workspaceId, String base, String question, int topK) throws InterruptedException;

    /** @param title of the document */
    record Passage(String title, String text) {}
}
