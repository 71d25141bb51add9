package dev.agentplatform.auth;

import dev.agentplatform.kernel.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Limits how often a password is tried for one user name, known or not: ten times in fifteen minutes in this process. A
 * sign-in that succeeds starts the count anew.
 */
final class LoginLimit {
    static final int ATTEMPTS_MAX = 10;
    static final Duration WINDOW = Duration.ofMinutes(15);

    private static final int NAMES_MAX = 100_000;

    private record Name(String workspaceId, String username) {}

    private record Attempts(int count, long firstTime) {}

    private final Clock clock;
    private final Map<Name, Attempts> attempts = new HashMap<>();

    LoginLimit(Clock clock) {
        this.clock = clock;
    }

    /** Counts an attempt before it is made, so that many at once are no way around. @throws Problem 429 */
    synchronized void attempt(String workspaceId, String username) {
        long now = clock.millis();
        Name name = new Name(workspaceId, username);
        Attempts earlier = attempts.get(name);
        if (earlier == null || over(earlier, now)) {
            makeRoom(now);
            attempts.put(name, new Attempts(1, now));
        } else if (earlier.count() < ATTEMPTS_MAX) {
            attempts.put(name, new Attempts(earlier.count() + 1, earlier.firstTime()));
        } else {
            long left = earlier.firstTime() + WINDOW.toMillis() - now;
            throw tooMany((int) Math.max(1, Math.ceilDiv(left, 1_000L)));
        }
    }

    synchronized void succeeded(String workspaceId, String username) {
        attempts.remove(new Name(workspaceId, username));
    }

    private static boolean over(Attempts earlier, long now) {
        return now - earlier.firstTime() >= WINDOW.toMillis();
    }

    /** When the names do not fit any more nobody signs in until the oldest counts are over. */
    private void makeRoom(long now) {
        if (attempts.size() < NAMES_MAX) return;
        attempts.values().removeIf(earlier -> over(earlier, now));
        if (attempts.size() >= NAMES_MAX) throw tooMany((int) WINDOW.toSeconds());
    }

    private static Problem tooMany(int seconds) {
        return new Problem(
                429, "too_many_attempts", "Too many attempts to sign in; try again later.", List.of(), seconds);
    }
}
