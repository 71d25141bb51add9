package dev.agentplatform.app.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * The outside world of the demonstration, on loopback: mail out, stock, payments, a carrier. It counts calls by their
 * {@code Idempotency-Key}, and does what a good receiver does: a key that it knows gets the answer of the first time.
 *
 * <p>From a given call on it keeps the answers back until {@link #release}: then there is work in flight for certain.
 */
final class Receiver implements AutoCloseable {
    private static final long ANSWER_AFTER_MS = 120;
    private static final int FAILURES_FIRST = 2;
    private static final int PENDING_FIRST = 3;
    private static final String KEY = "Idempotency-Key";

    private final HttpServer server;
    private final int heldFrom;
    private final CountDownLatch enoughHeld;
    private final CountDownLatch released = new CountDownLatch(1);

    private final Map<String, Integer> calls = new HashMap<>();
    private final Map<String, Answer> answers = new HashMap<>();
    private final Map<String, Integer> visits = new HashMap<>();
    private int arrived;

    private record Answer(int status, JsonNode body) {}

    /**
     * @param heldFrom the call, counted from 1, from which answers are kept back
     * @param heldLeast how many calls have to wait before {@link #awaitHeld} returns
     */
    Receiver(int heldFrom, int heldLeast) {
        this.heldFrom = heldFrom;
        this.enoughHeld = new CountDownLatch(heldLeast);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot listen on loopback", failure);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    String address() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** Waits until enough calls are in flight and get no answer. False when they did not come in time. */
    boolean awaitHeld(long seconds) throws InterruptedException {
        return enoughHeld.await(seconds, TimeUnit.SECONDS);
    }

    void release() {
        released.countDown();
    }

    /** How often each key was seen. */
    synchronized Map<String, Integer> calls() {
        return Map.copyOf(calls);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode body = body(exchange);
            Answer answer = decide(exchange, body);
            Thread.sleep(ANSWER_AFTER_MS);
            byte[] bytes = Json.write(answer.body()).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static JsonNode body(HttpExchange exchange) throws IOException {
        String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        return text.isBlank() ? Json.nothing() : Json.parse(text);
    }

    private Answer decide(HttpExchange exchange, JsonNode body) throws InterruptedException {
        String key = exchange.getRequestHeaders().getFirst(KEY);
        String path = exchange.getRequestURI().getPath();
        boolean changes = !exchange.getRequestMethod().equals("GET");
        Answer answer;
        boolean held;
        synchronized (this) {
            calls.merge(String.valueOf(key), 1, Integer::sum);
            held = ++arrived >= heldFrom && released.getCount() > 0;
            answer = changes ? answers.get(key) : null;
            if (answer == null) answer = perform(exchange.getRequestMethod(), path, body);
            if (changes && key != null && answer.status() < 500) answers.put(key, answer);
        }
        if (held) {
            enoughHeld.countDown();
            released.await();
        }
        return answer;
    }

    private Answer perform(String method, String path, JsonNode body) {
        if (method.equals("GET") && path.startsWith("/shipments/")) {
            boolean ready = visits.merge(path, 1, Integer::sum) > PENDING_FIRST;
            return new Answer(200, Json.object().put("status", ready ? "ready" : "pending"));
        }
        return switch (path) {
            case "/notifications" -> new Answer(202, Json.object().put("accepted", true));
            case "/stock" -> stock(body.path("article").asString(""));
            case "/shipments" -> shipment(body.path("shipment").asString(""));
            case "/reservations" -> new Answer(201, Json.object().put("reserved", true));
            case "/payments" ->
                new Answer(201, Json.object().put("charged", body.path("amount").asInt()));
            case "/refunds" ->
                new Answer(
                        201, Json.object().put("refunded", body.path("amount").asInt()));
            case "/carrier" -> new Answer(422, Json.object().put("error", "no such street"));
            default ->
                method.equals("DELETE")
                        ? new Answer(200, Json.object().put("released", true))
                        : new Answer(404, Json.object().put("error", "unknown path"));
        };
    }

    private static Answer stock(String article) {
        return new Answer(200, Json.object().put("stock", article.length() % 3 == 0 ? "to be ordered" : "in stock"));
    }

    private Answer shipment(String shipment) {
        if (visits.merge("POST " + shipment, 1, Integer::sum) <= FAILURES_FIRST) {
            return new Answer(503, Json.object().put("error", "the carrier is busy"));
        }
        return new Answer(201, Json.object().put("shipment", shipment));
    }

    @Override
    public void close() {
        release();
        server.stop(0);
    }
}
