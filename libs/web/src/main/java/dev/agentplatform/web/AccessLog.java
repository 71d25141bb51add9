package dev.agentplatform.web;

import dev.agentplatform.kernel.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** One JSON line for each request; built only when the level is on. The query is left out: it may carry secrets. */
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.agentplatform.web.access");

    private AccessLog() {}

    static void write(Answered answered) {
        Level level = level(answered.status());
        if (!LOG.isEnabledForLevel(level)) return;
        Request request = answered.request();
        LOG.atLevel(level)
                .log(Json.write(Json.object()
                        .put("method", request.method())
                        .put("path", request.path())
                        .put("status", answered.status())
                        .put("duration_ms", answered.durationNanos() / 1_000 / 1_000.0)
                        .put("workspace_id", request.workspace().id())
                        .put("request_id", request.requestId())));
    }

    private static Level level(int status) {
        if (status >= 500) return Level.WARN;
        return status >= 400 ? Level.INFO : Level.DEBUG;
    }
}
