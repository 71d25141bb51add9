package dev.agentplatform.app.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A provider in OpenAI's format over a real socket that notes every call, and answers the same to the same: the first
 * time that a model is asked something it gives its next reply, and that one ever after. A call can be held up.
 */
final class CountingProvider implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, Deque<String>> replies = new HashMap<>();
    private final Map<String, String> given = new HashMap<>();
    private final List<Call> calls = new ArrayList<>();
    private final List<Hold> holds = new ArrayList<>();

    /** @param no counts the calls of the model from 1 */
    record Call(String model, int no, String idempotencyKey, JsonNode body) {}

    /** One call that does not go on by itself. */
    static final class Hold {
        private final String model;
        private final int no;
        private final int pieces;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        private Hold(String model, int no, int pieces) {
            this.model = model;
            this.no = no;
            this.pieces = pieces;
        }

        void awaitReached() throws InterruptedException {
            if (!reached.await(20, TimeUnit.SECONDS))
                throw new AssertionError(model + " was not asked " + no + " times");
        }

        void release() {
            released.countDown();
        }
    }

    CountingProvider() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/chat/completions", this::chat);
        server.start();
    }

    String baseUrl() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    /** Makes it a provider of a workspace, for these models. */
    void registerAt(Api api, String... models) {
        StringBuilder list = new StringBuilder();
        for (String model : models) list.append(list.isEmpty() ? "" : ",").append("{'name':'" + model + "'}");
        api.post(
                        "/models/providers",
                        "{'name':'counting','kind':'openai','base_url':'%s','limits':{'attempts':1},'models':[%s]}"
                                .formatted(baseUrl(), list))
                .expect(201);
    }

    /** What a model says, one after the other; {@code {"tool":…,"arguments":…}} calls a tool, also with single quotes. */
    synchronized CountingProvider says(String model, String... texts) {
        replies.computeIfAbsent(model, name -> new ArrayDeque<>()).addAll(List.of(texts));
        return this;
    }

    /** Holds the n-th call of a model: an answer at once, a stream behind this many pieces. */
    synchronized Hold hold(String model, int no, int pieces) {
        Hold hold = new Hold(model, no, pieces);
        holds.add(hold);
        return hold;
    }

    synchronized List<Call> calls(String model) {
        return calls.stream().filter(call -> call.model().equals(model)).toList();
    }

    synchronized int count() {
        return calls.size();
    }

    private void chat(HttpExchange exchange) throws IOException {
        JsonNode body = Json.parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        String model = body.path("model").asString();
        String text;
        Hold hold;
        synchronized (this) {
            int no = (int) calls.stream()
                            .filter(call -> call.model().equals(model))
                            .count()
                    + 1;
            calls.add(new Call(model, no, exchange.getRequestHeaders().getFirst("Idempotency-Key"), body));
            text = given.computeIfAbsent(model + Json.write(body.path("messages")), asked -> next(model));
            hold = holds.stream()
                    .filter(one -> one.model.equals(model) && one.no == no)
                    .findFirst()
                    .orElse(null);
        }
        try {
            if (body.path("stream").asBoolean(false)) stream(exchange, text, hold);
            else whole(exchange, text, hold);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private String next(String model) {
        Deque<String> left = replies.get(model);
        if (left == null || left.isEmpty()) throw new AssertionError(model + " was asked too often");
        return left.poll();
    }

    private static void waitFor(Hold hold) throws InterruptedException {
        if (hold == null) return;
        hold.reached.countDown();
        hold.released.await();
    }

    private static void whole(HttpExchange exchange, String text, Hold hold) throws IOException, InterruptedException {
        waitFor(hold);
        ObjectNode json =
                Json.object().put("id", "c").put("object", "chat.completion").put("created", 1);
        ObjectNode choice =
                json.put("model", "m").putArray("choices").addObject().put("index", 0);
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        calling(message, text);
        choice.put("finish_reason", message.has("tool_calls") ? "tool_calls" : "stop");
        json.set("usage", usage());
        byte[] bytes = Json.write(json).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static void calling(ObjectNode message, String text) {
        String json = text.replace('\'', '"');
        if (!json.startsWith("{\"tool\"")) {
            message.put("content", json.startsWith("{") ? json : text);
            return;
        }
        JsonNode call = Json.parse(json);
        message.putNull("content");
        ObjectNode one = message.putArray("tool_calls").addObject().put("index", 0);
        one.put(
                "id",
                "call_" + call.path("tool").asString()
                        + Json.write(call.path("arguments")).hashCode());
        one.put("type", "function")
                .putObject("function")
                .put("name", call.path("tool").asString())
                .put("arguments", Json.write(call.path("arguments")));
    }

    private static ObjectNode usage() {
        return Json.object()
                .put("prompt_tokens", 10)
                .put("completion_tokens", 5)
                .put("total_tokens", 15);
    }

    /** A chunk for each word; the blank belongs to the word behind it. */
    private static void stream(HttpExchange exchange, String text, Hold hold) throws IOException, InterruptedException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            ObjectNode message = Json.object();
            calling(message, text);
            if (message.has("tool_calls")) {
                waitFor(hold);
                send(out, message, "tool_calls");
            } else {
                String[] pieces = message.path("content").asString().split("(?= )");
                for (int i = 0; i < pieces.length; i++) {
                    if (hold != null && hold.pieces == i) waitFor(hold);
                    send(out, Json.object().put("content", pieces[i]), null);
                }
                send(out, Json.object(), "stop");
            }
            ObjectNode last = Json.object()
                    .put("id", "c")
                    .put("object", "chat.completion.chunk")
                    .put("created", 1);
            last.putArray("choices");
            last.set("usage", usage());
            out.write(("data: " + Json.write(last) + "\n\ndata: [DONE]\n\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException cut) {
            // The server went away.
        }
    }

    private static void send(OutputStream out, ObjectNode delta, String finish) throws IOException {
        ObjectNode chunk = Json.object()
                .put("id", "c")
                .put("object", "chat.completion.chunk")
                .put("created", 1);
        ObjectNode choice =
                chunk.put("model", "m").putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.put("finish_reason", finish);
        out.write(("data: " + Json.write(chunk) + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void close() {
        synchronized (this) {
            holds.forEach(Hold::release);
        }
        server.stop(0);
    }
}
