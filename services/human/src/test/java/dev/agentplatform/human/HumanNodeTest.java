package dev.agentplatform.human;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.engine.Arrival;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.engine.RunOptions;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.Scope;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.testkit.TestClock;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class HumanNodeTest {
    private static final long NOW = TestClock.START.toEpochMilli();
    private static final UUID RUN = UUID.fromString("019b7c00-0000-7000-8000-000001000000");

    private static NodeContext context(JsonNode note) {
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
                NOW,
                NOW,
                0,
                none,
                RunOptions.USUAL,
                none,
                none,
                none);
        Scope scope = Scope.of(Map.of("input", Json.parse("{\"who\":\"ann\",\"due\":\"2026-01-01T00:01:00Z\"}")));
        return new NodeContext(scope, run, "ask", 7, 7, 1, 1, note, NOW, new Ids(new TestClock()), List::of);
    }

    private static NodeWork work(String type, String config) {
        return new HumanNode(type, Outbox.unheard(Clock.systemUTC())).prepare(Json.parse(config));
    }

    private static Outcome.Wait asked(String type, String config) throws Exception {
        return (Outcome.Wait) work(type, config).execute(context(Json.nothing()));
    }

    private static Object value(RowWrite row, String column) {
        List<String> names = row.shape().columns().stream().map(it -> it.name()).toList();
        return row.values()[row.shape().keys().size() + names.indexOf(column)];
    }

    @Test
    void asksWithARowInTheStepsOwnUnit() throws Exception {
        Outcome.Wait wait = asked(
                "approval",
                "{\"title\":\"Pay {{input.who}}\",\"assigned_to\":\"{{input.who}}\",\"request\":{\"n\":1},"
                        + "\"form_schema_json\":\"{\\\"type\\\":\\\"object\\\"}\",\"due_time\":\"{{input.due}}\"}");
        RowWrite task = wait.rows().getFirst();
        assertThat(wait.on()).isEqualTo("human");
        assertThat(wait.until()).isEqualTo(NOW + 60_000);
        assertThat(task.shape().table()).isEqualTo("human_task");
        assertThat(value(task, "title")).isEqualTo("Pay ann");
        assertThat(value(task, "assigned_to")).isEqualTo("ann");
        assertThat(value(task, "request")).isEqualTo("{\"n\":1}");
        assertThat(value(task, "form")).isEqualTo("{\"type\":\"object\"}");
        assertThat(value(task, "no")).isEqualTo(7);
        assertThat(value(task, "node_run_id")).isEqualTo(Ids.step(RUN, 7).toString());
        assertThat(wait.note().path("human_task_id").asString())
                .isEqualTo(value(task, "id").toString());
    }

    @Test
    void aRepeatedTurnAsksTheSameTask() throws Exception {
        Object first = value(asked("human", "{}").rows().getFirst(), "id");
        assertThat(value(asked("human", "{}").rows().getFirst(), "id")).isEqualTo(first);
        assertThat(first).isNotEqualTo(Ids.step(RUN, 7));
        assertThat(HumanNode.taskId(Ids.step(RUN, 8))).isNotEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource({"approval,approval", "human,approval", "human-input,input", "human-takeover,takeover"})
    void namesTheTypeOfTask(String type, String taskType) throws Exception {
        RowWrite task = asked(type, "{}").rows().getFirst();
        assertThat(value(task, "task_type")).isEqualTo(taskType);
        assertThat(value(task, "title")).isEqualTo("ask");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                          | 0",
                "{\"due_in_seconds\":1.5}                                    | 1500",
                "{\"timeout_seconds\":\"20\"}                                | 20000",
                "{\"due_in_seconds\":30,\"due_time\":\"{{input.due}}\"}      | 30000",
                "{\"timeout_seconds\":0}                                     | 0"
            })
    void waitsUntilTheEarliestTime(String config, long after) throws Exception {
        assertThat(asked("human", config).until()).isEqualTo(after == 0 ? 0 : NOW + after);
    }

    @Test
    void anAnswerIsTheOutputAndTheRoute() throws Exception {
        JsonNode body = Json.parse("{\"status\":\"rejected\",\"response\":{\"text\":\"no\"},"
                + "\"human_task_id\":\"x\",\"completed_by\":\"b\"}");
        NodeWork work = work("approval", "{}");
        Outcome.Done done = (Outcome.Done) work.resume(context(Json.object()), new Arrival.Answer(body));
        assertThat(done.output()).isEqualTo(body);
        assertThat(done.route()).isEqualTo("rejected");
        assertThat(done.text()).isEqualTo("no");
    }

    @ParameterizedTest
    @CsvSource({"approve,approved,approved", "reject,rejected,rejected", "route,timeout,expired"})
    void aTimeoutMayBeAnAnswer(String onTimeout, String route, String status) throws Exception {
        NodeWork work = work("approval", "{\"on_timeout\":\"" + onTimeout + "\"}");
        Outcome.Done done = (Outcome.Done) work.resume(context(Json.object()), new Arrival.TimeUp());
        assertThat(done.route()).isEqualTo(route);
        assertThat(done.output().path("status").asString()).isEqualTo(status);
        assertThat(value(done.rows().getFirst(), "status")).isEqualTo("expired");
    }

    @Test
    void aTimeoutFailsByDefault() throws Exception {
        Outcome.Fail fail = (Outcome.Fail) work("human", "{}").resume(context(Json.object()), new Arrival.TimeUp());
        assertThat(fail.code()).isEqualTo("human_timeout");
        assertThat(value(fail.rows().getFirst(), "status")).isEqualTo("expired");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"on_timeout\":\"x\"}", "{\"title\":\"{{secrets.KEY}}\"}"})
    void refusesAConfigWhenPrepared(String config) {
        assertThatThrownBy(() -> work("human", config)).isInstanceOf(Problem.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"due_time\":\"tomorrow\"}",
                "{\"due_in_seconds\":\"soon\"}",
                "{\"form\":[1]}",
                "{\"form\":\"{\"}",
                "{\"task_type\":\"x\"}"
            })
    void refusesAConfigWhenResolved(String config) {
        assertThatThrownBy(() -> asked("human", config)).isInstanceOf(Problem.class);
    }
}
