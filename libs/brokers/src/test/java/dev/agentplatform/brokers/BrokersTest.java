package dev.agentplatform.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Settings;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.TestRabbitMq;
import dev.agentplatform.testkit.TestRedis;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Several hosts in a URL, against real servers. */
class BrokersTest {
    private static final Redis.Script COUNT = new Redis.Script("return redis.call('INCR', KEYS[1])");

    @Test
    void severalHostsOfRedisAreACluster() {
        Assumptions.assumeTrue(TestRedis.available(), "no redis-server is installed");
        try (TestRedis server = TestRedis.start("--cluster-enabled", "yes");
                Jedis client = new Jedis("127.0.0.1", server.port())) {
            client.clusterAddSlotsRange(0, 16_383);
            Await.until(() -> client.clusterInfo().contains("cluster_state:ok"), "the cluster to have formed");
            try (Redis redis = redis("redis://127.0.0.1:1,127.0.0.1:" + server.port())) {
                redis.check();
                assertThat(redis.run(COUNT, List.of("a"), List.of())).isEqualTo(1L);
                assertThat(redis.run(COUNT, List.of("b"), List.of())).isEqualTo(1L);
                assertThat(redis.run(COUNT, List.of("a"), List.of())).isEqualTo(2L);
            }
        }
    }

    @Test
    void aRedisThatIsBackAnswersAtOnce() {
        Assumptions.assumeTrue(TestRedis.available(), "no redis-server is installed");
        try (TestRedis server = TestRedis.start();
                Redis redis = redis(server.url())) {
            redis.run(COUNT, List.of("a"), List.of());
            server.kill();
            assertThatThrownBy(redis::check).isInstanceOf(BrokerAway.class).hasMessageContaining(server.url());
            server.restart();
            // It has forgotten the script, and not the count.
            assertThat(redis.run(COUNT, List.of("a"), List.of())).isEqualTo(2L);
        }
    }

    @Test
    void whatRedisObjectsToIsNoAbsence() {
        Assumptions.assumeTrue(TestRedis.available(), "no redis-server is installed");
        try (TestRedis server = TestRedis.start();
                Redis redis = redis(server.url())) {
            server.set("a", "no number");
            assertThatThrownBy(() -> redis.run(COUNT, List.of("a"), List.of()))
                    .isInstanceOf(BrokerRefused.class)
                    .hasMessageContaining("not an integer");
        }
    }

    private static Redis redis(String url) {
        return Redis.from(new Settings(Map.of(Redis.SETTING, url)), Redis.PATIENT)
                .orElseThrow();
    }

    @Test
    void ofSeveralHostsOfRabbitMqTheOneThatAnswersIsTaken() throws Exception {
        Assumptions.assumeTrue(TestRabbitMq.available(), "no rabbitmq-server is installed");
        try (TestRabbitMq server = TestRabbitMq.start()) {
            String url = server.url().replace("@", "@127.0.0.1:1,");
            try (RabbitMq rabbitMq =
                    RabbitMq.from(new Settings(Map.of(RabbitMq.SETTING, url))).orElseThrow()) {
                rabbitMq.check();
                Message lost = message("nobody");
                assertThat(rabbitMq.publish(RabbitMq.EXCHANGE, List.of(lost))).containsOnlyKeys(lost.id());
                String queue = server.queue(RabbitMq.EXCHANGE, "somebody");
                Message first = message("somebody");
                Message second = message("somebody");
                assertThat(rabbitMq.publish(RabbitMq.EXCHANGE, List.of(first, lost, second)))
                        .containsOnlyKeys(lost.id());
                assertThat(server.take(queue))
                        .extracting(TestRabbitMq.Received::id)
                        .containsExactly(first.id().toString(), second.id().toString());
                assertThatThrownBy(() -> rabbitMq.publish("not-there", List.of(first)))
                        .isInstanceOf(BrokerRefused.class)
                        .hasMessageContaining("not-there");
                // The channel that was closed for it is not used again.
                assertThat(rabbitMq.publish(RabbitMq.EXCHANGE, List.of(first))).isEmpty();
            }
            String wrong = server.url().replace("guest:guest", "guest:a-wrong-secret");
            try (RabbitMq refused =
                    RabbitMq.from(new Settings(Map.of(RabbitMq.SETTING, wrong))).orElseThrow()) {
                assertThatThrownBy(refused::check)
                        .isInstanceOf(BrokerAway.class)
                        .hasMessageContaining("ACCESS_REFUSED")
                        .message()
                        .doesNotContain("a-wrong-secret");
            }
        }
    }

    private static Message message(String routingKey) {
        return new Message(UUID.randomUUID(), routingKey, "test", 0, Map.of(), "{}".getBytes(StandardCharsets.UTF_8));
    }
}
