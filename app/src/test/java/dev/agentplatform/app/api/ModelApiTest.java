package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Chapter 10: models behind OpenAI's format, their providers, what they used. */
class ModelApiTest {
    private static final String PROVIDER =
            "{'name':'acme','kind':'mock','models':[{'name':'fast','upstream_name':'m-1',"
                    + "'price':{'prompt_per_million_micros':1000000,'completion_per_million_micros':2000000}}]}";

    /** Both roots answer alike, in OpenAI's format, which knows no workspace. */
    private static Answer ask(Api api, String path, String json, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .header("x-workspace-id", api.workspace())
                .POST(BodyPublishers.ofString(json.replace('\'', '"')));
        if (headers.length > 0) request.headers(headers);
        return api.exchange(request, "POST", path);
    }

    private static Answer look(Api api, String path) {
        return api.exchange(HttpRequest.newBuilder().header("x-workspace-id", api.workspace()), "GET", path);
    }

    private static String chat(String model, String text) {
        return "{'model':'%s','messages':[{'role':'user','content':'%s'}]}".formatted(model, text);
    }

    /** The chunks of a stream, which ends with its mark. */
    private static List<JsonNode> chunks(Answer answer) {
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream");
        assertThat(answer.text()).endsWith("data: [DONE]\n\n");
        List<JsonNode> chunks = new ArrayList<>();
        for (String line : answer.text().split("\n")) {
            if (line.startsWith("data: {")) chunks.add(Json.parse(line.substring(6)));
        }
        return chunks;
    }

    @OnEveryServer
    void aProviderIsRegisteredChangedAndDeletedAndItsKeyIsNeverShown(Api api) {
        Answer created = api.post(
                        "/models/providers",
                        "{'name':'lab','kind':'openai','base_url':'https://llm.example/v1/','api_key':'sk-canary-1',"
                                + "'limits':{'attempts':2},'fallback':['mock/x']}")
                .expect(201);
        assertThat(created.at("has_api_key").asBoolean(false)).isTrue();
        assertThat(created.text("base_url")).isEqualTo("https://llm.example/v1");
        assertThat(created.text("limits.attempts")).isEqualTo("2");
        String path = "/models/providers/" + created.id();
        assertThat(api.get(path).expect(200).json()).isEqualTo(created.json());
        assertThat(api.get("/models/providers?name=lab").expect(200).each("id")).containsExactly(created.id());
        api.post("/models/providers", "{'name':'lab','kind':'mock'}").expect(409, "duplicate_name");

        Answer moved =
                api.patch(path, "{'base_url':'https://other.example/v1'}").expect(422, "invalid");
        assertThat(moved.text("errors.0.path")).isEqualTo("api_key");
        assertThat(api.patch(path, "{'enabled':false}")
                        .expect(200)
                        .at("has_api_key")
                        .asBoolean(false))
                .isTrue();
        assertThat(api.patch(path, "{'api_key':''}")
                        .expect(200)
                        .at("has_api_key")
                        .asBoolean(true))
                .isFalse();
        for (String shown : new String[] {created.text(), api.get(path).text(), moved.text()})
            assertThat(shown).doesNotContain("canary");

        api.elsewhere().get(path).expect(404);
        api.elsewhere().patch(path, "{'name':'stolen'}").expect(404);
        api.elsewhere().delete(path).expect(404);
        api.delete(path).expect(204);
        api.get(path).expect(404);
    }

    @OnEveryServer
    void aWrongProviderIsRefusedByItsField(Api api) {
        for (String[] wrong : new String[][] {
            {"{'kind':'mock'}", "name"},
            {"{'name':'x','kind':'telepathy'}", "kind"},
            {"{'name':'default','kind':'mock'}", "name"},
            {"{'name':'a/b','kind':'mock'}", "name"},
            {"{'name':'x','kind':'openai','base_url':'ftp://x'}", "base_url"},
            {"{'name':'x','kind':'openai','base_url':'http://u:p@x'}", "base_url"},
            {"{'name':'x','kind':'openai','api_key':'a b'}", "api_key"},
            {"{'name':'x','kind':'mock','models':[{}]}", "models.0.name"},
            {"{'name':'x','kind':'mock','models':[{'name':'m'},{'name':'m'}]}", "models.1.name"},
            {"{'name':'x','kind':'mock','limits':{'attempts':0}}", "limits.attempts"}
        }) {
            Answer refused = api.post("/models/providers", wrong[0]).expect(422, "invalid");
            assertThat(refused.text("errors.0.path")).as(wrong[0]).isEqualTo(wrong[1]);
        }
        assertThat(api.get("/models/providers").expect(200).each("id")).isEmpty();
    }

