package dev.agentplatform.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who is not let in is told so before the body is read. */
class AdmissionTest {
    private static final Filter GUARD = new Filter() {
        @Override
        public Reply filter(Request request, Handler next) throws Exception {
            return next.handle(request);
        }

        @Override
        public void admit(Request request) {
            if (request.header("x-key").isEmpty()) throw Problem.unauthorized("Show a key.");
        }
    };

    private static Routes routes() {
        Routes routes = new Routes("work", "Work");
        routes.post("/work", "Work").handle(request -> Reply.of(200, Json.text("done")));
        return routes;
    }

    private static TestServer server() {
        return new TestServer(Map.of(), List.of(GUARD), List.of(), routes());
    }

    @Test
    void aRefusalDoesNotWaitForTheBody() throws Exception {
        try (TestServer server = server();
                Socket socket = server.connect()) {
            String head = "POST /work HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 1000000\r\n\r\n";
            String answer = TestServer.exchange(socket, head, "\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 401").contains("WWW-Authenticate: Bearer");
        }
    }

    /** The body of a refused request is not taken for the next request of its connection. */
    @Test
    void whatIsLeftOfARefusedBodyIsNoRequest() throws Exception {
        for (int length : new int[] {50, 5_000, 500_000}) {
            String hidden = "POST /work HTTP/1.1\r\nHost: a\r\nx-key: 1\r\nContent-Length: 0\r\n\r\n";
            String body = hidden + " ".repeat(length);
            String head = "POST /work HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length() + "\r\n\r\n";
            try (TestServer server = server();
                    Socket socket = server.connect()) {
                String answers;
                try {
                    answers = TestServer.exchange(socket, head + body, "HTTP/1.1 200");
                } catch (IOException cutOrSilent) {
                    answers = "";
                }
                assertThat(answers).doesNotContain("HTTP/1.1 200");
            }
        }
    }

    @Test
    void whoIsLetInIsAnswered() {
        try (TestServer server = server()) {
            assertThat(server.post("/work", "{}", "x-key", "1").statusCode()).isEqualTo(200);
            assertThat(server.post("/work", "{", "x-key", "1").statusCode()).isEqualTo(400);
            assertThat(server.post("/work", "{").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void whoActsForAnotherIsRememberedUnlessItIsTheSame() {
        Principal ada = new Principal(Optional.of("ada"), Optional.empty(), Set.of());
        assertThat(ada.onBehalfOf("bob").userId()).hasValue("bob");
        assertThat(ada.onBehalfOf("bob").actor()).hasValue("ada");
        assertThat(ada.onBehalfOf("ada").actor()).isEmpty();
        assertThat(Principal.ANONYMOUS.onBehalfOf("bob").actor()).isEmpty();
    }
}
