package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.Databases;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Vectors by a server that speaks OpenAI's format: what it means, what happens when it is away, and the way back. */
class KnowledgeEmbeddingTest {
    /** Knows three meanings, which share no word. */
    private static final List<String> MEANINGS = List.of("car automobile vehicle", "happy glad joyful", "rain drizzle");

    static Stream<Dialect> databases() {
        return Databases.both();
    }

    /** A server of embeddings that can be told to fail or to wait. */
    private static final class Embeddings implements AutoCloseable {
        private final List<Integer> batches = new ArrayList<>();
        private final ToolServer server;
        private volatile boolean broken;

        private Embeddings() throws IOException {
            server = new ToolServer((request, out) -> {
                if (broken) ToolServer.write(out, 500, "application/json", "{\"error\":{\"message\":\"down\"}}");
                else ToolServer.write(out, 200, "application/json", answer(Json.parse(request.body())));
            });
        }

        private synchronized String answer(JsonNode asked) {
            ObjectNode answer = Json.object().put("object", "list");
            ArrayNode data = answer.putArray("data");
            for (JsonNode text : asked.path("input")) {
                ObjectNode one = data.addObject().put("index", data.size() - 1);
                ArrayNode vector = one.putArray("embedding");
                for (String meaning : MEANINGS) vector.add(near(text.asString(""), meaning));
                vector.add(0.01);
            }
            batches.add(data.size());
            return Json.write(answer);
        }

        private static double near(String text, String meaning) {
            return Stream.of(meaning.split(" ")).anyMatch(text.toLowerCase(Locale.ROOT)::contains) ? 1 : 0;
        }

