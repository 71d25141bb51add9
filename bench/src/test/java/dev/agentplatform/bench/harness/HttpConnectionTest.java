package dev.agentplatform.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpConnectionTest {
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext(
                "/echo",
                exchange -> answer(exchange, 201, exchange.getRequestBody().readAllBytes(), false));
        server.createContext(
                "/chunks", exchange -> answer(exchange, 200, "in chunks".getBytes(StandardCharsets.UTF_8), true));
        server.createContext("/empty", exchange -> answer(exchange, 204, new byte[0], false));
        HttpHandler stream = exchange -> {
            String events = ": heartbeat\n\nid: 1\nevent: a\ndata: {\"type\":\"a\"}\n\nevent: end\ndata: {}\n\n";
            answer(exchange, 200, events.getBytes(StandardCharsets.UTF_8), true);
        };
        server.createContext("/stream", stream);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, int status, byte[] body, boolean chunked) throws IOException {
        try (exchange) {
            long length = body.length == 0 ? -1 : body.length;
            exchange.sendResponseHeaders(status, chunked ? 0 : length);
            if (body.length > 0) exchange.getResponseBody().write(body);
        }
    }

    @Test
    void keepsOneConnectionForAnswersOfEveryForm() throws IOException {
        try (HttpConnection connection = new HttpConnection(server.getAddress().getPort())) {
            assertThat(connection.post("/echo", "größer")).isEqualTo(new HttpConnection.Answer(201, "größer"));
            assertThat(connection.get("/chunks")).isEqualTo(new HttpConnection.Answer(200, "in chunks"));
            assertThat(connection.get("/empty")).isEqualTo(new HttpConnection.Answer(204, ""));
            assertThat(connection.get("/chunks").body()).isEqualTo("in chunks");
        }
    }

    @Test
    void readsTheDataOfAStreamToItsEnd() throws IOException {
        try (HttpConnection connection = new HttpConnection(server.getAddress().getPort())) {
            connection.follow("/stream");
            assertThat(connection.nextData()).isEqualTo("{\"type\":\"a\"}");
            assertThat(connection.nextData()).isEqualTo("{}");
            assertThat(connection.nextData()).isNull();
        }
    }

    @Test
    void tellsAnAnswerThatWasNotExpected() throws IOException {
        try (HttpConnection connection = new HttpConnection(server.getAddress().getPort())) {
            HttpConnection.Answer answer = connection.post("/echo", "why");
            assertThatThrownBy(() -> answer.expect(200))
                    .hasMessageContaining("201")
                    .hasMessageContaining("why");
        }
    }
}
