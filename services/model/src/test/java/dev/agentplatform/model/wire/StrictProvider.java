package dev.agentplatform.model.wire;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;

/** A server on a socket that answers as a provider does: it checks each request, and answers whole or as a stream. */
public final class StrictProvider implements AutoCloseable {
    private final HttpServer server;
    private final List<String> refused = new CopyOnWriteArrayList<>();

    /** What a provider makes of one request. */
    @FunctionalInterface
    public interface Talk {
        Said answer(HttpExchange exchange, JsonNode request);
    }

    /** @param events a stream, null for one whole body */
    public record Said(int status, String body, List<String> events) {
        public static Said whole(JsonNode body) {
            return new Said(200, body.toString(), null);
        }

        public static Said events(List<String> events) {
            return new Said(200, null, events);
        }
    }

    public StrictProvider(Talk talk) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            try (exchange) {
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                Said said = talk.answer(exchange, Json.parse(body.isEmpty() ? "null" : body));
                if (said.status() >= 400) refused.add(said.body());
                send(exchange, said);
            }
        });
        server.start();
    }

    private static void send(HttpExchange exchange, Said said) throws IOException {
        boolean stream = said.events() != null;
        exchange.getResponseHeaders().set("Content-Type", stream ? "text/event-stream" : "application/json");
        byte[] bytes = stream ? null : said.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(said.status(), stream ? 0 : bytes.length);
        OutputStream out = exchange.getResponseBody();
        if (!stream) {
            out.write(bytes);
            return;
        }
        for (String event : said.events()) {
            byte[] part = event.getBytes(StandardCharsets.UTF_8);
            // Cut in the middle: what arrives together is the network's business.
            out.write(part, 0, part.length / 2);
            out.flush();
            out.write(part, part.length / 2, part.length - part.length / 2);
            out.flush();
        }
    }

    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What it said to requests that it did not take. */
    public List<String> refused() {
        return refused;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
