package dev.agentplatform.gateway.access;

import dev.agentplatform.auth.Permission;
import dev.agentplatform.web.Route;
import java.util.Optional;

/** Which right a route asks for. */
public final class RouteRights {
    private RouteRights() {}

    /** The noun of its service, and {@code read} for GET (HEAD takes its route), else {@code write}; open routes: none. */
    public static Optional<Permission> needed(Route route) {
        if (route.open()) return Optional.empty();
        return Optional.of(
                route.method().equals("GET") ? Permission.read(route.service()) : Permission.write(route.service()));
    }
}
