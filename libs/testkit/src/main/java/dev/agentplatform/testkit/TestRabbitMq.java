package dev.agentplatform.testkit;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A real RabbitMQ. It takes some seconds to start: share one. */
public final class TestRabbitMq implements AutoCloseable {
    private static final int PERSISTENT = 2;

    private final BrokerProcess process;
    private final Map<String, String> environment;

    private TestRabbitMq(String program) {
        Path folder = BrokerProcess.newFolder();
        int port = BrokerProcess.freePort();
        environment = environment(folder, port);
        try {
            // The names of plugins, of which it needs none.
            Files.writeString(folder.resolve("plugins"), "[].");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        process = new BrokerProcess(folder, port, List.of(program), environment);
    }

    private static Map<String, String> environment(Path folder, int port) {
        Map<String, String> environment = new HashMap<>();
        environment.put("HOME", folder.toString());
        environment.put("RABBITMQ_NODENAME", "test" + port + "@localhost");
        environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_NODE_PORT", String.valueOf(port));
        environment.put("RABBITMQ_DIST_PORT", String.valueOf(BrokerProcess.freePort()));
        environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        environment.put("ERL_EPMD_PORT", String.valueOf(BrokerProcess.freePort()));
        // So that it can be ended while it still believes that a node lives.
        environment.put("ERL_EPMD_RELAXED_COMMAND_CHECK", "1");
        environment.put("RABBITMQ_MNESIA_BASE", folder.resolve("data").toString());
        environment.put("RABBITMQ_LOG_BASE", folder.resolve("log").toString());
        environment.put(
                "RABBITMQ_ENABLED_PLUGINS_FILE", folder.resolve("plugins").toString());
        environment.put("RABBITMQ_CONFIG_FILE", folder.resolve("none").toString());
        environment.put("RABBITMQ_CONF_ENV_FILE", folder.resolve("none").toString());
        return environment;
    }

    private static Optional<String> program() {
        return BrokerProcess.program("/usr/lib/rabbitmq/bin/rabbitmq-server");
    }

    /** Whether this machine has one; a test that needs it assumes so. */
    public static boolean available() {
        return program().isPresent();
    }

    public static TestRabbitMq start() {
        return new TestRabbitMq(program().orElseThrow());
    }

    public int port() {
        return process.port();
    }

    public String url() {
        return "amqp://guest:guest@127.0.0.1:" + port();
    }

    /** A message as a consumer gets it. */
    public record Received(
            String routingKey, String id, String type, boolean persistent, Map<String, String> headers, String body) {}

    /** Makes a durable queue that gets what is published to a durable topic exchange; both are made if missing. */
    public String queue(String exchange, String bindingKey) {
        return with(channel -> {
            channel.exchangeDeclare(exchange, BuiltinExchangeType.TOPIC, true);
            String queue = "queue-" + UUID.randomUUID();
            channel.queueDeclare(queue, true, false, false, Map.of());
            channel.queueBind(queue, exchange, bindingKey);
            return queue;
        });
    }

    public void delete(String queue) {
        with(channel -> channel.queueDelete(queue));
    }

    /** Takes out what is in a queue now, oldest first. */
    public List<Received> take(String queue) {
        return with(channel -> {
            List<Received> all = new ArrayList<>();
            for (GetResponse one = channel.basicGet(queue, true); one != null; one = channel.basicGet(queue, true)) {
                all.add(received(one));
            }
            return all;
        });
    }

    private static Received received(GetResponse one) {
        Map<String, String> headers = new HashMap<>();
        one.getProps().getHeaders().forEach((name, value) -> headers.put(name, value.toString()));
        return new Received(
                one.getEnvelope().getRoutingKey(),
                one.getProps().getMessageId(),
                one.getProps().getType(),
                one.getProps().getDeliveryMode() == PERSISTENT,
                headers,
                new String(one.getBody(), StandardCharsets.UTF_8));
    }

    private interface Use<T> {
        T with(Channel channel) throws IOException;
    }

    private <T> T with(Use<T> use) {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port());
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            return use.with(channel);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (TimeoutException late) {
            throw new AssertionError(late);
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
        process.kill();
        endNameServer();
        process.close();
    }

    /** The Erlang port mapper, which it leaves behind. */
    private void endNameServer() {
        try {
            Process end = new ProcessBuilder("epmd", "-port", environment.get("ERL_EPMD_PORT"), "-kill")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!end.waitFor(5, TimeUnit.SECONDS)) end.destroyForcibly();
        } catch (IOException notThere) {
            // Then there is none to end.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
