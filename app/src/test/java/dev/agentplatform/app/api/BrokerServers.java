package dev.agentplatform.app.api;

import dev.agentplatform.store.Dialect;
import dev.agentplatform.testkit.TestRabbitMq;
import dev.agentplatform.testkit.TestRedis;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Both brokers and, for each database, a server that knows them; kept until the tests of this JVM are over. */
final class BrokerServers {
    static final String NO_REDIS = "no redis-server is installed: .ci/run installs it where it can";
    static final String NO_RABBITMQ = "no rabbitmq-server is installed: .ci/run installs it where it can";

    private static TestRedis redis;
    private static TestRabbitMq rabbitMq;
    private static final Map<Dialect, ApiServer> SERVERS = new EnumMap<>(Dialect.class);

    private BrokerServers() {}

    static synchronized TestRedis redis() {
        Assumptions.assumeTrue(TestRedis.available(), NO_REDIS);
        if (redis == null) redis = TestRedis.start();
        return redis;
    }

    static synchronized TestRabbitMq rabbitMq() {
        Assumptions.assumeTrue(TestRabbitMq.available(), NO_RABBITMQ);
        if (rabbitMq == null) rabbitMq = TestRabbitMq.start();
        return rabbitMq;
    }

    /** In a workspace of its own; whatever broker is installed is known to the server. */
    static synchronized Api api(Dialect dialect) {
        return SERVERS.computeIfAbsent(dialect, BrokerServers::start).workspace(Api.Spelling.WORKSPACE_HEADER);
    }

    private static ApiServer start(Dialect dialect) {
        Map<String, String> settings = new HashMap<>();
        if (TestRedis.available()) settings.put("AGENT_PLATFORM_REDIS_URL", redis().url());
        if (TestRabbitMq.available())
            settings.put("AGENT_PLATFORM_RABBITMQ_URL", rabbitMq().url());
        try {
            return new ApiServer(dialect, false, settings);
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    static synchronized void close() throws Exception {
        for (ApiServer server : SERVERS.values()) server.close();
        SERVERS.clear();
        if (redis != null) redis.close();
        if (rabbitMq != null) rabbitMq.close();
        redis = null;
        rabbitMq = null;
    }
}
