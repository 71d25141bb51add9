package dev.agentplatform.app;

import dev.agentplatform.auth.AuthModule;
import dev.agentplatform.auth.Permission;
import dev.agentplatform.gateway.access.AccessSettings;
import dev.agentplatform.gateway.keys.Limits;
import dev.agentplatform.web.Principal;
import java.util.function.BiPredicate;
import java.util.function.Supplier;

/**
 * Whether a caller may change the budgets of a workspace: who answers a task for people that raises one needs the right
 * to do it by hand, too.
 */
record MayChangeBudgets(AccessSettings settings, Supplier<AuthModule> auth) implements BiPredicate<String, Principal> {
    private static final Permission WRITE = Permission.write("budget");

    @Override
    public boolean test(String workspaceId, Principal caller) {
        if (!Limits.allow(caller, WRITE)) return false;
        if (!settings.authzRequired()) return true;
        return caller.userId()
                .filter(user ->
                        auth.get().permissions().find(workspaceId, user, WRITE).isPresent())
                .isPresent();
    }
}
