package dev.agentplatform.bench;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.agentplatform.kernel.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.XReadParams;
import redis.clients.jedis.resps.StreamEntry;
import tools.jackson.databind.node.ObjectNode;

/** Where events arrive: as little work as can be, since they share the machine with what is measured. */
final class EventReceivers {
    private EventReceivers() {}

    interface Receiver extends AutoCloseable {
        /** What a subscription names to reach this. */
        ObjectNode target();

        /** Who is told from now on. */
        void into(Arrivals arrivals);
    }

    static Receiver of(String target, String redis, String rabbitMq) throws Exception {
        return switch (target) {
            case "webhook" -> new Webhook();
            case "redis" -> new RedisStream(redis);
            case "rabbitmq" -> new Queue(rabbitMq);
            default -> throw new IllegalArgumentException("targets are webhook, redis and rabbitmq, not " + target);
        };
    }

    /** An HTTP server that knows only what our client sends. */
    private static final class Webhook implements Receiver {
        private static final byte[] ANSWER = "HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

        private final ServerSocket server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        private volatile Arrivals arrivals;

        Webhook() throws IOException {
            Thread.ofVirtual().start(() -> {
                while (true) {
                    try {
                        Socket socket = server.accept();
                        Thread.ofVirtual().start(() -> serve(socket));
                    } catch (IOException closed) {
                        return;
                    }
                }
            });
        }

        private void serve(Socket socket) {
            try (socket) {
                socket.setTcpNoDelay(true);
                InputStream in = new BufferedInputStream(socket.getInputStream(), 65_536);
                for (int length = bodyLength(in); length >= 0; length = bodyLength(in)) {
                    arrivals.arrived(new String(in.readNBytes(length), StandardCharsets.UTF_8));
                    socket.getOutputStream().write(ANSWER);
                }
            } catch (IOException gone) {
                // The client closes connections that it needs no more.
            }
        }

        private static int bodyLength(InputStream in) throws IOException {
            int length = -1;
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (c == '\r') continue;
                if (c != '\n') {
                    line.append((char) c);
                    continue;
                }
                if (line.isEmpty()) return length;
                String text = line.toString().toLowerCase(Locale.ROOT);
                if (text.startsWith("content-length:"))
                    length = Integer.parseInt(text.substring(15).strip());
                line.setLength(0);
            }
            return -1;
        }

        @Override
        public ObjectNode target() {
            return Json.object().put("type", "webhook").put("url", "http://127.0.0.1:" + server.getLocalPort() + "/");
        }

        @Override
        public void into(Arrivals now) {
            arrivals = now;
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static final class RedisStream implements Receiver {
        private final RedisClient client;
        private final String key = "bench-" + UUID.randomUUID();
        private volatile Arrivals arrivals;

        RedisStream(String url) {
            client = RedisClient.create(URI.create(url));
            Thread.ofPlatform().daemon().start(() -> {
                StreamEntryID after = new StreamEntryID(0, 0);
                try {
                    while (true) {
                        List<Map.Entry<String, List<StreamEntry>>> read = client.xread(
                                XReadParams.xReadParams().count(500).block(1_000), Map.of(key, after));
                        if (read == null) continue;
                        for (StreamEntry entry : read.getFirst().getValue()) {
                            arrivals.arrived(entry.getFields().get("event"));
                            after = entry.getID();
                        }
                    }
                } catch (JedisException closed) {
                    // It is over.
                }
            });
        }

        @Override
        public ObjectNode target() {
            return Json.object().put("type", "redis").put("stream", key);
        }

        @Override
        public void into(Arrivals now) {
            arrivals = now;
        }

        @Override
        public void close() {
            client.del(key);
            client.close();
        }
    }

    private static final class Queue implements Receiver {
        private final Connection connection;
        private final String queue = "bench-" + UUID.randomUUID();
        private volatile Arrivals arrivals;

        Queue(String url) throws Exception {
            ConnectionFactory factory = new ConnectionFactory();
            factory.setUri(url);
            connection = factory.newConnection();
            Channel channel = connection.createChannel();
            channel.queueDeclare(queue, true, false, false, Map.of());
            channel.basicConsume(
                    queue,
                    true,
                    (tag, message) -> arrivals.arrived(new String(message.getBody(), StandardCharsets.UTF_8)),
                    tag -> {});
        }

        @Override
        public ObjectNode target() {
            return Json.object().put("type", "rabbitmq").put("exchange", "").put("routing_key", queue);
        }

        @Override
        public void into(Arrivals now) {
            arrivals = now;
        }

        @Override
        public void close() throws Exception {
            try (Channel channel = connection.createChannel()) {
                channel.queueDelete(queue);
            }
            connection.close();
        }
    }
}
