package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Dialect;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The official OpenAI packages for Node and Python, unmodified, against {@code /v1}: chat, streaming, tools, structured
 * output, embeddings, kinds of errors, retries, cancellation. Needs {@code node}, {@code npm} and {@code python3} with
 * {@code pip}; the packages are fetched into {@code target/clients}, in the versions that the files beside the scripts
 * pin.
 */
class OpenAiClientsTest {
    private static ApiServer server;
    private static FickleProvider provider;

    @BeforeAll
    static void start() throws Exception {
        provider = new FickleProvider();
        server = new ApiServer(Dialect.SQLITE);
        Api api = new Api(server, Api.Spelling.WORKSPACE_HEADER, "public");
        // One attempt of the gateway: it is the client that comes again.
        api.post(
                        "/models/providers",
                        "{'name':'fickle','kind':'openai','limits':{'attempts':1},'base_url':'%s','models':[{'name':'flaky-node'},{'name':'endless-node'},{'name':'flaky-python'},"
                                        .formatted(provider.baseUrl())
                                + "{'name':'endless-python'}]}")
                .expect(201);
        api.post(
                        "/models/providers",
                        "{'name':'practice','kind':'mock','models':[{'name':'mock'},{'name':'mock-embedding'}]}")
                .expect(201);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        provider.close();
    }

    @Test
    void node() throws Exception {
        Clients.node("node", "client.mjs", environment());
        assertThat(provider.requests("flaky-node")).isEqualTo(2);
        assertThat(provider.cut("endless-node"))
                .as("the stream at the provider was cut")
                .isTrue();
    }

    @Test
    void python() throws Exception {
        Clients.python("python", "client.py", environment());
        assertThat(provider.requests("flaky-python")).isEqualTo(2);
        assertThat(provider.cut("endless-python"))
                .as("the stream at the provider was cut")
                .isTrue();
    }

    private static Map<String, String> environment() {
        return Map.of("BASE_URL", "http://127.0.0.1:" + server.port() + "/v1", "API_KEY", "any");
    }
}
