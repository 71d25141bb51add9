package dev.agentplatform.auth;

import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.store.Database;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.util.Optional;

/** What the auth room contributes: its routes, and the answer to who may do what. Its migration is V1.10. */
public final class AuthModule implements AutoCloseable {
    private final Passwords passwords = new Passwords();
    private final Permissions permissions;
    private final Routes routes = new Routes("auth", "Users, roles, permissions and signing in");

    /** @param tokens empty when there is no secret to sign with */
    public AuthModule(Database database, Outbox outbox, Clock clock, Ids ids, Optional<Tokens> tokens) {
        permissions = new Permissions(database, clock);
        Users users = new Users(database, outbox, clock, ids, passwords, permissions);
        Roles roles = new Roles(database, outbox, clock, ids, permissions);
        new AuthRoutes(users, roles, permissions).addTo(routes);
        new SignInRoutes(new SignIn(database, outbox, clock, ids, passwords, tokens)).addTo(routes);
    }

    public Permissions permissions() {
        return permissions;
    }

    public Routes routes() {
        return routes;
    }

    @Override
    public void close() {
        passwords.close();
    }
}
