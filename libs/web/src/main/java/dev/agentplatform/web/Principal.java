package dev.agentplatform.web;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Who called: a user, an API key, both (a key that speaks for a user), or nobody. */
public record Principal(Optional<String> userId, Optional<UUID> apiKeyId, Set<String> scopes) {
    public static final Principal ANONYMOUS = new Principal(Optional.empty(), Optional.empty(), Set.of());

    public Principal {
        scopes = Set.copyOf(scopes);
    }

    public boolean isAnonymous() {
        return userId.isEmpty() && apiKeyId.isEmpty();
    }
}
