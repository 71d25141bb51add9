package dev.agentplatform.gateway.access;

import dev.agentplatform.auth.Permission;
import dev.agentplatform.auth.Permissions;
import dev.agentplatform.auth.Tokens;
import dev.agentplatform.gateway.access.Credentials.Shown;
import dev.agentplatform.gateway.keys.ApiKeyRoutes;
import dev.agentplatform.gateway.keys.ApiKeys;
import dev.agentplatform.gateway.keys.Limits;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Workspace;
import dev.agentplatform.web.Filter;
import dev.agentplatform.web.Handler;
import dev.agentplatform.web.Principal;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Route;
import java.util.Optional;

/**
 * Decides for each request who calls, for whom, in which workspace, and whether that is allowed. What the headers tell is
 * decided before the body is read; the workspace may stand in the body, so it and the roles in it come after.
 */
public final class Access implements Filter {
    private static final String USER_HEADER = "x-user-id";
    private static final int USER_LENGTH_MAX = 200;
    private static final Permission AUTH_WRITE = Permission.write("auth");

    private final AccessSettings settings;
    private final ApiKeys keys;
    private final Credentials credentials;
    private final Permissions permissions;

    public Access(AccessSettings settings, ApiKeys keys, Optional<Tokens> tokens, Permissions permissions) {
        this.settings = settings;
        this.keys = keys;
        this.credentials = new Credentials(keys, tokens);
        this.permissions = permissions;
    }

    /** @throws Problem 401; 403 when the caller's scopes do not reach so far, or it names a user it may not */
    @Override
    public void admit(Request request) {
        Route route = request.route().orElseThrow();
        Optional<Permission> needed = RouteRights.needed(route);
        if (needed.isEmpty()) return;
        Principal caller = caller(request, route);
        Optional<String> named = isStranger(caller) ? Optional.empty() : namedUser(request);
        boolean forAnother = named.isPresent() && !named.equals(caller.userId());
        Principal acting = forAnother ? caller.onBehalfOf(named.get()) : caller;
        // Known from here on, so that a refusal is recorded with who it was and whom it named.
        request.identify(acting, caller.home().orElse(Workspace.PUBLIC));
        if (forAnother && caller.home().isPresent() && !Limits.mayImpersonate(caller)) {
            throw Problem.forbidden(
                    "impersonation_forbidden",
                    "To name another user in " + USER_HEADER + " the scope " + Permission.IMPERSONATE + " is needed.");
        }
        if (!Limits.allow(caller, needed.get())) {
            throw Problem.forbidden(
                    "scope_missing", "The scopes of the caller do not cover " + needed.get() + ", which this needs.");
        }
    }

    /** @throws Problem 403 in a workspace that is not the caller's, or when the user has no role with the right */
    @Override
    public Reply filter(Request request, Handler next) throws Exception {
        Optional<Permission> needed = RouteRights.needed(request.route().orElseThrow());
        if (needed.isEmpty()) return next.handle(request);
        Principal caller = request.principal();
        stayHome(request, caller);
        if (settings.authzRequired() && !isStranger(caller)) authorize(request, caller, needed.get());
        return next.handle(request);
    }

    private Principal caller(Request request, Route route) {
        return switch (credentials.read(request)) {
            case Shown.Known known -> known.principal();
            case Shown.Foreign foreign -> stranger(route, "This is no API key of this platform, and no token of it.");
            case Shown.Nothing nothing ->
                stranger(route, "Present an API key in x-api-key, or a key or token as Authorization: Bearer.");
        };
    }

    private Principal stranger(Route route, String why) {
        if (!settings.authRequired()) return Principal.ANONYMOUS;
        if (ApiKeyRoutes.makesKey(route) && keys.none()) return Principal.ANONYMOUS;
        throw Problem.unauthorized(why);
    }

    /** The one who makes the first key: signed in as nobody although all have to sign in. */
    private boolean isStranger(Principal caller) {
        return settings.authRequired() && caller.home().isEmpty();
    }

    private static Optional<String> namedUser(Request request) {
        Optional<String> named = request.header(USER_HEADER).map(String::strip).filter(text -> !text.isEmpty());
        if (named.isPresent()) {
            boolean printable = named.get().chars().allMatch(c -> c > 0x20 && c != 0x7f);
            if (!printable || named.get().length() > USER_LENGTH_MAX) {
                throw Problem.malformed(
                        "malformed_header", USER_HEADER, "must have 1 to " + USER_LENGTH_MAX + " printable characters");
            }
        }
        return named;
    }

    private static void stayHome(Request request, Principal caller) {
        if (caller.home().isEmpty()) return;
        Workspace home = caller.home().get();
        if (request.workspaceNamed() && !request.workspace().equals(home)) {
            throw Problem.forbidden(
                    "workspace_forbidden", "The caller has no right in the workspace " + request.workspace() + ".");
        }
        request.identify(caller, home);
    }

    private void authorize(Request request, Principal caller, Permission needed) {
        String workspace = request.workspace().id();
        // Somebody has to give the first role.
        if (needed.equals(AUTH_WRITE) && permissions.unclaimed(workspace)) return;
        String user = caller.userId()
                .orElseThrow(() -> Problem.forbidden("user_required", "Name the user in " + USER_HEADER + "."));
        if (permissions.find(workspace, user, needed).isEmpty()) {
            throw Problem.forbidden("permission_missing", "No role of the user " + user + " gives " + needed + ".");
        }
    }
}
