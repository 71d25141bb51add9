package dev.agentplatform.workflow.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.Targets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class KnowledgeRetrievalNodeTest {
    private static final String DOCUMENTS = """
        ["The refund policy: refunds within 30 days.",
         {"title":"Shipping","text":"Parcels arrive in 3 days.","metadata":{"lang":"en","tags":["a","b"]}},
         {"title":"退款","content":"退款政策：三十天内可以退款。","lang":"zh"},
         {"content":"Nothing to see."}]
        """;

    private final OutboundClient client = new OutboundClient(Targets.publicAndLoopback());

    @AfterEach
    void close() {
        client.close();
    }

    private Outcome run(String config, String input) throws Exception {
        return new KnowledgeRetrievalNode("knowledge-retrieval", client)
                .prepare(Json.parse(config))
                .execute(NodeContexts.input(input));
    }

    private List<Integer> found(String config) throws Exception {
        Outcome.Done done = (Outcome.Done) run(config, "{}");
        List<Integer> indexes = new ArrayList<>();
        for (JsonNode one : done.output().path("retrieved_documents"))
            indexes.add(one.path("index").asInt());
        return indexes;
    }

    @Test
    void ranksInlineDocuments() throws Exception {
        Outcome.Done done = (Outcome.Done) run(
                "{\"documents\":\"{{input.docs}}\",\"query_template\":\"What about {{input.q}}?\",\"top_k\":2}",
                "{\"q\":\"refunds in 3 days\",\"docs\":" + DOCUMENTS + "}");

        JsonNode list = done.output().path("retrieved_documents");
        assertThat(list).hasSize(2);
        assertThat(list.get(0).path("title").asString()).isEqualTo("Shipping");
        assertThat(list.get(0).path("content").asString()).isEqualTo("Parcels arrive in 3 days.");
        assertThat(list.get(0).path("metadata").path("lang").asString()).isEqualTo("en");
        assertThat(list.get(0).path("score").asDouble())
                .isGreaterThan(list.get(1).path("score").asDouble());
        assertThat(list.get(1).path("index").asInt()).isZero();
        assertThat(done.text()).startsWith("Parcels arrive in 3 days.\n\nThe refund policy");
        assertThat(done.input().path("query").asString()).isEqualTo("What about refunds in 3 days?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "退款政策     |                                  | [2]",
                "REFUND,      |                                  | [0]",
                "unknown      |                                  | []",
                "''           |                                  | [0, 1, 2, 3]",
                "''           | {\"lang\":\"en\"}               | [1]",
                "''           | {\"lang\":[\"zh\",\"en\"]}      | [1, 2]",
                "''           | {\"tags\":\"b\"}                | [1]",
                "refund       | {\"lang\":\"en\"}               | []",
            })
    void findsByWordsAndFilters(String query, String filters, String indexes) throws Exception {
        String config = "{\"documents\":" + DOCUMENTS + ",\"query\":" + Json.write(Json.text(query))
                + ",\"filters_json\":" + (filters == null ? "null" : filters) + "}";
        assertThat(found(config)).hasToString(indexes);
    }

    @Test
    void aRareWordWeighsMoreThanACommonOne() {
        double[] scores = Keywords.scores("common rare", List.of("common common", "rare", "common", "common word"));
        assertThat(scores[1]).isGreaterThan(scores[0]).isGreaterThan(scores[2]);
    }

    @Test
    void splitsTextIntoTerms() {
        assertThat(Keywords.terms("Don't PANIC, 42 次测试 ok"))
                .containsExactly("don", "t", "panic", "42", "次测", "测试", "ok");
        assertThat(Keywords.terms("我")).containsExactly("我");
        assertThat(Keywords.terms("日本ab")).containsExactly("日本", "ab");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | [\"a\",\"b\"]              |",
                "200 | {\"documents\":[\"a\"]}    |",
                "200 | {\"items\":[]}             | invalid_source",
                "200 | no json                    | invalid_source",
                "404 | []                         | http_404"
            })
    void fetchesDocuments(int status, String answer, String code) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/docs";
            Outcome outcome = run("{\"source_url\":\"" + url + "\",\"query\":\"a\"}", "{}");
            if (code == null) {
                JsonNode list = ((Outcome.Done) outcome).output().path("retrieved_documents");
                assertThat(list.get(0).path("content").asString()).isEqualTo("a");
            } else {
                assertThat(((Outcome.Fail) outcome).code()).isEqualTo(code);
            }
        } finally {
            server.stop(0);
        }
    }

    @Test
    void saysWhatIsNotThere() throws Exception {
        Outcome.Fail fail = (Outcome.Fail) run("{\"knowledge_base_id\":\"x\",\"query\":\"a\"}", "{}");
        assertThat(fail.code()).isEqualTo("knowledge_base_not_available");
        assertThatThrownBy(() -> run("{\"query\":\"a\"}", "{}")).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> run("{\"documents\":[],\"top_k\":\"many\"}", "{}"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("top_k");
        Outcome.Fail forbidden = (Outcome.Fail) run("{\"source_url\":\"http://10.0.0.1/\"}", "{}");
        assertThat(forbidden.code()).isEqualTo("target_forbidden");
    }
}
