package dev.agentplatform.session;

import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * A conversation. Times in UTC milliseconds.
 *
 * @param appId the caller's own name of an application; may be null
 * @param userId the caller's own name of a person; may be null
 * @param title may be null
 * @param status {@code active}, {@code closed} or {@code archived}
 * @param metadata an object, or JSON null
 * @param messageSeq number of the newest message, 0 while there is none
 */
public record Session(
        UUID id,
        String workspaceId,
        String appId,
        String userId,
        String channelType,
        String title,
        String status,
        JsonNode metadata,
        long messageSeq,
        long createdTime,
        long updatedTime) {
    public static final String ACTIVE = "active";
}
