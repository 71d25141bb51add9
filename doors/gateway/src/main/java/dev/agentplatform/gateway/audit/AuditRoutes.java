package dev.agentplatform.gateway.audit;

import dev.agentplatform.gateway.audit.AuditTable.Filter;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.store.Database;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** {@code /gateway/audits}: what was asked in a workspace, and figures about it. */
public final class AuditRoutes {
    private static final Duration WINDOW = Duration.ofHours(24);

    private final Database database;
    private final Clock clock;

    private AuditRoutes(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    public static Routes of(Database database, Clock clock) {
        AuditRoutes audits = new AuditRoutes(database, clock);
        Routes routes = new Routes("gateway", "What was asked of the platform");
        routes.get("/gateway/audits", "List answered requests, newest first")
                .query("method", "string", "GET, POST, …")
                .query("path", "string", "What the path begins with")
                .query("status", "string", "A status as 404, or a class as 4xx")
                .query("service", "string", "The service that answered")
                .query("api_key_id", "string", "The key that was shown")
                .query("user_id", "string", "For whom it was done")
                .query("request_id", "string", "The value of x-request-id")
                .query("since", "string", "From this time on")
                .query("until", "string", "Before this time")
                .paged()
                .handle(audits::list);
        routes.get("/gateway/audits/stats", "Count, errors and durations of requests")
                .query("since", "string", "From this time on; by default the last 24 hours")
                .answers(200, ObjectNode.class, "The figures, of the newest 100,000 requests at most")
                .handle(audits::stats);
        return routes;
    }

    private Reply list(Request request) {
        String status = request.query("status").orElse(null);
        boolean statusClass = status != null && status.matches("[1-5]xx");
        if (status != null && !statusClass && !status.matches("[1-5][0-9]{2}")) {
            throw Problem.malformed("malformed_parameter", "status", "must be a status as 404, or a class as 4xx");
        }
        Filter filter = new Filter(
                request.query("method").orElse(null),
                request.query("path").orElse(null),
                status == null || statusClass ? null : Integer.valueOf(status),
                statusClass ? status.charAt(0) - '0' : null,
                request.query("service").orElse(null),
                request.idQuery("api_key_id").orElse(null),
                request.query("user_id").orElse(null),
                request.query("request_id").orElse(null),
                time(request, "since").orElse(null),
                time(request, "until").orElse(null));
        UUID before = request.cursor().map(AuditRoutes::id).orElse(null);
        String workspaceId = request.workspace().id();
        Page<AuditRow> page = database.read(sql -> AuditTable.list(sql, workspaceId, filter, before, request.limit()));
        return Reply.page(page, AuditRow::json);
    }

    private Reply stats(Request request) {
        long now = clock.millis();
        long since = time(request, "since").orElse(now - WINDOW.toMillis());
        String workspaceId = request.workspace().id();
        List<AuditStats.Count> counts = database.read(sql -> AuditTable.counts(sql, workspaceId, since));
        ObjectNode figures = AuditStats.json(counts)
                .put("workspace_id", workspaceId)
                .put("tenant_id", workspaceId)
                .put("since_time", Times.format(since))
                .put("until_time", Times.format(now))
                .put("complete", total(counts) < AuditTable.ROWS_COUNTED_MAX);
        return Reply.of(200, figures);
    }

    private static long total(List<AuditStats.Count> counts) {
        return counts.stream().mapToLong(AuditStats.Count::requests).sum();
    }

    private static UUID id(String cursor) {
        return Ids.parse(cursor)
                .orElseThrow(() -> Problem.malformed(
                        "malformed_parameter", "cursor", "is not a cursor that this list has returned"));
    }

    private static Optional<Long> time(Request request, String name) {
        return request.query(name)
                .map(text -> Times.parse(text)
                        .orElseThrow(() -> Problem.malformed(
                                "malformed_parameter", name, "must be a time such as 2026-01-31T12:00:00.000Z")));
    }
}
