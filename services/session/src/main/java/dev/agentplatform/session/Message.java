package dev.agentplatform.session;

import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * One message of a session. Time in UTC milliseconds.
 *
 * @param sequence counts up from 1 within its session
 * @param role {@code system}, {@code user}, {@code assistant} or {@code tool}
 * @param contentText may be null when there is {@code content}
 * @param content JSON null when there is only text
 */
public record Message(
        UUID id,
        String workspaceId,
        UUID sessionId,
        long sequence,
        String role,
        String contentText,
        JsonNode content,
        long createdTime) {}
