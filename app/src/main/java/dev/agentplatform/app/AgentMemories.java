package dev.agentplatform.app;

import dev.agentplatform.agent.AgentMemory;
import dev.agentplatform.memory.Memories;
import dev.agentplatform.memory.Memory;
import java.util.List;

/** The room of memories as agents see it. */
record AgentMemories(Memories memories) implements AgentMemory {
    @Override
    public List<String> recall(Scope scope, String question, int topK) {
        return memories.recall(scope.workspaceId(), scope.type(), scope.id(), question, topK).stream()
                .map(Memory::text)
                .toList();
    }

    @Override
    public void keep(Scope scope, String key, String text, int importance) {
        memories.keep(scope.workspaceId(), scope.type(), scope.id(), key, text, importance);
    }
}
