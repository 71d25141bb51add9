package dev.agentplatform.gateway.limits;

import dev.agentplatform.brokers.BrokerAway;
import dev.agentplatform.brokers.BrokerRefused;
import dev.agentplatform.brokers.Redis;
import dev.agentplatform.gateway.limits.Rate.Decision;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Buckets in Redis, which all processes drink from; its clock is the one that counts. While Redis does not answer, this
 * process goes by buckets of its own, and one request a second tries whether it does again.
 */
final class SharedBuckets implements BucketStore {
    static final long PAUSE_NANOS = 1_000_000_000;

    private static final long ANSWERS = Long.MIN_VALUE;
    private static final Logger LOG = LoggerFactory.getLogger(SharedBuckets.class);

    /** As {@link Rate#take}, in microseconds: a bucket is the time at which it will be full. */
    private static final Redis.Script TAKE = new Redis.Script("""
        local clock = redis.call('TIME')
        local now = clock[1] * 1000000 + clock[2]
        local token = tonumber(ARGV[1])
        local debt = math.max(0, tonumber(redis.call('GET', KEYS[1]) or '0') - now)
        if debt + token > tonumber(ARGV[2]) then return {0, math.ceil(debt)} end
        debt = debt + token
        redis.call('SET', KEYS[1], string.format('%.2f', now + debt), 'PX', math.ceil(debt / 1000) + 1)
        return {1, math.floor(debt)}
        """);

    private static final Redis.Script GIVE_BACK = new Redis.Script("""
        local full = redis.call('GET', KEYS[1])
        if full then redis.call('SET', KEYS[1], string.format('%.2f', full - ARGV[1]), 'KEEPTTL') end
        return 1
        """);

    private final Redis redis;
    private final String prefix;
    private final Buckets own;
    private final String token;
    private final String most;
    private final AtomicLong nextTry = new AtomicLong(ANSWERS);

    /** @param own while Redis does not answer */
    SharedBuckets(Redis redis, String kind, Buckets own) {
        this.redis = redis;
        this.prefix = Redis.PREFIX + "rate:" + kind + ":";
        this.own = own;
        double micros = own.rate().tokenNanos() / 1_000.0;
        this.token = String.valueOf(micros);
        this.most = String.valueOf(micros * own.rate().burst());
    }

    @Override
    public Rate rate() {
        return own.rate();
    }

    @Override
    public Decision take(String caller, long nowNanos) {
        return ask(TAKE, caller, List.of(token, most), nowNanos)
                .map(answer -> decision((List<?>) answer, nowNanos))
                .orElseGet(() -> own.take(caller, nowNanos));
    }

    @Override
    public void giveBack(String caller, long nowNanos) {
        if (ask(GIVE_BACK, caller, List.of(token), nowNanos).isEmpty()) own.giveBack(caller, nowNanos);
    }

    private Decision decision(List<?> answer, long nowNanos) {
        boolean allowed = ((Number) answer.get(0)).longValue() == 1;
        long debt = ((Number) answer.get(1)).longValue() * 1_000;
        return rate().decided(allowed, debt, nowNanos);
    }

    /** Empty when it does not answer. */
    private Optional<Object> ask(Redis.Script script, String caller, List<String> arguments, long nowNanos) {
        long tryAt = nextTry.get();
        if (tryAt != ANSWERS) {
            boolean mine = tryAt - nowNanos <= 0 && nextTry.compareAndSet(tryAt, nowNanos + PAUSE_NANOS);
            if (!mine) return Optional.empty();
        }
        try {
            Object answer = redis.run(script, List.of(prefix + caller), arguments);
            if (tryAt != ANSWERS) {
                nextTry.set(ANSWERS);
                LOG.info("rate limits are shared again");
            }
            return Optional.of(answer);
        } catch (BrokerAway | BrokerRefused failure) {
            if (nextTry.compareAndSet(ANSWERS, nowNanos + PAUSE_NANOS)) {
                LOG.warn("rate limits are this process's own until Redis answers: {}", failure.getMessage());
            }
            return Optional.empty();
        }
    }
}
