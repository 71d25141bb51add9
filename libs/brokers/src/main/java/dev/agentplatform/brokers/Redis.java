package dev.agentplatform.brokers;

import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Settings.WrongSetting;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * The operator's Redis: one server, or a cluster when the URL names several hosts. Connections are made when they are
 * needed and kept; every call ends within its limit of time. Used from many threads at once.
 */
public final class Redis implements AutoCloseable {
    public static final String SETTING = "AGENT_PLATFORM_REDIS_URL";
    /** Keys that begin so are the platform's own. */
    public static final String PREFIX = "agent-platform:";

    /** For work in the background. */
    public static final Limits PATIENT = new Limits(Duration.ofSeconds(2), Duration.ofSeconds(5), 64);
    /** For what a request waits for. */
    public static final Limits HASTY = new Limits(Duration.ofMillis(250), Duration.ofMillis(250), 64);

    private static final String SHORT_SETTING = "REDIS_URL";
    private static final BrokerUrl.Kind KIND = new BrokerUrl.Kind(
            SETTING,
            "redis",
            "rediss",
            6379,
            6379,
            "redis://user:password@host:6379/0, rediss://host, or several hosts");
    private static final int DATABASE_MAX = 1_000_000;

    private final BrokerUrl url;
    private final int database;
    private final Limits limits;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile UnifiedJedis client;

    /**
     * @param connect until there is a connection, TLS included
     * @param answer until there is an answer
     * @param connections at once, to each server
     */
    public record Limits(Duration connect, Duration answer, int connections) {}

    /** A script that Redis runs as one step; its text is sent only when Redis does not know it. */
    public static final class Script {
        private final String text;
        private final String digest;

        public Script(String text) {
            this.text = text;
            try {
                byte[] sha1 = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
                this.digest = HexFormat.of().formatHex(sha1);
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private Redis(BrokerUrl url, int database, Limits limits) {
        this.url = url;
        this.database = database;
        this.limits = limits;
    }

    /**
     * Empty when none is configured. Connects to nothing yet.
     *
     * @throws WrongSetting when the URL cannot be read
     */
    public static Optional<Redis> from(Settings settings, Limits limits) {
        return settings.secret(SETTING, SHORT_SETTING).map(text -> of(text, limits));
    }

    private static Redis of(String text, Limits limits) {
        BrokerUrl url = BrokerUrl.parse(KIND, text);
        int database = 0;
        if (url.path() != null && !url.path().isEmpty()) {
            try {
                database = Integer.parseInt(url.path());
            } catch (NumberFormatException noNumber) {
                throw BrokerUrl.wrong(KIND, text);
            }
            if (database < 0 || database > DATABASE_MAX) throw BrokerUrl.wrong(KIND, text);
            if (database > 0 && url.hosts().size() > 1) {
                throw new WrongSetting(SETTING, url + "/" + database, "a cluster has database 0 only");
            }
        }
        return new Redis(url, database, limits);
    }

    /** Returns when it answers. */
    public void check() {
        // A cluster answers no PING without a key; this one is never set.
        ask(jedis -> jedis.exists(PREFIX + "check"));
    }

    /**
     * Runs a script.
     *
     * @param keys in a cluster all of one slot
     * @return what it returns, as Redis sends it: {@code Long}, {@code String}, {@code List}
     * @throws BrokerAway when there was no answer; it may have run
     * @throws BrokerRefused when Redis or the script refused
     */
    public Object run(Script script, List<String> keys, List<String> arguments) {
        return ask(jedis -> {
            try {
                return jedis.evalsha(script.digest, keys, arguments);
            } catch (JedisNoScriptException unknown) {
                return jedis.eval(script.text, keys, arguments);
            }
        });
    }

    private <T> T ask(Function<UnifiedJedis, T> question) {
        try {
            return question.apply(client());
        } catch (JedisDataException refused) {
            throw refusal(refused);
        } catch (JedisException away) {
            // What is left of a server that went away would fail once more each.
            if (client instanceof RedisClient single) single.getPool().clear();
            throw new BrokerAway("Redis at " + url + " cannot be reached: " + cause(away), away);
        }
    }

    /** Some refusals only say that the server is not ready, or not the one to write to any more. */
    private RuntimeException refusal(JedisDataException refused) {
        String message = String.valueOf(refused.getMessage());
        for (String passing : List.of("LOADING", "READONLY", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN", "BUSY ", "OOM")) {
            if (message.startsWith(passing)) {
                return new BrokerAway("Redis at " + url + " takes nothing now: " + message, refused);
            }
        }
        if (message.startsWith("NOAUTH") || message.startsWith("WRONGPASS") || message.startsWith("ERR AUTH")) {
            return new BrokerAway("Redis at " + url + " refuses the login of " + SETTING + ".", refused);
        }
        return new BrokerRefused("Redis refused: " + message, refused);
    }

    private static String cause(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) deepest = deepest.getCause();
        String message = deepest.getMessage();
        return message == null ? deepest.getClass().getSimpleName() : message;
    }

    private UnifiedJedis client() {
        UnifiedJedis made = client;
        if (made != null) return made;
        opening.lock();
        try {
            // A cluster is asked for its nodes here, so this may fail.
            if (client == null) client = open();
            return client;
        } finally {
            opening.unlock();
        }
    }

    private UnifiedJedis open() {
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis((int) limits.connect().toMillis())
                .socketTimeoutMillis((int) limits.answer().toMillis())
                .user(url.user())
                .password(url.password())
                .database(database)
                .clientName("agent-platform");
        if (url.tls()) {
            // The name of the host is compared too.
            config.sslOptions(
                    SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL).build());
        }
        GenericObjectPoolConfig<Connection> pool = new GenericObjectPoolConfig<>();
        pool.setMaxTotal(limits.connections());
        pool.setMaxIdle(limits.connections());
        pool.setMaxWait(limits.answer());
        List<HostAndPort> hosts = url.hosts().stream()
                .map(host -> new HostAndPort(host.name(), host.port()))
                .toList();
        if (hosts.size() == 1) {
            return RedisClient.builder()
                    .hostAndPort(hosts.getFirst())
                    .clientConfig(config.build())
                    .poolConfig(pool)
                    .build();
        }
        return RedisClusterClient.builder()
                .nodes(hosts.stream().collect(Collectors.toSet()))
                .clientConfig(config.build())
                .poolConfig(pool)
                .maxTotalRetriesDuration(limits.answer())
                .build();
    }

    @Override
    public void close() {
        opening.lock();
        try {
            if (client != null) client.close();
        } finally {
            opening.unlock();
        }
    }

    /** Where it is, without the login. */
    @Override
    public String toString() {
        return url.toString();
    }
}
