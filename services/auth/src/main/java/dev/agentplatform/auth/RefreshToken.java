package dev.agentplatform.auth;

import java.util.UUID;

/**
 * A text that buys one new pair of tokens.
 *
 * @param familyId the same for all that came from one sign-in
 * @param status {@code open}, {@code used} or {@code revoked}
 */
record RefreshToken(UUID id, String workspaceId, UUID familyId, UUID userId, String status, long expiresTime) {
    static final String OPEN = "open";
    static final String USED = "used";
}
