package dev.agentplatform.auth;

import dev.agentplatform.auth.SignIn.SignedIn;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import tools.jackson.databind.node.ObjectNode;

/** {@code /auth/login}, {@code /refresh} and {@code /logout}: open, since who calls them has no token yet, or no more. */
final class SignInRoutes {
    private final SignIn signIn;

    SignInRoutes(SignIn signIn) {
        this.signIn = signIn;
    }

    void addTo(Routes routes) {
        routes.post("/auth/login", "Sign in with a password")
                .open()
                .secret()
                .body(Login.class)
                .answers(200, ObjectNode.class, "A short access token and a refresh token")
                .handle(this::login);
        routes.post("/auth/refresh", "Exchange a refresh token, once")
                .open()
                .secret()
                .body(Refresh.class)
                .answers(200, ObjectNode.class, "A new pair of tokens")
                .handle(request ->
                        shown(signIn.refresh(request.body(Refresh.class).refreshToken())));
        routes.post("/auth/logout", "Void a refresh token and all of its sign-in")
                .open()
                .secret()
                .body(Refresh.class)
                .answers(204, "Done")
                .handle(request -> {
                    signIn.logout(request.body(Refresh.class).refreshToken());
                    return Reply.empty(204);
                });
    }

    record Login(
            @Required @Length(min = 1, max = 200) String username,

            @Required @Length(min = 1, max = Passwords.LENGTH_MAX)
            String password) {}

    record Refresh(
            @Required @Length(min = 1, max = 200) @Doc("As the last answer gave it")
            String refreshToken) {}

    private Reply login(Request request) {
        Login body = request.body(Login.class);
        return shown(signIn.login(request.workspace().id(), body.username(), body.password()));
    }

    private static Reply shown(SignedIn signedIn) {
        return Reply.of(
                        200,
                        Json.object()
                                .put("workspace_id", signedIn.workspaceId())
                                .put("tenant_id", signedIn.workspaceId())
                                .put("user_id", signedIn.userId().toString())
                                .put("token_type", "Bearer")
                                .put("access_token", signedIn.accessToken())
                                .put("expires_in", SignIn.ACCESS_LIFETIME.toSeconds())
                                .put("refresh_token", signedIn.refreshToken())
                                .put("refresh_expires_in", SignIn.REFRESH_LIFETIME.toSeconds()))
                .header("Cache-Control", "no-store");
    }
}
