package dev.agentplatform.gateway.access;

import dev.agentplatform.auth.Tokens;
import dev.agentplatform.auth.Tokens.Claims;
import dev.agentplatform.gateway.keys.ApiKeys;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Workspace;
import dev.agentplatform.web.Principal;
import dev.agentplatform.web.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out who calls from {@code x-api-key} and {@code Authorization: Bearer}, in this order.
 *
 * <p>What looks like ours (a key that begins with {@code ap_}; a JWT when there is a secret) must be right, whether or not
 * anything is required. What does not is somebody else's: clients send the key of another service along, or a dummy.
 */
final class Credentials {
    private static final String BEARER = "bearer ";

    private final ApiKeys keys;
    private final Optional<Tokens> tokens;

    /** @param tokens empty when there is no secret, so that no token can be checked */
    Credentials(ApiKeys keys, Optional<Tokens> tokens) {
        this.keys = keys;
        this.tokens = tokens;
    }

    /** What a request shows. */
    sealed interface Shown {
        /** One of ours, and right. */
        record Known(Principal principal) implements Shown {}

        /** Something, but nothing of ours. */
        record Foreign() implements Shown {}

        record Nothing() implements Shown {}
    }

    /** @throws Problem 401 for what looks like ours and is not, or not any more */
    Shown read(Request request) {
        List<String> presented = presented(request);
        for (String text : presented) {
            if (ApiKeys.looksLikeKey(text)) return new Shown.Known(keys.authenticate(text));
            if (tokens.isPresent() && Tokens.looksLike(text))
                return new Shown.Known(principal(tokens.get().verify(text)));
        }
        return presented.isEmpty() ? new Shown.Nothing() : new Shown.Foreign();
    }

    private static List<String> presented(Request request) {
        List<String> texts = new ArrayList<>(2);
        request.header("x-api-key")
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .ifPresent(texts::add);
        request.header("Authorization").flatMap(Credentials::bearer).ifPresent(texts::add);
        return texts;
    }

    private static Optional<String> bearer(String header) {
        String text = header.strip();
        if (!text.toLowerCase(Locale.ROOT).startsWith(BEARER)) return Optional.empty();
        return Optional.of(text.substring(BEARER.length()).strip()).filter(token -> !token.isEmpty());
    }

    /** A token that names no workspace is one of {@code public}, not of all. */
    private static Principal principal(Claims claims) {
        Workspace home;
        try {
            home = claims.workspaceId().map(Workspace::new).orElse(Workspace.PUBLIC);
        } catch (Problem malformed) {
            throw Problem.unauthorized("The token names a malformed workspace.");
        }
        return new Principal(
                Optional.of(claims.subject()),
                Optional.empty(),
                Set.copyOf(claims.scopes()),
                Optional.of(home),
                Optional.empty());
    }
}
