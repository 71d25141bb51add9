package dev.agentplatform.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.agent.Action.Finish;
import dev.agentplatform.agent.Action.Malformed;
import dev.agentplatform.agent.Action.UseTool;
import dev.agentplatform.kernel.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActionTest {
    @Test
    void readsBothActions() {
        assertThat(Action.read("{\"action\":\"tool\",\"tool_code\":\"search\",\"input_json\":{\"q\":1}}"))
                .contains(new UseTool("search", Json.parse("{\"q\":1}")));
        assertThat(Action.read(" {\"action\":\"tool\",\"tool_code\":\"now\"}\n"))
                .contains(new UseTool("now", Json.object()));
        assertThat(Action.read("{\"action\":\"finish\",\"answer\":\"done\"}")).contains(new Finish("done"));
        assertThat(Action.read("{\"action\":\"finish\",\"answer\":{\"a\":[1]}}"))
                .contains(new Finish("{\"a\":[1]}"));
    }

    @Test
    void readsAnActionInAFence() {
        assertThat(Action.read("```json\n{\"action\":\"finish\",\"answer\":\"x\"}\n```"))
                .contains(new Finish("x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"action\":\"tool\",\"tool_code\":\"search\",",
                "{\"action\":\"tool\"}",
                "{\"action\":\"tool\",\"tool_code\":\"x\",\"input_json\":[1]}",
                "{\"action\":\"dance\"}",
                "{\"action\":7}"
            })
    void saysWhatIsWrongWithAnAction(String text) {
        assertThat(Action.read(text)).get().isInstanceOf(Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Hello.", "{not json}", "{\"answer\":1}", "[1]", "```", "``````"})
    void proseIsNoAction(String text) {
        assertThat(Action.read(text)).isEmpty();
    }
}
