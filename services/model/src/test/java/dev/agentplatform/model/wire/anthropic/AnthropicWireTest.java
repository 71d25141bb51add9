package dev.agentplatform.model.wire.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.model.wire.WireError;
import dev.agentplatform.model.wire.WireRequest;
import dev.agentplatform.model.wire.WireStream;
import dev.agentplatform.model.wire.WireTarget;
import dev.agentplatform.model.wire.openai.Assembled;
import dev.agentplatform.model.wire.openai.Conversations;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class AnthropicWireTest {
    private static final int RUNS = 600;
    private static final String KEY = "sk-ant-secret-key";
    private static final List<String> MODELS = List.of(
            "claude-opus-4-6",
            "claude-sonnet-4-5-20250929",
            "claude-3-7-sonnet-20250219",
            "claude-3-haiku-20240307",
            "my-own-name");

    private final AnthropicWire wire = new AnthropicWire();

    private static WireTarget target(String model) {
        return new WireTarget("http://localhost/v1", KEY, model);
    }

    private static ObjectNode request(String json) {
        return (ObjectNode) Json.parse(json.replace('\'', '"'));
    }

    private ObjectNode body(String json) {
        return body("claude-sonnet-4-5", request(json));
    }

    private ObjectNode body(String model, ObjectNode request) {
        WireRequest sent = wire.chat(target(model), request);
        return (ObjectNode) Json.parse(new String(sent.body(), StandardCharsets.UTF_8));
    }

    @Test
    void anyConversationBecomesARequestThatTheApiTakes() {
        for (int seed = 0; seed < RUNS; seed++) {
            Random random = new Random(seed);
            ObjectNode request = new Conversations(random).request();
            ObjectNode body = body(MODELS.get(seed % MODELS.size()), request);
            assertThat(AnthropicRules.faults(body))
                    .as("seed %s: %s -> %s", seed, request, body)
                    .isEmpty();
        }
    }

    @Test
    void sendsVersionAndKeyInHeadersOnly() {
        WireRequest sent =
                wire.chat(target("claude-opus-4-6"), request("{'messages':[{'role':'user','content':'Hi'}]}"));
        assertThat(sent.url()).isEqualTo("http://localhost/v1/messages");
        assertThat(sent.headers()).containsEntry("x-api-key", KEY).containsEntry("anthropic-version", "2023-06-01");
        assertThat(new String(sent.body(), StandardCharsets.UTF_8)).doesNotContain(KEY);
        assertThat(sent.toString()).doesNotContain(KEY);
    }

    @Test
    void translatesAConversationWithParallelTools() {
        JsonNode body =
                body("{'messages':[{'role':'system','content':'Be brief.'},{'role':'user','content':'Weather?'},"
                        + "{'role':'assistant','content':null,'tool_calls':["
                        + "{'id':'a','type':'function','function':{'name':'w','arguments':'{}'}},"
                        + "{'id':'b','type':'function','function':{'name':'w','arguments':'{}'}}]},"
                        + "{'role':'tool','tool_call_id':'b','content':'rain'},"
                        + "{'role':'tool','tool_call_id':'a','content':'boom','is_error':true},"
                        + "{'role':'user','content':'So?'},{'role':'system','content':'In German.'}]}");
        assertThat(body.path("system").asString()).isEqualTo("Be brief.\n\nIn German.");
        assertThat(body.path("messages").size()).isEqualTo(3);
        assertThat(body.at("/messages/2/content")).isEqualTo(Json.parse("""
            [{"type":"tool_result","tool_use_id":"b","content":[{"type":"text","text":"rain"}]},
             {"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"boom"}],"is_error":true},
             {"type":"text","text":"So?"}]\
            """));
    }

    @Test
    void aSchemaBecomesAToolThatTakesTheAnswer() {
        String format =
                "'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':{'type':'object'}}}";
        JsonNode alone = body("{'messages':[{'role':'user','content':'Hi'}]," + format + "}");
        assertThat(alone.at("/tool_choice/name").asString()).isEqualTo("structured_answer");
        JsonNode beside = body(
                "{'messages':[{'role':'user','content':'Hi'}],'tools':[{'type':'function','function':{'name':'t'}}],"
                        + format + "}");
        assertThat(beside.at("/tool_choice/type").asString()).isEqualTo("any");
        assertThat(beside.path("tools").size()).isEqualTo(2);
        JsonNode answer = wire.chatAnswer(
                target("m"),
                request("{'content':[{'type':'tool_use','id':'x',"
                        + "'name':'structured_answer','input':{'sum':3}}],'stop_reason':'tool_use','usage':{}}"));
        assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo("{\"sum\":3}");
        assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(answer.at("/choices/0/message").has("tool_calls")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "claude-opus-4-6, adaptive, 16384",
        "claude-sonnet-4-5-20250929, enabled, 32768",
        "claude-3-7-sonnet-20250219, enabled, 24576",
        "claude-3-5-haiku-20241022, '', 8192",
        "claude-3-haiku-20240307, '', 4096"
    })
    void asksEachModelToThinkInItsWay(String model, String type, int maxTokens) {
        JsonNode body = body(model, request("{'reasoning_effort':'high','messages':[{'role':'user','content':'Hi'}]}"));
        assertThat(body.path("thinking").path("type").asString("")).isEqualTo(type);
        assertThat(body.path("max_tokens").asInt()).isEqualTo(maxTokens);
    }

    @Test
    void thoughtsGoBackWithTheCallsThatTheyLedTo() {
        String call = "'tool_calls':[{'id':'a','type':'function','function':{'name':'w','arguments':'{}'}}]},"
                + "{'role':'tool','tool_call_id':'a','content':'rain'}],'reasoning_effort':'low',"
                + "'tools':[{'type':'function','function':{'name':'w'}}]}";
        String begin = "{'messages':[{'role':'user','content':'Hi'},{'role':'assistant','content':null,";
        JsonNode kept = body(begin + "'thinking_blocks':[{'type':'thinking','thinking':'hm','signature':'s'}]," + call);
        assertThat(kept.at("/messages/1/content/0/signature").asString()).isEqualTo("s");
        assertThat(kept.has("thinking")).isTrue();
        JsonNode lost = body(begin + call);
        assertThat(lost.has("thinking")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n|'n':2",
                "logprobs|'logprobs':true",
                "logit_bias|'logit_bias':{'1':2}",
                "functions|'functions':[]",
                "modalities|'modalities':['audio']",
                "temperature|'temperature':3",
                "temperature|'temperature':'hot'",
                "max_tokens|'max_tokens':0",
                "stop|'stop':'\\n'",
                "tools.0.type|'tools':[{'type':'custom'}]",
                "tools.0.function.name|'tools':[{'type':'function','function':{'name':'a b'}}]",
                "tool_choice|'tool_choice':'required'",
                "tool_choice.function.name|'tool_choice':{'type':'function','function':{'name':'x'}}",
                "response_format.type|'response_format':{'type':'grammar'}",
                "response_format.json_schema.schema.type|'response_format':{'type':'json_schema','json_schema':{'schema':{'type':'array'}}}",
                "reasoning_effort|'reasoning_effort':'much'",
                "messages|'messages':[]",
                "messages|'messages':[{'role':'system','content':'alone'}]",
                "messages.0.role|'messages':[{'role':'wizard'}]",
                "messages.0.content|'messages':[{'role':'user','content':5}]",
                "messages.0.content.0.type|'messages':[{'role':'user','content':[{'type':'smell'}]}]",
                "messages.0.content.0.image_url.url|'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'http://x/y.png'}}]}]",
                "messages.0.content.0.image_url.url|'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:image/tiff;base64,AA'}}]}]",
                "messages.0.content.0|'messages':[{'role':'user','content':[{'type':'input_audio','input_audio':{'format':'wav','data':'AA'}}]}]",
                "messages.0.tool_call_id|'messages':[{'role':'tool','tool_call_id':'a','content':'x'}]",
                "messages.0.tool_calls|'messages':[{'role':'assistant','tool_calls':[{'id':'a','function':{'name':'f','arguments':'{}'}}]}]",
                "messages.0.tool_calls.0.function.arguments|'messages':[{'role':'assistant','tool_calls':[{'id':'a','function':{'name':'f','arguments':'[1]'}}]}]"
            })
    void refusesByName(String fieldAndJson) {
        String[] parts = fieldAndJson.split("\\|", 2);
        ObjectNode request = request("{'messages':[{'role':'user','content':'Hi'}]}");
        request.setAll(request("{" + parts[1] + "}"));
        assertThatThrownBy(() -> body("claude-opus-4-6", request)).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.status()).isEqualTo(422);
            assertThat(problem.errors().getFirst().path()).isEqualTo(parts[0]);
        });
    }

    @Test
    void harmlessFieldsAreIgnored() {
        JsonNode body = body(
                "{'messages':[{'role':'user','content':'Hi','name':'Bob'}],'n':1,'logprobs':false,'seed':7,"
                    + "'store':true,'presence_penalty':0.5,'frequency_penalty':0,'whatever':{},'service_tier':'auto'}");
        assertThat(AnthropicRules.faults(body)).isEmpty();
    }

    @Test
    void embeddingsAreRefused() {
        assertThatThrownBy(() -> wire.embeddings(target("claude"), request("{'input':'x'}")))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(422));
    }

    @ParameterizedTest
    @CsvSource({
        "400, invalid_request_error, 400, invalid_request_error,",
        "401, authentication_error, 401, authentication_error, invalid_api_key",
        "403, permission_error, 403, permission_error,",
        "404, not_found_error, 404, invalid_request_error, model_not_found",
        "413, request_too_large, 413, invalid_request_error, request_too_large",
        "429, rate_limit_error, 429, rate_limit_error, rate_limit_exceeded",
        "500, api_error, 500, server_error,",
        "529, overloaded_error, 503, server_error, overloaded",
        "529, '', 503, server_error, overloaded"
    })
    void errorsAreOpenAis(int status, String type, int wanted, String wantedType, String code) {
        byte[] body = ("{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"bad " + KEY
                        + " here\"}}")
                .getBytes(StandardCharsets.UTF_8);
        WireError error = wire.error(status, body);
        assertThat(error.status()).isEqualTo(wanted);
        assertThat(error.type()).isEqualTo(wantedType);
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.getMessage()).isNotEmpty().doesNotContain(KEY);
    }

    @Test
    void aBodyOfAnyKindIsAnError() {
        for (String body : List.of("", "<html>", "[]", "null", "{\"error\":5}")) {
            assertThat(wire.error(500, body.getBytes(StandardCharsets.UTF_8)).status())
                    .isEqualTo(500);
        }
        assertThat(wire.error(500, new byte[0]).getMessage()).contains("500");
    }

    @Test
    void aStreamTellsTheWholeAnswerHoweverItIsCut() {
        for (int seed = 0; seed < RUNS; seed++) {
            Random random = new Random(seed);
            ObjectNode answer = AnthropicTalk.answer(random);
            ObjectNode request = request("{'messages':[{'role':'user','content':'Hi'}],'stream':true,"
                    + "'stream_options':{'include_usage':true}}");
            if (answer.toString().contains("structured_answer")) {
                request.set(
                        "response_format",
                        request("{'type':'json_schema','json_schema':{'schema':{'type':'object'}}}"));
            }
            WireStream stream = wire.stream(target("m"), request);
            List<ObjectNode> chunks = new ArrayList<>();
            List<ObjectNode> events = AnthropicTalk.events(answer, random);
            for (ObjectNode event : events) {
                assertThat(stream.finished()).isFalse();
                chunks.addAll(stream.event(event.path("type").asString(), event.toString()));
            }
            assertThat(stream.finished()).isTrue();
            assertThat(Assembled.completion(chunks))
                    .as("seed %s", seed)
                    .isEqualTo(wire.chatAnswer(target("m"), answer));
        }
    }

    @Test
    void usageComesOnlyWhenItIsWanted() {
        ObjectNode answer = AnthropicTalk.answer(new Random(1));
        WireStream stream =
                wire.stream(target("m"), request("{'messages':[{'role':'user','content':'Hi'}],'stream':true}"));
        List<ObjectNode> chunks = new ArrayList<>();
        for (ObjectNode event : AnthropicTalk.events(answer, new Random(1))) {
            chunks.addAll(stream.event(null, event.toString()));
        }
        assertThat(chunks).noneMatch(chunk -> chunk.has("usage"));
        assertThat(chunks).allMatch(chunk -> chunk.path("choices").size() == 1);
    }

    @Test
    void anErrorInsideAStreamIsThrown() {
        WireStream stream = wire.stream(target("m"), request("{'messages':[{'role':'user','content':'Hi'}]}"));
        String event = "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}";
        assertThatThrownBy(() -> stream.event("error", event))
                .isInstanceOfSatisfying(
                        WireError.class, error -> assertThat(error.status()).isEqualTo(503));
        assertThat(stream.finished()).isFalse();
        assertThatThrownBy(() -> stream.event("x", "not json")).isInstanceOf(WireError.class);
    }

    @Test
    void cachedTokensCountAsPrompt() {
        JsonNode answer = wire.chatAnswer(
                target("m"),
                request(
                        "{'content':[],'stop_reason':'end_turn','usage':"
                            + "{'input_tokens':1,'cache_read_input_tokens':20,'cache_creation_input_tokens':300,'output_tokens':4}}"));
        assertThat(answer.path("usage").path("prompt_tokens").asInt()).isEqualTo(321);
        assertThat(answer.path("usage").path("total_tokens").asInt()).isEqualTo(325);
        assertThat(answer.at("/usage/prompt_tokens_details/cached_tokens").asInt())
                .isEqualTo(20);
    }

    @Test
    void modelNames() {
        ArrayNode data = Json.array();
        data.addObject().put("id", "claude-opus-4-6");
        assertThat(wire.modelNames(Json.object().set("data", data))).containsExactly("claude-opus-4-6");
    }
}
