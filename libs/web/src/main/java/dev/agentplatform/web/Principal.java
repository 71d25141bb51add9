package dev.agentplatform.web;

import dev.agentplatform.kernel.Workspace;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Who called: a user, an API key, both (a key that speaks for a user), or nobody.
 *
 * @param userId for whom the request acts
 * @param apiKeyId the key that was presented
 * @param scopes the rights to which the caller is limited; empty when it is not
 * @param home the only workspace in which the caller may act; empty when it may in any
 * @param actor the user who really called, when it named another one as {@code userId}; empty otherwise
 */
public record Principal(
        Optional<String> userId,
        Optional<UUID> apiKeyId,
        Set<String> scopes,
        Optional<Workspace> home,
        Optional<String> actor) {
    public static final Principal ANONYMOUS = new Principal(Optional.empty(), Optional.empty(), Set.of());

    public Principal {
        scopes = Set.copyOf(scopes);
    }

    /** One that speaks for itself, in any workspace. */
    public Principal(Optional<String> userId, Optional<UUID> apiKeyId, Set<String> scopes) {
        this(userId, apiKeyId, scopes, Optional.empty(), Optional.empty());
    }

    /** The same caller, acting for {@code other}. */
    public Principal onBehalfOf(String other) {
        Optional<String> caller = userId.filter(own -> !own.equals(other));
        return new Principal(Optional.of(other), apiKeyId, scopes, home, caller);
    }

    public boolean isAnonymous() {
        return userId.isEmpty() && apiKeyId.isEmpty();
    }
}
