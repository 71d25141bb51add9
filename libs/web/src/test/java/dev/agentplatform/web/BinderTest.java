package dev.agentplatform.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.kernel.Times;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class BinderTest {
    enum Mode {
        ROUND_ROBIN,
        ROUTER
    }

    record Retry(@Range(min = 1, max = 5) int maxAttempts, Double retryDelaySeconds) {}

    record Config(Retry retryPolicy) {}

    record Member(
            @Required UUID agentId,
            @Length(min = 1, max = 5) String role) {}

    record Body(
            String name,
            @OneOf({"draft", "published"}) String status,
            Integer count,
            long big,
            boolean flag,
            Instant dueTime,
            @Alias("input") JsonNode inputJson,
            ObjectNode metadataJson,
            @Length(max = 2) List<Member> members,
            Map<String, Integer> weights,
            Mode mode,
            Config config,
            List<String> words) {}

    record Tree(String name, List<Tree> children) {}

    record Refusing(int value) {
        Refusing {
            if (value == 13) throw Problem.invalid("value", "must not be 13");
        }
    }

    private static Body bind(String json) {
        return Binder.bind(Json.parse(json), Body.class);
    }

    private static List<FieldError> errors(String json) {
        Problem problem = catchThrowableOfType(Problem.class, () -> bind(json));
        assertThat(problem).as("a problem for %s", json).isNotNull();
        assertThat(problem.status()).isEqualTo(422);
        return problem.errors();
    }

    @Test
    void everyKindOfValueIsBound() {
        Body body = bind("""
            {"name":"n","status":"draft","count":3,"big":9007199254740993,"flag":true,
             "due_time":"2026-01-31T12:00:00.5+01:00","input":[1],"metadata_json":{"a":null},
             "members":[{"agent_id":"01890000-0000-7000-8000-000000000001","role":"r"}],
             "weights":{"x":1},"mode":"round_robin",
             "config":{"retry_policy":{"max_attempts":2,"retry_delay_seconds":1}},"words":["a"]}\
            """);
        assertThat(body.name()).isEqualTo("n");
        assertThat(body.big()).isEqualTo(9007199254740993L);
        assertThat(body.dueTime()).isEqualTo(Instant.parse("2026-01-31T11:00:00.500Z"));
        assertThat(Json.write(body.inputJson())).isEqualTo("[1]");
        assertThat(body.members().getFirst().agentId()).hasToString("01890000-0000-7000-8000-000000000001");
        assertThat(body.weights()).containsEntry("x", 1);
        assertThat(body.mode()).isEqualTo(Mode.ROUND_ROBIN);
        assertThat(body.config().retryPolicy()).isEqualTo(new Retry(2, 1.0));
    }

    @Test
    void absentAndNullAreTheSameAndTheOwnNameWinsOverAnAlias() {
        Body body = bind("{\"name\":null,\"input_json\":1,\"input\":2}");
        assertThat(body.name()).isNull();
        assertThat(body.count()).isNull();
        assertThat(body.big()).isZero();
        assertThat(body.flag()).isFalse();
        assertThat(body.members()).isNull();
        assertThat(body.inputJson().intValue()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"name":1}                                             | name                              | must be a text
        {"status":"other"} | status | must be one of draft, published
        {"count":"1"} | count | must be a whole number
        {"count":1.0} | count | must be a whole number
        {"count":2147483648} | count | must be between -2147483648 and 2147483647
        {"big":9223372036854775808} | big | must be between -9223372036854775808 and 9223372036854775807
        {"flag":"true"} | flag | must be true or false
        {"flag":0} | flag | must be true or false
        {"due_time":"2026-01-31"} | due_time | must be a time such as 2026-01-31T12:00:00.000Z
        {"due_time":1700000000000} | due_time | must be a time such as 2026-01-31T12:00:00.000Z
        {"due_time":"+99999-01-01T00:00:00Z"} | due_time | must be a time such as 2026-01-31T12:00:00.000Z
        {"metadata_json":[]}                                   | metadata_json                     | must be an object
        {"members":{}}                                         | members                           | must be a list
        {"members":[{}]}                                       | members.0.agent_id                | is required
        {"members":[null]}                                     | members.0                         | must not be null
        {"members":[{"agent_id":"1-1-1-1-1"}]} | members.0.agent_id | must be an id (a UUID)
        {"members":[1,2,3]} | members | must have at most 2 entries
        {"weights":{"x":"1"}} | weights.x | must be a whole number
        {"mode":"ROUTER"} | mode | must be one of round_robin, router
        {"config":{"retry_policy":{"max_attempts":9}}} | config.retry_policy.max_attempts | must be between 1 and 5
        {"config":{"retry_policy":{"retry_delay_seconds":"1"}}}|config.retry_policy.retry_delay_seconds|must be a number
        {"config":[]}                                          | config                            | must be an object
        {"words":["a",2]}                                      | words.1                           | must be a text
        {"input":1,"name":{}}                                  | name                              | must be a text
        """)
    void aWrongValueIsNamedByItsPath(String json, String path, String message) {
        assertThat(errors(json)).containsExactly(new FieldError(path, message));
    }

    @Test
    void allErrorsComeAtOnce() {
        assertThat(errors("{\"name\":1,\"flag\":1,\"members\":[{\"role\":\"\"},{\"role\":\"toolong\"}]}"))
                .extracting(FieldError::path)
                .containsExactly(
                        "name", "flag", "members.0.agent_id", "members.0.role", "members.1.agent_id", "members.1.role");
    }

    @Test
    void textHasADefaultLimit() {
        assertThat(bind("{\"name\":\"" + "x".repeat(10_000) + "\"}").name()).hasSize(10_000);
        assertThat(errors("{\"name\":\"" + "x".repeat(10_001) + "\"}"))
                .containsExactly(new FieldError("name", "must have at most 10000 characters"));
    }

    @Test
    void recordsMayContainThemselvesAndRefuseTheirValues() {
        JsonNode json = Json.parse("{\"name\":\"a\",\"children\":[{\"name\":\"b\"}]}");
        assertThat(Binder.bind(json, Tree.class).children()).containsExactly(new Tree("b", null));
        assertThatThrownBy(() -> Binder.bind(Json.parse("{\"value\":13}"), Refusing.class))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.errors())
                                .containsExactly(new FieldError("value", "must not be 13")));
    }

    @Test
    void timesAreWrittenWithMilliseconds() {
        assertThat(Times.format(0)).isEqualTo("1970-01-01T00:00:00.000Z");
        assertThat(Times.format(1_795_219_867_042L))
                .isEqualTo(Instant.ofEpochMilli(1_795_219_867_042L).toString());
        assertThat(Times.format(-1)).isEqualTo("1969-12-31T23:59:59.999Z");
    }
}
