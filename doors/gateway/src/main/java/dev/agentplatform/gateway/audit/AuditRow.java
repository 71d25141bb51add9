package dev.agentplatform.gateway.audit;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.web.Answered;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Route;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * A row of {@code gateway_request_audit}: no query, no headers and no body, where secrets would be.
 *
 * @param service {@code none} when no route matched
 * @param durationBucket step of {@link Durations}, null for event streams
 * @param apiKeyId null when none was shown, as are the users
 * @param userId for whom the request was done
 * @param actingUserId who did it, when that is somebody else
 */
record AuditRow(
        String workspaceId,
        UUID id,
        long createdTime,
        String method,
        String path,
        int status,
        double durationMillis,
        Integer durationBucket,
        String service,
        String requestId,
        UUID apiKeyId,
        String userId,
        String actingUserId,
        String clientAddress,
        long bytesIn,
        long bytesOut) {
    private static final int METHOD_LENGTH_MAX = 20;
    private static final int PATH_LENGTH_MAX = 2_000;
    private static final int USER_LENGTH_MAX = 200;

    static AuditRow of(Answered answered, UUID id) {
        Request request = answered.request();
        long micros = answered.durationNanos() / 1_000;
        return new AuditRow(
                request.workspace().id(),
                id,
                Ids.timeMs(id),
                cut(request.method(), METHOD_LENGTH_MAX),
                cut(request.path(), PATH_LENGTH_MAX),
                answered.status(),
                micros / 1_000.0,
                answered.streamed() ? null : Durations.bucket(micros),
                request.route().map(Route::service).orElse("none"),
                request.requestId(),
                request.principal().apiKeyId().orElse(null),
                user(request.principal().userId()),
                user(request.principal().actor()),
                request.clientAddress(),
                answered.bytesIn(),
                answered.bytesOut());
    }

    private static String user(Optional<String> named) {
        return named.map(user -> cut(user, USER_LENGTH_MAX)).orElse(null);
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }

    ObjectNode json() {
        return Json.object()
                .put("id", id.toString())
                .put("workspace_id", workspaceId)
                .put("tenant_id", workspaceId)
                .put("created_time", Times.format(createdTime))
                .put("method", method)
                .put("path", path)
                .put("status", status)
                .put("duration_ms", durationMillis)
                .put("service", service)
                .put("request_id", requestId)
                .put("api_key_id", apiKeyId == null ? null : apiKeyId.toString())
                .put("user_id", userId)
                .put("acting_user_id", actingUserId)
                .put("client_address", clientAddress)
                .put("bytes_in", bytesIn)
                .put("bytes_out", bytesOut);
    }
}
