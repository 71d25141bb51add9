package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Dialect;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.TestRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Rate limits of two processes that share a Redis. */
class SharedLimitsTest {
    private static final int BURST = 10;

    private static Map<String, String> settings(TestRedis redis) {
        return Map.of(
                "AGENT_PLATFORM_REDIS_URL", redis.url(),
                "AGENT_PLATFORM_RATE_WORKSPACE_PER_SECOND", "1",
                "AGENT_PLATFORM_RATE_WORKSPACE_BURST", String.valueOf(BURST));
    }

    @Test
    void twoProcessesTogetherAllowWhatOneMay() throws Exception {
        Assumptions.assumeTrue(TestRedis.available(), BrokerServers.NO_REDIS);
        try (TestRedis redis = TestRedis.start();
                ApiServer one = new ApiServer(Dialect.SQLITE, false, settings(redis));
                ApiServer two = new ApiServer(Dialect.SQLITE, false, settings(redis))) {
            Api first = one.workspace(Api.Spelling.WORKSPACE_HEADER);
            Api second = new Api(two, Api.Spelling.WORKSPACE_HEADER, first.workspace());
            long start = System.nanoTime();
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < BURST + 4; i++) answers.add((i % 2 == 0 ? first : second).get("/events"));
            long seconds = (System.nanoTime() - start) / 1_000_000_000;
            long allowed = answers.stream().filter(it -> it.status() == 200).count();
            assertThat(allowed).isBetween((long) BURST, BURST + seconds + 1);
            Answer refused = answers.getLast();
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.headers().firstValue("x-ratelimit-remaining")).hasValue("0");
            assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
            assertThat(one.workspace(Api.Spelling.WORKSPACE_HEADER)
                            .get("/events")
                            .status())
                    .isEqualTo(200);

            // Without Redis each has buckets of its own, which are full, and nobody is turned away for it.
            redis.kill();
            for (int i = 0; i < BURST; i++) first.get("/events").expect(200);
            assertThat(first.get("/events").status()).isEqualTo(429);
            second.get("/events").expect(200);

            redis.restart();
            String bucket = "agent-platform:rate:workspace:" + first.workspace();
            redis.delete(bucket);
            Await.until(
                    () -> {
                        first.get("/events");
                        return redis.has(bucket);
                    },
                    "the shared bucket to be used again");
        }
    }
}
