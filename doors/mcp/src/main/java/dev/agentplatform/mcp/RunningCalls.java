package dev.agentplatform.mcp;

import dev.agentplatform.kernel.Json;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/** Calls that a client waits for in this process, so that it can cancel them. */
final class RunningCalls {
    private final Map<Key, Waiting> calls = new ConcurrentHashMap<>();

    /** @param requestId as it was sent: 1 and "1" are two */
    private record Key(String workspaceId, String sessionId, String requestId) {}

    /** One of them, as the one who waits and the one who cancels see it. */
    static final class Waiting {
        private boolean cancelled;
        private Runnable wake;

        synchronized boolean cancelled() {
            return cancelled;
        }

        /** Called once by who cancels; at once when that was before. */
        void onCancel(Runnable wakeUp) {
            synchronized (this) {
                if (!cancelled) {
                    wake = wakeUp;
                    return;
                }
            }
            wakeUp.run();
        }

        void cancel() {
            Runnable registered;
            synchronized (this) {
                cancelled = true;
                registered = wake;
            }
            if (registered != null) registered.run();
        }
    }

    /** @param sessionId empty without a session: such a call cannot be told from those of others, and not be cancelled */
    Waiting begin(String workspaceId, String sessionId, JsonNode requestId) {
        Waiting waiting = new Waiting();
        if (!sessionId.isEmpty()) calls.put(key(workspaceId, sessionId, requestId), waiting);
        return waiting;
    }

    void end(String workspaceId, String sessionId, JsonNode requestId, Waiting waiting) {
        calls.remove(key(workspaceId, sessionId, requestId), waiting);
    }

    Optional<Waiting> find(String workspaceId, String sessionId, JsonNode requestId) {
        return Optional.ofNullable(calls.get(key(workspaceId, sessionId, requestId)));
    }

    private static Key key(String workspaceId, String sessionId, JsonNode requestId) {
        return new Key(workspaceId, sessionId, Json.write(requestId));
    }
}
