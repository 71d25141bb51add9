package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Dialect;
import dev.agentplatform.testkit.Await;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Chapter 12: what scopes remember, and its search. */
class MemoryApiTest {
    private static final String FACT = "{'scope_type':'user','scope_id':'u1','memory_type':'fact',"
            + "'content_text':'User prefers concise answers.','importance_score':80,'metadata_json':{'source':'chat'}}";

    @OnEveryServer
    void aMemoryIsCreatedChangedAndForgotten(Api api) {
        Answer created = api.post("/memories", FACT).expect(201);
        assertThat(created.at("metadata_json.source").asString()).isEqualTo("chat");
        assertThat(created.at("importance_score").asInt()).isEqualTo(80);
        String path = "/memories/" + created.id();
        assertThat(api.get(path).expect(200).json()).isEqualTo(created.json());

        String later = Instant.now().plusSeconds(3_600).toString();
        Answer changed = api.patch(path, "{'content_text':'User wants long answers.','expires_time':'" + later + "'}")
                .expect(200);
        assertThat(changed.text("memory_type")).isEqualTo("fact");
        assertThat(changed.text("expires_time")).isNotNull();
        assertThat(contents(search(api, "long", ""))).containsExactly("User wants long answers.");
        assertThat(api.patch(path, "{'expires_time':null,'importance_score':0}")
                        .expect(200)
                        .text("expires_time"))
                .isNull();
        assertThat(search(api, "long", "").at("items.0.importance_score").asDouble())
                .isZero();

        assertThat(api.delete(path).status()).isEqualTo(204);
        api.get(path).expect(404);
        api.delete(path).expect(404);
        api.patch(path, "{}").expect(404);
        assertThat(contents(search(api, "long", ""))).isEmpty();
    }

    @OnEveryServer
    void listsAreFilteredAndPaged(Api api) {
        String one = remember(api, "user", "u1", "first");
        String two = remember(api, "user", "u2", "second");
        String three = remember(api, "tenant", api.workspace(), "third");
        assertThat(SessionApiTest.pages(api, "/memories?limit=2", "id")).containsExactly(three, two, one);
        assertThat(api.get("/memories?scope_type=user&scope_id=u2").each("id")).containsExactly(two);
        assertThat(api.get("/memories?scope_type=workspace").each("id")).containsExactly(three);
        assertThat(api.get("/memories?scope_type=tenant").each("id")).containsExactly(three);
        assertThat(api.get("/memories?memory_type=other").each("id")).isEmpty();
        api.get("/memories?scope_type=galaxy").expect(400);
    }

    @OnEveryServer
    void theTenantAndTheWorkspaceAreOneScope(Api api) {
        remember(api, "tenant", api.workspace(), "The company was founded in Berlin.");
        Answer found = api.post("/memories/search", "{'query':'Berlin','scope_type':'workspace'}")
                .expect(200);
        assertThat(found.text("items.0.scope_type")).isEqualTo("workspace");
        assertThat(found.text("items.0.scope_id")).isEqualTo(api.workspace());
    }

    @OnEveryServer
    void aHitTellsWhyItIsThere(Api api) {
        api.post("/memories", FACT).expect(201);
        remember(api, "user", "u1", "The invoice of March is not paid.");
        Answer found = search(api, "concise answers", ",'limit':5");
        assertThat(found.text("rerank_mode")).isEqualTo("hybrid-local");
        JsonNode hit = found.at("items.0");
        assertThat(hit.path("content_text").asString()).contains("concise");
        double keyword = hit.path("keyword_score").asDouble();
        double vector = hit.path("vector_score").asDouble();
        assertThat(keyword).isBetween(0.6, 1.0);
        assertThat(vector).isBetween(0.2, 1.0);
        assertThat(hit.path("importance_score").asDouble()).isEqualTo(0.8);
        assertThat(hit.path("score").asDouble())
                .isCloseTo(0.5 * keyword + 0.35 * vector + 0.15 * 0.8, org.assertj.core.data.Offset.offset(1e-5));
        assertThat(contents(search(api, "concise answers", ",'min_score':0.5"))).hasSize(1);
        assertThat(contents(search(api, "concise answers", ",'memory_type':'none'")))
                .isEmpty();
        assertThat(contents(search(api, "concise answers", ",'limit':1"))).hasSize(1);
    }

    @OnEveryServer
    void englishAndChineseAreRanked(Api api) {
        List<String> texts = List.of(
                "The customer prefers short and concise replies.",
                "Deliveries go to the warehouse in Hamburg.",
                "Her birthday is on the ninth of May.",
                "用户喜欢简洁的回答。",
                "客户的送货地址是上海浦东新区。",
                "会议改到星期五下午三点。");
        for (String text : texts) remember(api, "user", "u1", text);
        List<String> questions = List.of(
                "Which replies do customers prefer?",
                "delivery to which warehouse?",
                "When is the birthday?",
                "用户喜欢什么样的回答",
                "送货到哪里",
                "星期五的会议几点");
        for (int i = 0; i < questions.size(); i++) {
            assertThat(contents(search(api, questions.get(i), "")).getFirst())
                    .as(questions.get(i))
                    .isEqualTo(texts.get(i));
        }
    }

