package dev.agentplatform.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.resps.StreamEntry;

/** A real {@code redis-server} that writes every command to disk before it answers. */
public final class TestRedis implements AutoCloseable {
    private final BrokerProcess process;

    private TestRedis(String program, List<String> more) {
        Path folder = BrokerProcess.newFolder();
        int port = BrokerProcess.freePort();
        List<String> command = new ArrayList<>(List.of(
                program,
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                folder.toString(),
                "--save",
                "",
                "--appendonly",
                "yes",
                "--appendfsync",
                "always"));
        command.addAll(more);
        process = new BrokerProcess(folder, port, command, Map.of());
    }

    private static Optional<String> program() {
        return BrokerProcess.program("/usr/bin/redis-server", "/usr/local/bin/redis-server");
    }

    /** Whether this machine has one; a test that needs it assumes so. */
    public static boolean available() {
        return program().isPresent();
    }

    /** @param more options for its command line */
    public static TestRedis start(String... more) {
        return new TestRedis(program().orElseThrow(), List.of(more));
    }

    public int port() {
        return process.port();
    }

    public String url() {
        return "redis://127.0.0.1:" + port();
    }

    /** What a stream holds, oldest first; each entry with its fields. */
    public List<Map<String, String>> stream(String key) {
        try (RedisClient client = RedisClient.create("127.0.0.1", port())) {
            return client.xrange(key, "-", "+").stream()
                    .map(StreamEntry::getFields)
                    .toList();
        }
    }

    public void set(String key, String value) {
        try (RedisClient client = RedisClient.create("127.0.0.1", port())) {
            client.set(key, value);
        }
    }

    public void delete(String key) {
        try (RedisClient client = RedisClient.create("127.0.0.1", port())) {
            client.del(key);
        }
    }

    public boolean has(String key) {
        try (RedisClient client = RedisClient.create("127.0.0.1", port())) {
            return client.exists(key);
        }
    }

    /** As {@code kill -9} does it. */
    public void kill() {
        process.kill();
    }

    /** On the same port, with what it had written. */
    public void restart() {
        process.start();
    }

    @Override
    public void close() {
        process.close();
    }
}
