package dev.agentplatform.gateway.access;

import dev.agentplatform.kernel.Settings;

/**
 * What callers have to show.
 *
 * @param authRequired a key or a token
 * @param authzRequired a user who has a role with the right of the route
 */
public record AccessSettings(boolean authRequired, boolean authzRequired) {
    public static AccessSettings from(Settings settings) {
        return new AccessSettings(
                settings.flag(false, "AGENT_PLATFORM_AUTH_REQUIRED", "AUTH_ENABLED"),
                settings.flag(false, "AGENT_PLATFORM_AUTHZ_REQUIRED"));
    }
}
