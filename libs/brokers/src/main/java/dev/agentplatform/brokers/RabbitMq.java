package dev.agentplatform.brokers;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import dev.agentplatform.kernel.Settings;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;

/**
 * The operator's RabbitMQ. Several hosts in its URL are one cluster: the first that answers is taken, and after a
 * failure the next. One connection, made when it is needed; each thread that publishes has a channel of its own.
 */
public final class RabbitMq implements AutoCloseable {
    public static final String SETTING = "AGENT_PLATFORM_RABBITMQ_URL";
    /** A durable topic exchange, which is made when it is missing. */
    public static final String EXCHANGE = "agent-platform.events";

    private static final BrokerUrl.Kind KIND = new BrokerUrl.Kind(
            SETTING,
            "amqp",
            "amqps",
            5672,
            5671,
            "amqp://user:password@host:5672/vhost, amqps://host, or several hosts");
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int HEARTBEAT_SECONDS = 10;

    private final BrokerUrl url;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile Open open;
    private boolean closed;

    /** One connection, the channels that nobody uses now, and whether our exchange is known to be there. */
    private static final class Open {
        final Connection connection;
        final ConcurrentLinkedDeque<ConfirmingChannel> idle = new ConcurrentLinkedDeque<>();
        volatile boolean declared;
        volatile String blocked;

        Open(Connection connection) {
            this.connection = connection;
            connection.addBlockedListener(reason -> blocked = reason, () -> blocked = null);
        }
    }

    private RabbitMq(BrokerUrl url) {
        this.url = url;
    }

    /**
     * Empty when none is configured. Connects to nothing yet.
     *
     * @throws Settings.WrongSetting when the URL cannot be read
     */
    public static Optional<RabbitMq> from(Settings settings) {
        return settings.secret(SETTING).map(text -> new RabbitMq(BrokerUrl.parse(KIND, text)));
    }

    /** Returns when it answers and takes messages. */
    public void check() throws InterruptedException {
        withChannel(channel -> {
            open().connection.createChannel().close();
            return true;
        });
    }

    /**
     * Publishes messages that RabbitMQ keeps on disk, and returns when it has answered for each.
     *
     * <p>Those of the same exchange that go to one queue get there in this order, except when one is refused.
     *
     * @return the refused ones and why; empty when all were confirmed
     * @throws BrokerAway when there was no answer; some may have got there
     * @throws BrokerRefused when the exchange is not there or may not be written to
     */
    public Map<UUID, String> publish(String exchange, List<Message> messages) throws InterruptedException {
        return withChannel(channel -> {
            if (exchange.equals(EXCHANGE)) declare(open());
            return channel.publish(exchange, messages, ANSWER);
        });
    }

    /** Makes our exchange when it is missing; one that is there is taken as it is, which needs no right to make any. */
    private static void declare(Open on) throws IOException, TimeoutException {
        if (on.declared) return;
        try (Channel channel = on.connection.createChannel()) {
            channel.exchangeDeclarePassive(EXCHANGE);
        } catch (IOException | AlreadyClosedException missing) {
            try (Channel channel = on.connection.createChannel()) {
                channel.exchangeDeclare(EXCHANGE, BuiltinExchangeType.TOPIC, true);
            }
        }
        on.declared = true;
    }

    private interface Use<T> {
        T with(ConfirmingChannel channel) throws IOException, InterruptedException, TimeoutException;
    }

    private <T> T withChannel(Use<T> use) throws InterruptedException {
        ConfirmingChannel channel = null;
        try {
            Open on = open();
            if (on.blocked != null) {
                throw new BrokerAway("RabbitMQ at " + url + " takes no messages now: " + on.blocked, null);
            }
            channel = on.idle.poll();
            if (channel == null) channel = new ConfirmingChannel(on.connection.createChannel());
            T result = use.with(channel);
            on.idle.push(channel);
            return result;
        } catch (IOException | TimeoutException | ShutdownSignalException failure) {
            discard(channel);
            throw failure(failure);
        } catch (InterruptedException stopped) {
            // What it would still hear belongs to nobody.
            discard(channel);
            throw stopped;
        }
    }

    private RuntimeException failure(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            // The server closed the channel, and only that: it objects to what was asked.
            if (cause instanceof ShutdownSignalException signal
                    && !signal.isHardError()
                    && !signal.isInitiatedByApplication()) {
                return new BrokerRefused("RabbitMQ refused: " + Replies.text(signal), failure);
            }
        }
        return new BrokerAway("RabbitMQ at " + url + " cannot be reached: " + Replies.cause(failure), failure);
    }

    private static void discard(ConfirmingChannel channel) {
        if (channel != null) channel.close();
    }

    private Open open() throws IOException, TimeoutException {
        Open now = open;
        if (now != null && now.connection.isOpen()) return now;
        opening.lock();
        try {
            if (closed) throw new IOException("it is not used any more");
            if (open == null || !open.connection.isOpen()) open = new Open(connect());
            return open;
        } finally {
            opening.unlock();
        }
    }

    private Connection connect() throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUsername(url.user() == null ? ConnectionFactory.DEFAULT_USER : url.user());
        factory.setPassword(url.password() == null ? ConnectionFactory.DEFAULT_PASS : url.password());
        factory.setVirtualHost(url.path() == null ? ConnectionFactory.DEFAULT_VHOST : url.path());
        factory.setConnectionTimeout((int) CONNECT.toMillis());
        factory.setHandshakeTimeout((int) CONNECT.toMillis());
        factory.setChannelRpcTimeout((int) ANSWER.toMillis());
        factory.setRequestedHeartbeat(HEARTBEAT_SECONDS);
        // Whoever publishes comes again, on a new connection.
        factory.setAutomaticRecoveryEnabled(false);
        factory.setThreadFactory(
                Thread.ofPlatform().daemon().name("rabbitmq-", 0).factory());
        if (url.tls()) {
            try {
                factory.useSslProtocol(SSLContext.getDefault());
            } catch (NoSuchAlgorithmException noTls) {
                throw new IOException(noTls);
            }
            factory.enableHostnameVerification();
        }
        List<Address> hosts = url.hosts().stream()
                .map(host -> new Address(host.name(), host.port()))
                .toList();
        return factory.newConnection(hosts, "agent-platform");
    }

    @Override
    public void close() {
        opening.lock();
        try {
            closed = true;
            if (open != null) open.connection.abort((int) CONNECT.toMillis());
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