        private Map<String, String> settings() {
            return Map.of(
                    "AGENT_PLATFORM_EMBEDDING_PROVIDER", "http",
                    "AGENT_PLATFORM_EMBEDDING_BASE_URL", server.url("/v1"),
                    "AGENT_PLATFORM_EMBEDDING_API_KEY", "sk-embedding",
                    "AGENT_PLATFORM_EMBEDDING_MODEL", "meaning-1");
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aModelFindsWhatSharesNoWord(Dialect dialect) throws Exception {
        try (Embeddings embeddings = new Embeddings();
                ApiServer server = new ApiServer(dialect, false, embeddings.settings())) {
            Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
            Answer base =
                    api.post("/knowledge/bases", "{'code':'kb','name':'KB'}").expect(201);
            assertThat(base.text("embedder")).isEqualTo("http:meaning-1");
            KnowledgeApiTest.document(api, "kb", "One", "The automobile stood in the garden.");
            KnowledgeApiTest.document(api, "kb", "Two", "Everybody was glad.");
            Answer found = KnowledgeApiTest.search(api, "kb", "car", "");
            assertThat(found.text("embedder")).isEqualTo("http:meaning-1");
            assertThat(KnowledgeApiTest.titles(found)).startsWith("One");
            assertThat(found.at("items.0.vector_score").asDouble()).isGreaterThan(0.9);
            ToolServer.Received request = embeddings.server.requests.getFirst();
            assertThat(request.target()).isEqualTo("/v1/embeddings");
            assertThat(request.header("authorization")).isEqualTo("Bearer sk-embedding");
            assertThat(Json.parse(request.body()).path("model").asString()).isEqualTo("meaning-1");
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void hashedWordsStandInUntilTheServerIsBack(Dialect dialect) throws Exception {
        try (Embeddings embeddings = new Embeddings();
                ApiServer server = new ApiServer(dialect, false, embeddings.settings())) {
            Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
            String base = KnowledgeApiTest.base(api, "kb");
            embeddings.broken = true;
            assertThat(KnowledgeApiTest.document(api, "kb", "One", "The automobile stood in the garden.")
                            .text("status"))
                    .isEqualTo("indexed");
            assertThat(api.get("/knowledge/bases/" + base).text("embedding_error"))
                    .isNotBlank();
            Answer found = KnowledgeApiTest.search(api, "kb", "automobiles in gardens", "");
            assertThat(found.text("embedder")).isEqualTo("hash-512-v2");
            assertThat(found.text("fallback_reason")).isNotBlank();
            assertThat(found.at("items.0.vector_score").asDouble()).isBetween(0.1, 0.9);
            embeddings.broken = false;
            Answer healed = until(api, base, "embedding_error", null);
            assertThat(healed.text("embedder")).isEqualTo("http:meaning-1");
            Answer again = KnowledgeApiTest.search(api, "kb", "car", "");
            assertThat(again.text("fallback_reason")).isNull();
            assertThat(again.at("items.0.vector_score").asDouble()).isGreaterThan(0.9);
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void withoutAStandInTheCallerIsTold(Dialect dialect) throws Exception {
        try (Embeddings embeddings = new Embeddings()) {
            Map<String, String> settings = new HashMap<>(embeddings.settings());
            settings.put("AGENT_PLATFORM_EMBEDDING_FALLBACK", "false");
            try (ApiServer server = new ApiServer(dialect, false, settings)) {
                Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
                KnowledgeApiTest.base(api, "kb");
                embeddings.broken = true;
                KnowledgeApiTest.add(api, "kb", "'title':'x','content_text':'The car.'")
                        .expect(502, "embedding_failed");
                assertThat(api.get("/knowledge/documents").each("id")).isEmpty();
                api.post("/knowledge/search", "{'knowledge_base_id':'kb','query':'car'}")
                        .expect(502, "embedding_failed");
                assertThat(KnowledgeApiTest.search(api, "kb", "car", ",'mode':'keyword'")
                                .text("embedder"))
                        .isNull();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void searchesGoOnWhileTheEmbedderChanges(Dialect dialect) throws Exception {
        try (Embeddings embeddings = new Embeddings();
                ApiServer server = new ApiServer(dialect, false, embeddings.settings())) {
            Api api = server.workspace(Api.Spelling.WORKSPACE_HEADER);
            String base = api.post("/knowledge/bases", "{'code':'kb','name':'KB','embedding_provider':'hash'}")
                    .expect(201)
                    .id();
            for (int i = 0; i < 300; i++) {
                KnowledgeApiTest.document(api, "kb", "Doc" + i, "Note " + i + " about an automobile.");
            }
            embeddings.broken = true;
            Answer changed = api.patch("/knowledge/bases/" + base, "{'embedding_provider':'http'}")
                    .expect(200);
            assertThat(changed.text("embedder")).isEqualTo("hash-512-v2");
            assertThat(changed.text("next_embedder")).isEqualTo("http:meaning-1");
            Answer old = KnowledgeApiTest.search(api, "kb", "automobiles", "");
            assertThat(old.text("embedder")).isEqualTo("hash-512-v2");
            assertThat(old.text("fallback_reason")).isNull();
            embeddings.broken = false;
            until(api, base, "embedder", "http:meaning-1");
            Answer now = KnowledgeApiTest.search(api, "kb", "car", ",'mode':'vector','top_k':100");
            assertThat(now.text("embedder")).isEqualTo("http:meaning-1");
            assertThat(now.json().path("items")).hasSize(100);
            for (JsonNode hit : now.json().path("items")) {
                assertThat(hit.path("vector_score").asDouble()).isGreaterThan(0.9);
            }
            assertThat(embeddings.batches).allMatch(size -> size <= 64).anyMatch(size -> size == 64);
            Answer back = api.patch("/knowledge/bases/" + base, "{'embedding_provider':'hash'}")
                    .expect(200);
            assertThat(back.text("embedder")).isEqualTo("hash-512-v2");
            assertThat(KnowledgeApiTest.search(api, "kb", "automobiles", "").text("embedder"))
                    .isEqualTo("hash-512-v2");
            String count = "SELECT COUNT(*) AS n FROM knowledge_vector WHERE workspace_id = ? AND embedder <> ?";
            Await.until(
                    () -> server.platform()
                                    .database()
                                    .read(sql -> sql.one(count, row -> row.number("n"), api.workspace(), "hash-512-v2"))
                                    .orElseThrow()
                            == 0,
                    "the end of the other vectors");
        }
    }

    @Test
    void anotherProcessFinishesWhatOneHasBegun() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (ToolServer site = new ToolServer((request, out) -> {
                    // The first one to ask waits for ever; its process goes away.
                    if (request.target().endsWith("first")) never.await();
                    ToolServer.write(out, 200, "text/plain", "The parrot is called Ada.");
                });
                ApiServer first = new ApiServer(Dialect.POSTGRESQL)) {
            Api api = first.workspace(Api.Spelling.WORKSPACE_HEADER);
            KnowledgeApiTest.base(api, "kb");
            String id = KnowledgeApiTest.add(api, "kb", "'title':'t','source_url':'" + site.url("/first") + "'")
                    .expect(202)
                    .id();
            Await.until(() -> !site.requests.isEmpty(), "the first process to fetch");
            try (ApiServer second = first.beside()) {
                first.platform()
                        .database()
                        .transact(sql -> sql.update(
                                "UPDATE knowledge_document SET source_url = ? WHERE workspace_id = ? AND id = ?",
                                site.url("/second"),
                                api.workspace(),
                                UUID.fromString(id)));
                first.platform().process().stop();
                Api there = new Api(second, Api.Spelling.WORKSPACE_HEADER, api.workspace());
                there.untilAnswer("/knowledge/documents/" + id, "status", "indexed");
                assertThat(KnowledgeApiTest.titles(KnowledgeApiTest.search(there, "kb", "parrot", "")))
                        .containsExactly("t");
            }
        }
    }

    /** @param value null for none */
    private static Answer until(Api api, String base, String field, String value) {
        Await.until(
                () -> Objects.equals(api.get("/knowledge/bases/" + base).text(field), value),
                field + " to be " + value);
        return api.get("/knowledge/bases/" + base).expect(200);
    }
}
