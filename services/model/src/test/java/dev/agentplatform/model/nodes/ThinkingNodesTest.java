package dev.agentplatform.model.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.engine.RunOptions;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.Scope;
import dev.agentplatform.model.CallOrigin;
import dev.agentplatform.model.wire.WireError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ThinkingNodesTest {
    private static final UUID RUN = UUID.fromString("019b7c00-0000-7000-8000-000001000000");
    private static final String PERSON =
            "'response_schema':{'properties':{'age':{'type':'integer'}},'required':['age'],'additionalProperties':false}";

    private final Scripted model = new Scripted();

    /** Says what it was told to, and keeps what it was asked. */
    private static final class Scripted implements ChatModel {
        private final Deque<ObjectNode> answers = new ArrayDeque<>();
        private final List<ObjectNode> requests = new ArrayList<>();
        private final List<CallOrigin> origins = new ArrayList<>();
        private final List<Duration> limits = new ArrayList<>();
        private WireError error;

        Scripted says(String content) {
            ObjectNode answer = Json.object().put("model", "m-1");
            ObjectNode choice = answer.putArray("choices").addObject().put("finish_reason", "stop");
            choice.putObject("message").put("role", "assistant").put("content", content);
            ObjectNode usage =
                    answer.putObject("usage").put("prompt_tokens", 10).put("completion_tokens", 5);
            usage.put("total_tokens", 15).put("cost", 0.25);
            answers.add(answer);
            return this;
        }

        @Override
        public ObjectNode chat(CallOrigin origin, ObjectNode request, Duration timeLimit) {
            requests.add(request);
            origins.add(origin);
            limits.add(timeLimit);
            if (error != null) throw error;
            return answers.remove();
        }
    }

    private static JsonNode json(String text) {
        return Json.parse(text.replace('\'', '"'));
    }

    private Outcome run(NodeType type, String config) throws Exception {
        JsonNode none = Json.nothing();
        RunRecord run = new RunRecord(
                RUN,
                "w1",
                "workflow",
                null,
                null,
                null,
                null,
                RunStatus.RUNNING,
                null,
                0,
                1,
                1,
                0,
                none,
                RunOptions.USUAL,
                none,
                none,
                none);
        Ids ids = new Ids(Clock.fixed(Instant.ofEpochMilli(1), ZoneOffset.UTC));
        Scope scope = Scope.of(Map.of("input", json("{'name':'Ann','history':[{'role':'user','content':'Hi'}]}")));
        NodeContext context = new NodeContext(scope, run, "n", 7, 6, 1, 2, none, 1, ids, List::of);
        return type.prepare(json(config)).execute(context);
    }

    private Outcome.Done done(NodeType type, String config) throws Exception {
        return (Outcome.Done) run(type, config);
    }

    @Test
    void asksWithPromptAndSystem() throws Exception {
        model.says("Hello Ann");
        Outcome.Done done = done(
                new LlmNode(model),
                "{'model':'m','system_prompt':'Be kind.','prompt':'Greet"
                    + " {{input.name}}','temperature':0.5,'max_tokens':9,'extra_json':{'top_p':0.3,'stream':true}}");
        assertThat(model.requests.getFirst())
                .isEqualTo(json("{'top_p':0.3,'model':'m','messages':[{'role':'system','content':'Be kind.'},"
                        + "{'role':'user','content':'Greet Ann'}],'temperature':0.5,'max_tokens':9}"));
        assertThat(done.text()).isEqualTo("Hello Ann");
        // By text: a number may be a decimal or a double.
        assertThat(Json.parse(done.output().toString()))
                .isEqualTo(json("{'model':'m-1','usage':{'prompt_tokens':10,'completion_tokens':5,'total_tokens':15},"
                        + "'cost':0.25,'content':'Hello Ann','finish_reason':'stop'}"));
        assertThat(done.input().path("prompt").asString()).isEqualTo("Greet Ann");
        assertThat(model.origins.getFirst().idempotencyKey())
                .isEqualTo(Ids.step(RUN, 6).toString());
        assertThat(model.origins.getFirst().stepId()).isEqualTo(Ids.step(RUN, 7));
        assertThat(model.limits.getFirst()).isNull();
    }

    @Test
    void aConversationGoesBeforeThePromptAndIsNotRecordedAgain() throws Exception {
        model.says("ok");
        Outcome.Done done = done(
                new LlmNode(model),
                "{'messages':'{{input.history}}','prompt':'And?','images':['https://x/y.png'],'timeout_seconds':5}");
        assertThat(model.requests.getFirst().path("messages"))
                .isEqualTo(
                        json("[{'role':'user','content':'Hi'},{'role':'user','content':[{'type':'text','text':'And?'},"
                                + "{'type':'image_url','image_url':{'url':'https://x/y.png'}}]}]"));
        assertThat(done.input()).isEqualTo(json("{'prompt':'And?','message_count':2}"));
        assertThat(model.limits.getFirst()).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void anAnswerThatFitsTheSchemaIsParsed() throws Exception {
        model.says("```json\n{\"age\": 7}\n```");
        Outcome.Done done = done(new LlmNode(model), "{'prompt':'p'," + PERSON + "}");
        assertThat(done.output().path("parsed")).isEqualTo(json("{'age':7}"));
        assertThat(model.requests
                        .getFirst()
                        .at("/response_format/json_schema/schema/type")
                        .asString())
                .isEqualTo("object");
    }

    @Test
    void oneThatDoesNotFitIsShownToTheModelOnce() throws Exception {
        model.says("{'age':'old'}").says("{\"age\":70}");
        Outcome.Done done = done(new LlmNode(model), "{'prompt':'p'," + PERSON + "}");
        assertThat(done.output().path("parsed")).isEqualTo(json("{'age':70}"));
        assertThat(done.output().at("/usage/total_tokens").asInt()).isEqualTo(30);
        assertThat(done.output().path("cost").decimalValue()).isEqualByComparingTo("0.5");
        assertThat(model.requests.getLast().path("messages").size()).isEqualTo(3);
        assertThat(model.origins).extracting(CallOrigin::idempotencyKey).doesNotHaveDuplicates();
    }

    @Test
    void twoThatDoNotFitFailTheStep() throws Exception {
        model.says("no").says("{\"age\":\"x\"}");
        Outcome.Fail fail = (Outcome.Fail) run(new LlmNode(model), "{'prompt':'p'," + PERSON + "}");
        assertThat(fail.code()).isEqualTo("invalid_output");
        assertThat(fail.retryable()).isTrue();
        assertThat(fail.message()).contains("age");
        assertThat(fail.output().path("content").asString()).isEqualTo("{\"age\":\"x\"}");
    }

    @Test
    void anAnswerThatWasCutIsNotAskedForAgain() throws Exception {
        model.says("{\"age\":");
        ((ObjectNode) model.answers.getFirst().at("/choices/0")).put("finish_reason", "length");
        Outcome.Fail fail = (Outcome.Fail) run(new LlmNode(model), "{'prompt':'p'," + PERSON + "}");
        assertThat(fail.code()).isEqualTo("output_truncated");
        assertThat(fail.retryable()).isFalse();
        assertThat(model.requests).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "429, rate_limit_exceeded, rate_limit_exceeded, true",
        "500, , model_http_500, true",
        "504, provider_timeout, provider_timeout, true",
        "400, , model_http_400, false",
        "401, invalid_api_key, invalid_api_key, false"
    })
    void failuresTellWhetherAnotherTryMayHelp(int status, String code, String wanted, boolean retryable)
            throws Exception {
        model.error = new WireError(status, "t", code, "Because.");
        for (NodeType type :
                List.of(new LlmNode(model), new QuestionClassifierNode(model), new ParameterExtractorNode(model))) {
            Outcome.Fail fail =
                    (Outcome.Fail) run(type, "{'prompt':'p','query':'q','classes':['a'],'parameters':['a']}");
            assertThat(fail.code()).isEqualTo(wanted);
            assertThat(fail.message()).isEqualTo("Because.");
            assertThat(fail.retryable()).isEqualTo(retryable);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prompt|{'prompt':' '}",
                "messages|{'messages':'x'}",
                "messages.0.role|{'messages':[{'content':'x'}]}",
                "max_tokens|{'prompt':'p','max_tokens':'many'}",
                "extra_json|{'prompt':'p','extra_json':[1]}",
                "response_schema.type|{'prompt':'p','response_schema':{'type':'array'}}",
                "response_schema|{'prompt':'p','response_schema':[1]}"
            })
    void wrongConfigsAreNamed(String fieldAndConfig) {
        String[] parts = fieldAndConfig.split("\\|", 2);
        assertThatThrownBy(() -> run(new LlmNode(model), parts[1]))
                .isInstanceOfAny(Problem.class)
                .hasMessageContaining(parts[0]);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"class\":\"b\"} | b | true",
                "```{\"class\":\"b\"}``` | b | true",
                "{\"class\":\"Billing\"} | b | true",
                "B | b | true",
                "It is about sales, surely. | sales | true",
                "{\"class\":\"other\"} | default | false",
                "b or sales | default | false",
                "'' | default | false"
            })
    void theClassIsTheRoute(String said, String route, boolean recognized) throws Exception {
        model.says(said);
        Outcome.Done done = done(
                new QuestionClassifierNode(model),
                "{'query':'My bill','classes':[{'id':'b','name':'Billing','description':'Money'},'sales']}");
        assertThat(done.route()).isEqualTo(route);
        assertThat(done.output().path("recognized").asBoolean()).isEqualTo(recognized);
        assertThat(done.output().path("class").asString()).isEqualTo(route);
        assertThat(model.requests.getFirst().path("messages").get(0).toString()).contains("- b (Billing): Money");
        assertThat(model.requests.getFirst().at("/response_format/json_schema/schema/properties/class/enum"))
                .isEqualTo(json("['b','sales']"));
    }

    @Test
    void aNodeThatAsksNothingIsForAnExecutorOutside() {
        assertThat(new LlmNode(model).prepare(json("{'model':'m','system_prompt':'s'}")))
                .isNull();
    }

    @Test
    void theRouteOfNoClassCanBeNamed() throws Exception {
        model.says("?");
        String config = "{'query':'q','classes':['a'],'default':'people'}";
        assertThat(done(new QuestionClassifierNode(model), config).route()).isEqualTo("people");
        for (String classes : List.of("[]", "5", "[{}]", "['a','a']")) {
            assertThatThrownBy(() -> run(new QuestionClassifierNode(model), "{'query':'q','classes':" + classes + "}"))
                    .isInstanceOf(Problem.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{'name':'city','required':true},{'name':'n','type':'integer'}]",
                "{'city':{'required':true},'n':'integer'}",
                "{'type':'object','properties':{'city':{'type':'string'},'n':{'type':'integer'}},'required':['city']}"
            })
    void valuesAreReadAndChecked(String parameters) throws Exception {
        String config = "{'query':'Rome','parameters':" + parameters + "}";
        model.says("{\"city\":\"Rome\",\"n\":null}");
        Outcome.Done done = done(new ParameterExtractorNode(model), config);
        assertThat(done.output().path("parameters")).isEqualTo(json("{'city':'Rome'}"));
        assertThat(done.input()).isEqualTo(json("{'query':'Rome','parameters':['city','n']}"));
        model.says("{\"n\":\"x\"}").says("{\"n\":2}");
        Outcome.Fail fail = (Outcome.Fail) run(new ParameterExtractorNode(model), config);
        assertThat(fail.code()).isEqualTo("invalid_output");
        assertThat(fail.message()).contains("city");
    }

    @Test
    void wrongParametersAreNamed() {
        for (String wrong : List.of("[]", "5", "[{}]", "['a','a']", "{'a':5}", "[{'name':'a','type':'date'}]")) {
            assertThatThrownBy(() -> run(new ParameterExtractorNode(model), "{'query':'q','parameters':" + wrong + "}"))
                    .isInstanceOf(Problem.class)
                    .hasMessageContaining("parameters");
        }
    }
}