    @OnEveryServer
    void aCallIsAnsweredCountedAndPricedInItsWorkspace(Api api) {
        api.post("/models/providers", PROVIDER).expect(201);
        for (String path : new String[] {"/v1/chat/completions", "/models/chat/completions"}) {
            Answer answer = ask(api, path, chat("fast", "Hello there")).expect(200);
            assertThat(answer.text("object")).isEqualTo("chat.completion");
            assertThat(answer.text("model")).isEqualTo("m-1");
            assertThat(answer.text("choices.0.message.content")).isEqualTo("Mock answer to: Hello there");
        }
        ask(api, "/v1/chat/completions", chat("acme/fast", "mock: {\\\"status\\\":400}"))
                .expect(400);

        Answer usage = api.get("/models/usage").expect(200);
        assertThat(usage.each("status")).containsExactlyInAnyOrder("failed", "ok", "ok");
        JsonNode ok = usage.item("status", "ok");
        long prompt = ok.path("prompt_tokens").asLong();
        long completion = ok.path("completion_tokens").asLong();
        assertThat(prompt).isPositive();
        assertThat(ok.path("cost_micros").asLong()).isEqualTo(prompt + 2 * completion);
        assertThat(api.get("/models/usage?status=failed").expect(200).text("items.0.error_code"))
                .isEqualTo("mock_failure");
        Answer sums = api.get("/models/usage/summary?group_by=model").expect(200);
        assertThat(sums.text("items.0.model")).isEqualTo("acme/m-1");
        assertThat(sums.at("items.0.calls").asInt()).isEqualTo(3);
        assertThat(sums.at("items.0.failed").asInt()).isEqualTo(1);
        assertThat(sums.at("items.0.cost_micros").asLong()).isEqualTo(2 * (prompt + 2 * completion));
        for (String by : new String[] {"day", "run", "definition", "user"})
            assertThat(api.get("/models/usage/summary?group_by=" + by)
                            .expect(200)
                            .at("items.0.calls")
                            .asInt())
                    .isEqualTo(3);
        api.get("/models/usage/summary?group_by=mood").expect(400);
        assertThat(api.elsewhere().get("/models/usage").expect(200).each("id")).isEmpty();
    }

    @OnEveryServer
    void aStreamComesInChunksWithUsageWhenItIsAskedFor(Api api) {
        String body = "{'model':'mock/m','stream':true,%s'messages':[{'role':'user','content':'Tell me a story'}]}";
        List<JsonNode> plain =
                chunks(ask(api, "/v1/chat/completions", body.formatted("")).expect(200));
        StringBuilder text = new StringBuilder();
        for (JsonNode chunk : plain)
            text.append(
                    chunk.path("choices").path(0).path("delta").path("content").asString(""));
        assertThat(text).hasToString("Mock answer to: Tell me a story");
        List<JsonNode> counted =
                chunks(ask(api, "/models/chat/completions", body.formatted("'stream_options':{'include_usage':true},"))
                        .expect(200));
        assertThat(counted).hasSize(plain.size() + 1);
        assertThat(counted.getLast().path("usage").path("completion_tokens").asInt())
                .isPositive();
        assertThat(api.get("/models/usage").expect(200).each("estimated")).containsExactlyInAnyOrder("false", "true");
    }

    @OnEveryServer
    void toolsStructuredAnswersAndEmbeddingsAreOpenAis(Api api) {
        String tools = "{'model':'mock/m','messages':[{'role':'user','content':'call get_weather'}],'tools':[{'type':"
                + "'function','function':{'name':'get_weather','parameters':{'type':'object','required':['city'],"
                + "'properties':{'city':{'type':'string'}}}}}]}";
        Answer called = ask(api, "/v1/chat/completions", tools).expect(200);
        assertThat(called.text("choices.0.finish_reason")).isEqualTo("tool_calls");
        assertThat(called.text("choices.0.message.tool_calls.0.function.name")).isEqualTo("get_weather");
        assertThat(Json.parse(called.text("choices.0.message.tool_calls.0.function.arguments"))
                        .path("city")
                        .isString())
                .isTrue();
        String structured = "{'model':'mock/m','messages':[{'role':'user','content':'I want a refund'}],"
                + "'response_format':{'type':'json_schema','json_schema':{'name':'c','schema':{'type':'object',"
                + "'required':['topic'],'properties':{'topic':{'enum':['billing','refund']}}}}}}";
        assertThat(ask(api, "/v1/chat/completions", structured).expect(200).text("choices.0.message.content"))
                .isEqualTo("{\"topic\":\"refund\"}");
        Answer vectors = ask(api, "/v1/embeddings", "{'model':'mock/e','input':['a b','b a','c'],'dimensions':8}")
                .expect(200);
        assertThat(vectors.at("data").size()).isEqualTo(3);
        assertThat(vectors.at("data.0.embedding")).isEqualTo(vectors.at("data.1.embedding"));
        assertThat(vectors.at("data.0.embedding").size()).isEqualTo(8);
    }

