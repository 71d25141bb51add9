package dev.agentplatform.model.wire.gemini;

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
import dev.agentplatform.model.wire.openai.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class GeminiWireTest {
    private static final int RUNS = 600;
    private static final List<String> MODELS =
            List.of("gemini-2.5-flash", "gemini-3-pro-preview", "gemini-3.1-flash", "models/gemini-2.0-flash");

    private final GeminiWire wire = new GeminiWire();

    private static WireTarget target(String model) {
        return new WireTarget("http://localhost/v1beta", "AIzaSecretSecretSecret", model);
    }

    private static ObjectNode request(String json) {
        return (ObjectNode) Json.parse(json.replace('\'', '"'));
    }

    private ObjectNode body(String model, ObjectNode request) {
        WireRequest sent = wire.chat(target(model), request);
        return (ObjectNode) Json.parse(new String(sent.body(), StandardCharsets.UTF_8));
    }

    @Test
    void anyConversationBecomesARequestThatTheApiTakes() {
        for (int seed = 0; seed < RUNS; seed++) {
            String model = MODELS.get(seed % MODELS.size());
            ObjectNode request = new Conversations(new Random(seed)).request();
            ObjectNode body = body(model, request);
            int generation = GeminiModel.of(model).generation();
            assertThat(GeminiRules.faults(body, generation))
                    .as("seed %s: %s -> %s", seed, request, body)
                    .isEmpty();
        }
    }

    @Test
    void theModelAndTheMethodAreInThePath() {
        ObjectNode hi = request("{'messages':[{'role':'user','content':'Hi'}]}");
        WireRequest sent = wire.chat(target("gemini-2.5-flash"), hi);
        assertThat(sent.url()).isEqualTo("http://localhost/v1beta/models/gemini-2.5-flash:generateContent");
        assertThat(sent.headers()).containsKey("x-goog-api-key");
        assertThat(wire.chat(target("tunedModels/a b"), hi.put("stream", true)).url())
                .isEqualTo("http://localhost/v1beta/tunedModels/a%20b:streamGenerateContent?alt=sse");
    }

    @Test
    void aSchemaIsBroughtDownToWhatIsKnown() {
        ObjectNode schema = request("{'type':'object','$defs':{'node':{'type':'object','properties':{"
                + "'name':{'type':['string','null']},'next':{'$ref':'#/$defs/node'}},'required':['name','gone']}},"
                + "'properties':{'tree':{'$ref':'#/$defs/node'},'kind':{'enum':['a','b'],'type':'string'},"
                + "'level':{'enum':[1,2],'type':'integer'},'one':{'const':'x','type':'string'},"
                + "'any':{'oneOf':[{'type':'string'},{'type':'null'}]},'either':{'type':['string','integer']},"
                + "'list':{'type':'array'},'when':{'type':'string','format':'date-time'},"
                + "'mail':{'type':'string','format':'email'},'both':{'allOf':[{'properties':{'p':{'type':'number'}}},"
                + "{'properties':{'q':{'type':'boolean'}}}]}},'additionalProperties':false,'$schema':'x'}");
        ObjectNode clean = new GeminiSchema(schema).clean();
        assertThat(GeminiRules.schemaFaults(clean)).as(clean.toString()).isEmpty();
        JsonNode properties = clean.path("properties");
        assertThat(properties.at("/tree/properties/name")).isEqualTo(request("{'nullable':true,'type':'STRING'}"));
        assertThat(properties.at("/tree/required")).isEqualTo(Json.parse("[\"name\"]"));
        assertThat(properties.at("/level/description").asString()).isEqualTo("One of [1,2].");
        assertThat(properties.at("/one/enum/0").asString()).isEqualTo("x");
        assertThat(properties.at("/any")).isEqualTo(request("{'type':'STRING','nullable':true}"));
        assertThat(properties.at("/either/anyOf").size()).isEqualTo(2);
        assertThat(properties.at("/when/format").asString()).isEqualTo("date-time");
        assertThat(properties.at("/mail").has("format")).isFalse();
        assertThat(properties.at("/both/properties").size()).isEqualTo(2);
    }

    @Test
    void signaturesGoBackWithTheirCalls() {
        ObjectNode answer = request("{'candidates':[{'content':{'parts':[{'functionCall':{'name':'w','args':{}},"
                + "'thoughtSignature':'c2ln'}]},'finishReason':'STOP'}],'responseId':'r'}");
        ObjectNode call =
                (ObjectNode) wire.chatAnswer(target("gemini-3-pro"), answer).at("/choices/0/message/tool_calls/0");
        ObjectNode request = request("{'messages':[{'role':'user','content':'Hi'}]}");
        request.withArray("messages")
                .addObject()
                .put("role", "assistant")
                .putArray("tool_calls")
                .add(call);
        request.withArray("messages")
                .addObject()
                .put("role", "tool")
                .put("content", "rain")
                .set("tool_call_id", call.get("id"));
        JsonNode body = body("gemini-3-pro", request);
        assertThat(body.at("/contents/1/parts/0/thoughtSignature").asString()).isEqualTo("c2ln");
        assertThat(body.at("/contents/2/parts/0/functionResponse/response/result")
                        .asString())
                .isEqualTo("rain");
    }

    @ParameterizedTest
    @CsvSource({
        "gemini-2.5-flash, none, {\"thinkingBudget\":0}",
        "gemini-2.5-pro, none, {\"thinkingBudget\":128}",
        "gemini-2.5-pro, high, {\"thinkingBudget\":24576}",
        "gemini-3-pro-preview, minimal, {\"thinkingLevel\":\"LOW\"}",
        "gemini-3-flash, minimal, {\"thinkingLevel\":\"MINIMAL\"}"
    })
    void asksEachModelToThinkInItsWay(String model, String effort, String config) {
        ObjectNode request =
                request("{'messages':[{'role':'user','content':'Hi'}]}").put("reasoning_effort", effort);
        assertThat(body(model, request).at("/generationConfig/thinkingConfig")).isEqualTo(Json.parse(config));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n|'n':2",
                "top_logprobs|'top_logprobs':3",
                "parallel_tool_calls|'parallel_tool_calls':false,'tools':[{'type':'function','function':{'name':'t'}}]",
                "stop|'stop':['1','2','3','4','5','6']",
                "messages.0.content.0.image_url.url|'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'https://x/y'}}]}]"
            })
    void refusesByName(String fieldAndJson) {
        String[] parts = fieldAndJson.split("\\|", 2);
        ObjectNode request = request("{'messages':[{'role':'user','content':'Hi'}]}");
        request.setAll(request("{" + parts[1] + "}"));
        assertThatThrownBy(() -> body("gemini-2.5-flash", request)).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.status()).isEqualTo(422);
            assertThat(problem.errors().getFirst().path()).isEqualTo(parts[0]);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "400, INVALID_ARGUMENT, '', 400, invalid_request_error,",
        "400, INVALID_ARGUMENT, API_KEY_INVALID, 401, authentication_error, invalid_api_key",
        "403, PERMISSION_DENIED, '', 403, permission_error,",
        "404, NOT_FOUND, '', 404, invalid_request_error, model_not_found",
        "429, RESOURCE_EXHAUSTED, '', 429, rate_limit_error, rate_limit_exceeded",
        "500, INTERNAL, '', 500, server_error,",
        "503, UNAVAILABLE, '', 503, server_error, overloaded",
        "504, DEADLINE_EXCEEDED, '', 504, server_error,"
    })
    void errorsAreOpenAis(int status, String name, String reason, int wanted, String type, String code) {
        ObjectNode body = request("{'error':{'message':'key AIzaSecretSecretSecret is bad'}}");
        ObjectNode error = (ObjectNode) body.get("error");
        error.put("code", status)
                .put("status", name)
                .putArray("details")
                .addObject()
                .put("reason", reason);
        for (JsonNode form : List.of(body, Json.array().add(body))) {
            WireError found = wire.error(status, form.toString().getBytes(StandardCharsets.UTF_8));
            assertThat(found.status()).isEqualTo(wanted);
            assertThat(found.type()).isEqualTo(type);
            assertThat(found.code()).isEqualTo(code);
            assertThat(found.getMessage()).isNotEmpty().doesNotContain("AIza");
        }
    }

    @Test
    void blocksAreErrorsOrFilters() {
        ObjectNode blocked = request("{'promptFeedback':{'blockReason':'SAFETY'}}");
        assertThatThrownBy(() -> wire.chatAnswer(target("m"), blocked))
                .isInstanceOfSatisfying(WireError.class, error -> {
                    assertThat(error.status()).isEqualTo(400);
                    assertThat(error.code()).isEqualTo("content_filter");
                });
        WireStream stream = wire.stream(target("m"), request("{}"));
        assertThatThrownBy(() -> stream.event(null, blocked.toString())).isInstanceOf(WireError.class);
        ObjectNode filtered = request("{'candidates':[{'finishReason':'SAFETY'}]}");
        assertThat(wire.chatAnswer(target("m"), filtered)
                        .at("/choices/0/finish_reason")
                        .asString())
                .isEqualTo("content_filter");
        ObjectNode spoiled = request("{'candidates':[{'finishReason':'MALFORMED_FUNCTION_CALL'}]}");
        assertThatThrownBy(() -> wire.chatAnswer(target("m"), spoiled))
                .isInstanceOfSatisfying(
                        WireError.class, error -> assertThat(error.status()).isEqualTo(502));
        assertThatThrownBy(() -> wire.chatAnswer(target("m"), Json.object())).isInstanceOf(WireError.class);
    }

    @Test
    void aStreamTellsTheWholeAnswerHoweverItIsCut() {
        ObjectNode request = request("{'stream':true,'stream_options':{'include_usage':true}}");
        for (int seed = 0; seed < RUNS; seed++) {
            Random random = new Random(seed);
            ObjectNode answer = GeminiTalk.answer(random);
            WireStream stream = wire.stream(target("m"), request);
            List<ObjectNode> chunks = new ArrayList<>();
            for (ObjectNode event : GeminiTalk.events(answer, random)) {
                assertThat(stream.finished()).isFalse();
                chunks.addAll(stream.event(null, event.toString()));
            }
            assertThat(stream.finished()).isTrue();
            assertThat(Assembled.completion(chunks))
                    .as("seed %s", seed)
                    .isEqualTo(wire.chatAnswer(target("m"), answer));
        }
    }

    @Test
    void anErrorInsideAStreamIsThrown() {
        WireStream stream = wire.stream(target("m"), request("{}"));
        assertThatThrownBy(() ->
                        stream.event(null, "{\"error\":{\"code\":503,\"status\":\"UNAVAILABLE\",\"message\":\"x\"}}"))
                .isInstanceOfSatisfying(
                        WireError.class, error -> assertThat(error.status()).isEqualTo(503));
    }

    @Test
    void embeddings() {
        WireRequest sent =
                wire.embeddings(target("gemini-embedding-001"), request("{'input':['a','b'],'dimensions':8}"));
        assertThat(sent.url()).endsWith("/models/gemini-embedding-001:batchEmbedContents");
        JsonNode body = Json.parse(new String(sent.body(), StandardCharsets.UTF_8));
        assertThat(body.at("/requests/1"))
                .isEqualTo(request("{'model':'models/gemini-embedding-001',"
                        + "'content':{'parts':[{'text':'b'}]},'outputDimensionality':8}"));
        ObjectNode answer =
                wire.embeddingsAnswer(target("m"), request("{'embeddings':[{'values':[1.5,-2]},{'values':[0]}]}"));
        assertThat(answer.at("/data/0/embedding/1").asInt()).isEqualTo(-2);
        assertThat(answer.at("/data/1/index").asInt()).isEqualTo(1);
        ObjectNode encoded = Vectors.encoded(request("{'encoding_format':'base64'}"), answer);
        assertThat(encoded.at("/data/0/embedding").asString()).isEqualTo("AADAPwAAAMA=");
        assertThatThrownBy(() -> wire.embeddings(target("m"), request("{'input':[[1,2]]}")))
                .isInstanceOf(Problem.class);
    }

    @Test
    void modelNames() {
        ObjectNode answer = request("{'models':[{'name':'models/gemini-2.5-flash'},{'name':'tunedModels/x'}]}");
        assertThat(wire.modelNames(answer)).containsExactly("gemini-2.5-flash", "tunedModels/x");
    }
}
