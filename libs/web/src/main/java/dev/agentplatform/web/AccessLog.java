package dev.agentplatform.web;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/** One line for each request; built only when the level is on. The query is left out: it may carry secrets. */
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.agentplatform.web.access");

    private AccessLog() {}

    static void write(Answered answered) {
        Level level = level(answered.status());
        if (!LOG.isEnabledForLevel(level)) return;
        Map<String, String> fields = fields(answered);
        // Fields of a JSON log; on a terminal the line says enough.
        fields.forEach(MDC::put);
        try {
            LOG.atLevel(level)
                    .log(fields.get("method") + " " + fields.get("path") + " " + answered.status() + " in "
                            + fields.get("duration_ms") + " ms");
        } finally {
            fields.keySet().forEach(MDC::remove);
        }
    }

    private static Map<String, String> fields(Answered answered) {
        Request request = answered.request();
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("method", request.method());
        fields.put("path", request.path());
        fields.put("status", Integer.toString(answered.status()));
        fields.put("duration_ms", Double.toString(answered.durationNanos() / 1_000 / 1_000.0));
        fields.put("workspace_id", request.workspace().id());
        fields.put("request_id", request.requestId());
        return fields;
    }

    private static Level level(int status) {
        if (status >= 500) return Level.WARN;
        return status >= 400 ? Level.INFO : Level.DEBUG;
    }
}
