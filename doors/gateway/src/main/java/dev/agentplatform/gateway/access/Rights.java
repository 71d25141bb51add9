package dev.agentplatform.gateway.access;

import dev.agentplatform.auth.Permission;
import dev.agentplatform.auth.Permissions;
import dev.agentplatform.gateway.keys.Limits;
import dev.agentplatform.web.Principal;
import dev.agentplatform.web.Request;

/** What the caller of a request may do beyond its route: its scopes, and the roles of its user when they count. */
public final class Rights {
    private final AccessSettings settings;
    private final Permissions permissions;

    public Rights(AccessSettings settings, Permissions permissions) {
        this.settings = settings;
        this.permissions = permissions;
    }

    /** In the workspace in which the request acts. */
    public boolean has(Request request, Permission wanted) {
        Principal caller = request.principal();
        if (!Limits.allow(caller, wanted)) return false;
        if (!settings.authzRequired()) return true;
        return caller.userId()
                .flatMap(user -> permissions.find(request.workspace().id(), user, wanted))
                .isPresent();
    }
}
