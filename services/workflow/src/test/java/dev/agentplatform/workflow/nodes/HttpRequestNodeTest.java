package dev.agentplatform.workflow.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.Targets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class HttpRequestNodeTest {
    private final OutboundClient client = new OutboundClient(Targets.publicAndLoopback());
    private HttpServer server;
    private volatile int status = 200;
    private volatile String contentType = "application/json";
    private volatile String answer = "{\"ok\":true}";
    private volatile HttpExchange received;
    private volatile String body;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            received = exchange;
            body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", contentType);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        client.close();
    }

    private Outcome run(String config, String input) throws Exception {
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        return new HttpRequestNode(client)
                .prepare(Json.parse(config.replace("URL", url)))
                .execute(NodeContexts.input(input));
    }

    @Test
    void sendsWhatTheConfigResolvesTo() throws Exception {
        Outcome.Done done = (Outcome.Done) run("""
            {"url":"URL/items/{{input.id}}","method":"put","query":{"q":"a b","many":[1,2],"none":null},
             "headers":{"X-Token":"{{input.token}}"},"body":{"n":"{{input.n}}","list":["{{input.id}}"]}}
            """, "{\"id\":\"7\",\"token\":\"t0p\",\"n\":3}");

        assertThat(received.getRequestMethod()).isEqualTo("PUT");
        assertThat(received.getRequestURI().toString()).isEqualTo("/items/7?q=a%20b&many=1&many=2");
        assertThat(received.getRequestHeaders().getFirst("X-Token")).isEqualTo("t0p");
        assertThat(received.getRequestHeaders().getFirst("Content-Type")).isEqualTo("application/json");
        assertThat(received.getRequestHeaders().getFirst("x-workspace-id")).isEqualTo("w1");
        assertThat(received.getRequestHeaders().getFirst("Idempotency-Key"))
                .as("the same for every attempt")
                .isEqualTo(Ids.step(NodeContexts.RUN, 6).toString());
        assertThat(body).isEqualTo("{\"n\":3,\"list\":[\"7\"]}");

        assertThat(done.text()).isEqualTo("{\"ok\":true}");
        assertThat(done.output().path("status_code").asInt()).isEqualTo(200);
        assertThat(done.output().path("headers").path("content-type").asString())
                .isEqualTo("application/json");
        assertThat(done.output().path("body").path("ok").asBoolean()).isTrue();
        assertThat(done.input().path("method").asString()).isEqualTo("PUT");
        assertThat(done.input().path("url").asString()).endsWith("/items/7?q=a%20b&many=1&many=2");
        assertThat(Json.write(done.input())).contains("X-Token").doesNotContain("t0p");
    }

    @Test
    void aTextBodyIsATemplateThatUserDataCannotBreak() throws Exception {
        run("{\"url\":\"URL\",\"body\":\"{\\\"say\\\":\\\"{{input.text}}\\\"}\"}", "{\"text\":\"a \\\"b\\\" c\"}");
        assertThat(received.getRequestMethod()).isEqualTo("POST");
        assertThat(Json.parse(body).path("say").asString()).isEqualTo("a \"b\" c");
    }

    @Test
    void withoutABodyItIsGetAndTextStaysText() throws Exception {
        contentType = "text/html";
        answer = "<p>hi</p>";
        Outcome.Done done = (Outcome.Done) run("{\"url\":\"URL\"}", "{}");
        assertThat(received.getRequestMethod()).isEqualTo("GET");
        assertThat(done.output().path("body").asString()).isEqualTo("<p>hi</p>");
    }

    @ParameterizedTest
    @CsvSource({"400,false", "404,false", "408,true", "429,true", "500,true", "503,true"})
    void aStatusFrom400FailsTheStep(int answered, boolean retryable) throws Exception {
        status = answered;
        Outcome.Fail fail = (Outcome.Fail) run("{\"url\":\"URL\"}", "{}");
        assertThat(fail.code()).isEqualTo("http_" + answered);
        assertThat(fail.retryable()).isEqualTo(retryable);
        assertThat(fail.output().path("body").path("ok").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404            | true",
                "\"404\"        | true",
                "\"4xx\"        | true",
                "\"5xx, 404\"   | true",
                "[409,\"4XX\"]  | true",
                "[409,\"5xx\"]  | false",
                "405            | false",
                "null           | false"
            })
    void acceptsTheStatusesNamed(String accept, boolean accepted) throws Exception {
        status = 404;
        Outcome outcome = run("{\"url\":\"URL\",\"accept_status\":" + accept + "}", "{}");
        assertThat(outcome instanceof Outcome.Done).isEqualTo(accepted);
    }

    @Test
    void tellsAWrongPattern() {
        assertThatThrownBy(() -> run("{\"url\":\"URL\",\"accept_status\":\"4x\"}", "{}"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("accept_status");
    }

    @Test
    void tellsTheGuardsReason() throws Exception {
        Outcome.Fail fail = (Outcome.Fail) run("{\"url\":\"http://169.254.169.254/latest\"}", "{}");
        assertThat(fail.code()).isEqualTo("target_forbidden");
        assertThat(fail.retryable()).isFalse();
        JsonNode input = fail.input();
        assertThat(input.path("url").asString()).isEqualTo("http://169.254.169.254/latest");
    }
}
