package dev.agentplatform.gateway.limits;

import dev.agentplatform.gateway.limits.Rate.Decision;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.web.Filter;
import dev.agentplatform.web.Handler;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Route;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Refuses requests of a workspace or a key that sends too many. It stands behind the filter that knows who calls.
 * Operational routes are never limited. The buckets are this process's own: several processes allow as many times more.
 */
public final class RateLimits implements Filter {
    private static final long SECOND_NANOS = 1_000_000_000;

    private final Optional<Buckets> workspaces;
    private final Optional<Buckets> keys;
    private final LongSupplier nanoClock;

    /** @param nanoClock a clock that only goes forward, in nanoseconds */
    public RateLimits(Settings settings, LongSupplier nanoClock) {
        this.workspaces = buckets(
                settings, "AGENT_PLATFORM_RATE_WORKSPACE_PER_SECOND", "AGENT_PLATFORM_RATE_WORKSPACE_BURST", nanoClock);
        this.keys = buckets(settings, "AGENT_PLATFORM_RATE_KEY_PER_SECOND", "AGENT_PLATFORM_RATE_KEY_BURST", nanoClock);
        this.nanoClock = nanoClock;
    }

    private static Optional<Buckets> buckets(
            Settings settings, String rateName, String burstName, LongSupplier nanoClock) {
        long perSecond = settings.number(rateName, 0, 0, 1_000_000);
        long burst = settings.number(burstName, Math.max(1, perSecond * 2), 1, 10_000_000);
        if (perSecond == 0) return Optional.empty();
        Rate rate = new Rate(perSecond, (int) burst);
        return Optional.of(new Buckets(rate, Buckets.BUCKETS_MAX, nanoClock.getAsLong()));
    }

    @Override
    public Reply filter(Request request, Handler next) throws Exception {
        if (request.route().map(Route::operational).orElse(false)) return next.handle(request);
        long now = nanoClock.getAsLong();
        Optional<UUID> keyId = request.principal().apiKeyId();
        if (keys.isPresent() && keyId.isPresent()) {
            String key = keyId.get().toString();
            Decision ofKey = keys.get().take(key, now);
            show(request, keys.get().rate(), ofKey, now);
            if (!ofKey.allowed()) throw refused("This key", keys.get().rate(), ofKey);
            limitWorkspace(request, now, Optional.of(ofKey), () -> keys.get().giveBack(key, now));
        } else {
            limitWorkspace(request, now, Optional.empty(), () -> {});
        }
        return next.handle(request);
    }

    private void limitWorkspace(Request request, long now, Optional<Decision> ofKey, Runnable undo) {
        if (workspaces.isEmpty()) return;
        Rate rate = workspaces.get().rate();
        Decision ofWorkspace = workspaces.get().take(request.workspace().id(), now);
        // Of two limits the caller is shown the one that is nearer.
        boolean nearer =
                ofKey.isEmpty() || ofWorkspace.remaining() < ofKey.get().remaining();
        if (nearer || !ofWorkspace.allowed()) show(request, rate, ofWorkspace, now);
        if (ofWorkspace.allowed()) return;
        undo.run();
        throw refused("The workspace " + request.workspace().id(), rate, ofWorkspace);
    }

    private static void show(Request request, Rate rate, Decision decision, long now) {
        request.answerHeader("X-RateLimit-Limit", String.valueOf(rate.burst()));
        request.answerHeader("X-RateLimit-Remaining", String.valueOf(decision.remaining()));
        request.answerHeader("X-RateLimit-Reset", String.valueOf(seconds(decision.fullNanos() - now)));
    }

    private static Problem refused(String who, Rate rate, Decision decision) {
        String detail = "%s may send %d requests at once and %d each second; wait."
                .formatted(who, rate.burst(), Math.round(rate.perSecond()));
        return new Problem(429, "rate_limited", detail, List.of(), (int) Math.max(1, seconds(decision.waitNanos())));
    }

    private static long seconds(long nanos) {
        return (Math.max(0, nanos) + SECOND_NANOS - 1) / SECOND_NANOS;
    }
}