    @OnEveryServer
    void theListHasWhatTheWorkspaceCanAskFor(Api api) {
        api.post("/models/providers", PROVIDER).expect(201);
        Answer list = look(api, "/v1/models").expect(200);
        assertThat(list.text("object")).isEqualTo("list");
        assertThat(list.text("data.0.id")).isEqualTo("fast");
        assertThat(look(api, "/models").expect(200).json()).isEqualTo(list.json());
        assertThat(look(api, "/v1/models/fast").expect(200).text("owned_by")).isEqualTo("acme");
        assertThat(look(api, "/models/nothing").expect(404).text("error.code")).isEqualTo("model_not_found");
    }

    @OnEveryServer
    void whatIsWrongIsToldInOpenAisShape(Api api) {
        api.post("/models/providers", PROVIDER).expect(201);
        Object[][] wrong = {
            {"{'model':'fast'}", 422, "messages", "invalid"},
            {"{'model':'fast','messages':'hi'}", 422, "messages", "invalid"},
            {"{'model':5,'messages':[{}]}", 422, "model", "invalid"},
            {"{'model':'fast','stream':'yes','messages':[{}]}", 422, "stream", "invalid"},
            {"{'model':'acme/slow','messages':[{}]}", 404, "model", "model_not_found"},
            {"{'model':'gpt-9','messages':[{}]}", 404, "model", "model_not_found"},
            {"{'model':", 400, null, "malformed_json"},
            {"[]", 422, "body", "invalid"}
        };
        for (Object[] row : wrong) {
            Answer refused = ask(api, "/v1/chat/completions", (String) row[0]).expect((int) row[1]);
            assertThat(refused.text("error.type")).as((String) row[0]).isEqualTo("invalid_request_error");
            assertThat(refused.text("error.param")).as((String) row[0]).isEqualTo(row[2]);
            assertThat(refused.text("error.code")).as((String) row[0]).isEqualTo(row[3]);
            assertThat(refused.text("error.message")).isNotEmpty();
        }
        String huge = "{'messages':['%s']}".formatted("x".repeat(ApiServer.BODY_BYTES_MAX));
        assertThat(ask(api, "/v1/chat/completions", huge).expect(413).text("error.code"))
                .isEqualTo("too_large");
        Answer failed = ask(
                        api, "/v1/chat/completions", chat("fast", "mock: {\\\"status\\\":429,\\\"retry_after\\\":30}"))
                .expect(429);
        assertThat(failed.text("error.code")).isEqualTo("rate_limit_exceeded");
        assertThat(failed.headers().firstValue("retry-after")).hasValue("30");
    }

    @OnEveryServer
    void aFailingModelIsReplacedByItsFallbackAndALimitHolds(Api api) {
        api.post(
                        "/models/providers",
                        "{'name':'down','kind':'openai','base_url':'http://127.0.0.1:1','models':[{'name':'a',"
                                + "'fallback':['nobody','mock/spare']}],'limits':{'attempts':1}}")
                .expect(201);
        assertThat(ask(api, "/v1/chat/completions", chat("a", "hi")).expect(200).text("model"))
                .isEqualTo("spare");
        assertThat(api.get("/models/usage").expect(200).each("status")).containsExactlyInAnyOrder("ok", "failed");
        api.post(
                        "/models/providers",
                        "{'name':'few','kind':'mock','models':[{'name':'b','limits':{'requests_per_minute':1}}]}")
                .expect(201);
        ask(api, "/v1/chat/completions", chat("b", "hi")).expect(200);
        Answer limited = ask(api, "/v1/chat/completions", chat("b", "hi")).expect(429);
        assertThat(limited.text("error.code")).isEqualTo("rate_limit_exceeded");
        assertThat(limited.headers().firstValue("retry-after")).isPresent();
    }

    @OnEveryServer
    void anAnswerIsTakenFromTheCacheOnlyWhenItIsAskedFor(Api api) {
        String body = chat("mock/m", "cache me " + api.workspace());
        for (String expected : new String[] {"miss", "hit"}) {
            Answer answer =
                    ask(api, "/v1/chat/completions", body, "x-cache-ttl", "60").expect(200);
            assertThat(answer.headers().firstValue("x-cache")).hasValue(expected);
        }
        assertThat(ask(api, "/v1/chat/completions", body).headers().firstValue("x-cache"))
                .isEmpty();
        assertThat(ask(api.elsewhere(), "/v1/chat/completions", body, "x-cache-ttl", "60")
                        .headers()
                        .firstValue("x-cache"))
                .hasValue("miss");
        assertThat(api.get("/models/usage").expect(200).each("status")).containsExactlyInAnyOrder("ok", "cached", "ok");
        ask(api, "/v1/chat/completions", body, "x-cache-ttl", "soon").expect(422);
    }
}