    @OnEveryServer
    void othersFindNothing(Api api) {
        String mine = api.post("/memories", FACT).expect(201).id();
        Api other = api.server().workspace(Api.Spelling.WORKSPACE_HEADER);
        other.get("/memories/" + mine).expect(404);
        other.patch("/memories/" + mine, "{'content_text':'stolen'}").expect(404);
        other.delete("/memories/" + mine).expect(404);
        assertThat(other.get("/memories").each("id")).isEmpty();
        assertThat(contents(search(other, "concise", ""))).isEmpty();
        assertThat(api.get("/memories/" + mine).expect(200).text("content_text"))
                .contains("concise");
    }

    @OnEveryServer
    void whatIsWrongIsNamedAndNothingIsKept(Api api) {
        refused(api, "/memories", FACT.replace("80", "101"), "importance_score");
        refused(api, "/memories", FACT.replace("80", "-1"), "importance_score");
        refused(api, "/memories", FACT.replace("80", "'high'"), "importance_score");
        refused(api, "/memories", FACT.replace("'user'", "'galaxy'"), "scope_type");
        refused(api, "/memories", FACT.replace("'u1'", "''"), "scope_id");
        refused(api, "/memories", FACT.replace("'user'", "'tenant'"), "scope_id");
        refused(api, "/memories", FACT.replace("User", "x".repeat(20_001)), "content_text");
        refused(api, "/memories", FACT.replace("{'source':'chat'}", "7"), "metadata_json");
        refused(api, "/memories", FACT.replace("'chat'", "'" + "x".repeat(70_000) + "'"), "metadata_json");
        refused(
                api,
                "/memories",
                FACT.replace("{'scope", "{'expires_time':'2020-01-01T00:00:00Z','scope"),
                "expires_time");
        refused(api, "/memories/search", "{'query':'','scope_type':'user','scope_id':'u1'}", "query");
        refused(api, "/memories/search", "{'query':'x','scope_type':'user'}", "scope_id");
        refused(api, "/memories/search", "{'query':'x','scope_type':'user','scope_id':'u1','limit':0}", "limit");
        refused(
                api,
                "/memories/search",
                "{'query':'x','scope_type':'user','scope_id':'u1','min_score':2}",
                "min_score");
        assertThat(api.get("/memories").each("id")).isEmpty();
        api.get("/memories/x").expect(404);
    }

    @OnEveryServer
    void whatHasExpiredIsNotThere(Api api) {
        String soon = Instant.now().plusMillis(1_500).toString();
        String id = api.post("/memories", FACT.replace("{'scope", "{'expires_time':'" + soon + "','scope"))
                .expect(201)
                .id();
        Await.until(() -> api.get("/memories/" + id).status() == 404, "the end of memory " + id);
        assertThat(api.get("/memories").each("id")).isEmpty();
        assertThat(contents(search(api, "concise", ""))).isEmpty();
    }

    @Test
    void eachProcessFindsWhatTheOtherHasWritten() throws Exception {
        try (ApiServer one = new ApiServer(Dialect.POSTGRESQL);
                ApiServer two = one.beside()) {
            Api here = one.workspace(Api.Spelling.WORKSPACE_HEADER);
            Api there = new Api(two, Api.Spelling.WORKSPACE_HEADER, here.workspace());
            for (int i = 0; i < 20; i++) {
                Api writer = i % 2 == 0 ? here : there;
                Api reader = i % 2 == 0 ? there : here;
                String id = remember(writer, "user", "u1", "marker" + i);
                assertThat(contents(search(reader, "marker" + i, ""))).startsWith("marker" + i);
                if (i % 4 < 2) {
                    writer.patch("/memories/" + id, "{'content_text':'changed" + i + "'}")
                            .expect(200);
                    assertThat(contents(search(reader, "changed" + i, ""))).startsWith("changed" + i);
                } else {
                    assertThat(reader.delete("/memories/" + id).status()).isEqualTo(204);
                    assertThat(contents(search(writer, "marker" + i, ""))).doesNotContain("marker" + i);
                }
            }
        }
    }

    private static void refused(Api api, String path, String body, String field) {
        Answer refused = api.post(path, body).expect(422);
        assertThat(refused.text("errors.0.path")).as(body).isEqualTo(field);
    }

    private static String remember(Api api, String scopeType, String scopeId, String text) {
        return api.post(
                        "/memories",
                        "{'scope_type':'%s','scope_id':'%s','content_text':'%s'}".formatted(scopeType, scopeId, text))
                .expect(201)
                .id();
    }

    private static Answer search(Api api, String query, String more) {
        return api.post(
                        "/memories/search",
                        "{'query':'%s','scope_type':'user','scope_id':'u1'%s}".formatted(query, more))
                .expect(200);
    }

    private static List<String> contents(Answer found) {
        return found.each("content_text");
    }
}
