package dev.agentplatform.gateway.keys;

import dev.agentplatform.auth.Permission;
import dev.agentplatform.gateway.keys.ApiKeys.NewKey;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Principal;
import java.util.List;

/** Decides what a caller may pass on. Nobody can make a key that can more than its maker. */
public final class Limits {
    private Limits() {}

    /** Whether the caller's scopes allow {@code wanted}; the user's roles are another question. */
    public static boolean allow(Principal caller, Permission wanted) {
        return caller.scopes().isEmpty() || Permission.anyCovers(caller.scopes(), wanted);
    }

    /**
     * Whether the caller may name another user than its own. A limited one needs the scope for it; one without limits may
     * when it speaks for nobody, but not when it was made for one user.
     */
    public static boolean mayImpersonate(Principal caller) {
        return caller.scopes().isEmpty()
                ? caller.userId().isEmpty()
                : Permission.anyCovers(caller.scopes(), Permission.IMPERSONATE);
    }

    /** @return the key as it may be made @throws Problem 403 */
    static NewKey within(Principal maker, NewKey asked) {
        // Nobody had to sign in: the caller is trusted with everything.
        if (maker.home().isEmpty()) return asked;
        checkScopes(maker, asked.scopes());
        return new NewKey(asked.name(), asked.scopes(), user(maker, asked), asked.expiresTime());
    }

    private static String user(Principal maker, NewKey asked) {
        String own = maker.userId().orElse(null);
        if (asked.userId() == null || asked.userId().equals(own)) return own;
        if (mayImpersonate(maker)) return asked.userId();
        throw Problem.forbidden(
                "impersonation_forbidden", "A key for another user needs the scope " + Permission.IMPERSONATE + ".");
    }

    private static void checkScopes(Principal maker, List<String> scopes) {
        if (!mayImpersonate(maker) && Permission.anyCovers(scopes, Permission.IMPERSONATE)) {
            throw Problem.forbidden(
                    "scope_exceeded",
                    "You may not name other users, so the key may not be given " + Permission.IMPERSONATE + ".");
        }
        if (maker.scopes().isEmpty()) return;
        if (scopes.isEmpty()) {
            throw Problem.forbidden(
                    "scope_exceeded", "You are limited to scopes, so the key must be too: name its scopes.");
        }
        for (String scope : scopes) {
            Permission wanted = Permission.parse(scope).orElseThrow();
            if (!Permission.anyCovers(maker.scopes(), wanted)) {
                throw Problem.forbidden("scope_exceeded", "Your own scopes do not cover " + scope + ".");
            }
        }
    }
}
