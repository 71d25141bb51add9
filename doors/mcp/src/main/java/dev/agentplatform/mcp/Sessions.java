package dev.agentplatform.mcp;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Request;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ids of sessions. Nothing is kept for a session, so it survives restarts and may go on at another process; what is kept is
 * which ones were ended here.
 */
final class Sessions {
    static final String HEADER = "Mcp-Session-Id";
    private static final int ENDED_MAX = 10_000;

    private final Ids ids;
    private final Map<String, Boolean> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > ENDED_MAX;
        }
    };

    Sessions(Ids ids) {
        this.ids = ids;
    }

    String begin() {
        return ids.next().toString();
    }

    /** The session of a request, empty when it names none. @throws Problem 404 for one that was ended, or never was */
    String of(Request request) {
        String id = request.header(HEADER).map(String::strip).orElse("");
        if (id.isEmpty()) return id;
        boolean over;
        synchronized (ended) {
            over = ended.containsKey(key(request, id));
        }
        if (!over && Ids.parse(id).isPresent()) return id;
        throw new Problem(404, "session_not_found", "There is no such MCP session; begin a new one with initialize.");
    }

    void end(Request request, String id) {
        synchronized (ended) {
            ended.put(key(request, id), true);
        }
    }

    private static String key(Request request, String id) {
        return request.workspace().id() + " " + id;
    }
}
