package dev.agentplatform.auth;

import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * Gives whoever knows a password a short token and one to get the next with. A refresh token is good once; when one comes
 * a second time it was stolen, and all that came from the same sign-in is void.
 */
final class SignIn {
    static final Duration ACCESS_LIFETIME = Duration.ofMinutes(15);
    static final Duration REFRESH_LIFETIME = Duration.ofDays(30);
    static final String REFRESH_PREFIX = "apr_";

    private static final String NOUN = "auth_user";
    private static final int PURGED_PER_LOGIN = 20;

    private final Database database;
    private final Clock clock;
    private final Ids ids;
    private final Passwords passwords;
    private final Optional<Tokens> tokens;
    private final LoginLimit limit;
    private final AuthEvents events;

    /** What a sign-in gives. */
    record SignedIn(String workspaceId, UUID userId, String accessToken, String refreshToken) {}

    /** What a refresh finds. */
    private sealed interface Found {
        record Fresh(SignedIn signedIn) implements Found {}

        record Refused(String code, String why) implements Found {}
    }

    /** @param tokens empty when there is no secret to sign with: then nobody signs in */
    SignIn(Database database, Outbox outbox, Clock clock, Ids ids, Passwords passwords, Optional<Tokens> tokens) {
        this.database = database;
        this.clock = clock;
        this.ids = ids;
        this.passwords = passwords;
        this.tokens = tokens;
        this.limit = new LoginLimit(clock);
        this.events = new AuthEvents(outbox, clock, ids);
    }

    /** @throws Problem 401 {@code wrong_credentials}; 429; 501 without a secret */
    SignedIn login(String workspaceId, String username, String password) {
        Tokens signer = signer();
        limit.attempt(workspaceId, username);
        Optional<User> user = database.read(sql -> UserTable.named(sql, workspaceId, username))
                .filter(found -> found.active() && found.username().equals(username));
        boolean right = passwords.matches(password, user.map(User::passwordHash).orElse(null));
        if (!right) throw new Problem(401, "wrong_credentials", "The user name or the password is wrong.");
        limit.succeeded(workspaceId, username);
        UUID userId = user.orElseThrow().id();
        return database.transact(sql -> {
            User still = UserTable.lock(sql, workspaceId, userId)
                    .filter(now ->
                            now.active() && now.passwordHash().equals(user.get().passwordHash()))
                    .orElseThrow(() -> new Problem(401, "wrong_credentials", "The user was just changed."));
            RefreshTokenTable.purge(sql, clock.millis(), PURGED_PER_LOGIN);
            events.tell(sql, workspaceId, NOUN, userId, "signed_in", still.json(), userId.toString());
            return issue(sql, signer, workspaceId, userId, ids.next());
        });
    }

    /** @throws Problem 401 {@code refresh_token_invalid}, {@code refresh_token_reused} */
    SignedIn refresh(String refreshToken) {
        Tokens signer = signer();
        byte[] hash = Secret.sha256(refreshToken);
        // A refusal must be committed too: it may void the family.
        Found found = database.transact(sql -> refresh(sql, signer, hash));
        return switch (found) {
            case Found.Fresh fresh -> fresh.signedIn();
            case Found.Refused refused -> throw new Problem(401, refused.code(), refused.why());
        };
    }

    private Found refresh(Sql sql, Tokens signer, byte[] hash) throws SQLException {
        Optional<RefreshToken> found = RefreshTokenTable.find(sql, hash);
        if (found.isEmpty()) return refused("is not known");
        RefreshToken token = found.get();
        boolean used = token.status().equals(RefreshToken.USED);
        if (!used && !token.status().equals(RefreshToken.OPEN)) return refused("was revoked");
        if (token.expiresTime() <= clock.millis()) return refused("has expired");
        if (used || !RefreshTokenTable.use(sql, token)) return reused(sql, token);
        boolean active = UserTable.lock(sql, token.workspaceId(), token.userId())
                .filter(User::active)
                .isPresent();
        if (!active) return refused("is of a user who is not active");
        return new Found.Fresh(issue(sql, signer, token.workspaceId(), token.userId(), token.familyId()));
    }

    private Found reused(Sql sql, RefreshToken token) throws SQLException {
        RefreshTokenTable.revokeFamily(sql, token);
        Optional<User> user = UserTable.find(sql, token.workspaceId(), token.userId());
        if (user.isPresent()) {
            events.tell(
                    sql,
                    token.workspaceId(),
                    NOUN,
                    token.userId(),
                    "refresh_token_reused",
                    user.get().json(),
                    null);
        }
        return new Found.Refused(
                "refresh_token_reused",
                "The refresh token was used before; sign in again. All its successors are void.");
    }

    /** A token that is not known is nobody's: that is fine too. */
    void logout(String refreshToken) {
        byte[] hash = Secret.sha256(refreshToken);
        database.transact(sql -> {
            Optional<RefreshToken> token = RefreshTokenTable.find(sql, hash);
            if (token.isPresent()) RefreshTokenTable.revokeFamily(sql, token.get());
            return null;
        });
    }

    private SignedIn issue(Sql sql, Tokens signer, String workspaceId, UUID userId, UUID familyId) throws SQLException {
        long now = clock.millis();
        String text = Secret.random(REFRESH_PREFIX);
        RefreshToken next = new RefreshToken(
                ids.next(), workspaceId, familyId, userId, RefreshToken.OPEN, now + REFRESH_LIFETIME.toMillis());
        RefreshTokenTable.insert(sql, next, Secret.sha256(text), now);
        return new SignedIn(workspaceId, userId, signer.sign(userId.toString(), workspaceId, ACCESS_LIFETIME), text);
    }

    private Tokens signer() {
        return tokens.orElseThrow(() ->
                new Problem(501, "sign_in_not_configured", "Nobody can sign in: " + Tokens.SETTING + " is not set."));
    }

    private static Found refused(String why) {
        return new Found.Refused("refresh_token_invalid", "The refresh token " + why + ".");
    }
}
