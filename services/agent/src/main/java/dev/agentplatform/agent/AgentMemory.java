package dev.agentplatform.agent;

import java.util.List;

/** What agents remember; the room of memories answers. */
public interface AgentMemory {
    /** Texts about a question, the most relevant first. */
    List<String> recall(Scope scope, String question, int topK);

    /** Keeps a text; the same key keeps it once. */
    void keep(Scope scope, String key, String text, int importance);

    /** Whose memories. @param type as in {@code memory_scope}, never {@code tenant} */
    record Scope(String workspaceId, String type, String id) {}
}
