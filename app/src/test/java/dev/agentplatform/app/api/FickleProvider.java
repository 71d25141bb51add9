package dev.agentplatform.app.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A provider in OpenAI's format: {@code flaky…} models refuse their first request with 429, {@code endless…} ones stream
 * until they are cut.
 */
final class FickleProvider implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, AtomicInteger> requests = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> cuts = new ConcurrentHashMap<>();

    FickleProvider() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/chat/completions", this::chat);
        server.start();
    }

    String baseUrl() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    int requests(String model) {
        return requests.computeIfAbsent(model, name -> new AtomicInteger()).get();
    }

    /** Whether a stream of the model was cut, waiting for it. */
    boolean cut(String model) throws InterruptedException {
        return latch(model).await(20, TimeUnit.SECONDS);
    }

    private CountDownLatch latch(String model) {
        return cuts.computeIfAbsent(model, name -> new CountDownLatch(1));
    }

    private void chat(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String model = Json.parse(body).path("model").asString();
        int count = requests.computeIfAbsent(model, name -> new AtomicInteger()).incrementAndGet();
        if (model.startsWith("endless")) {
            endless(exchange, model);
        } else if (count == 1) {
            answer(exchange, 429, "{'error':{'message':'Slow down','type':'requests','code':'rate_limit_exceeded'}}");
        } else {
            answer(
                    exchange,
                    200,
                    "{'id':'c','object':'chat.completion','created':1,'model':'m','choices':[{'index':0,'finish_reason':'stop','message':{'role':'assistant','content':'at"
                        + " last'}}],'usage':{'prompt_tokens':1,'completion_tokens':2,'total_tokens':3}}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private void endless(HttpExchange exchange, String model) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        String chunk = "data: {'id':'c','object':'chat.completion.chunk','created':1,'model':'m','choices':"
                + "[{'index':0,'delta':{'content':'more '},'finish_reason':null}]}\n\n";
        byte[] bytes = chunk.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
                out.write(bytes);
                out.flush();
            }
        } catch (IOException cut) {
            latch(model).countDown();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
