package dev.agentplatform.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.agent.Agent.Ref;
import dev.agentplatform.kernel.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private static List<String> tools(String refs, String input) {
        Agent agent = Agent.of(Json.parse("{\"tool_refs\":" + refs + "}"));
        return Selection.of(agent, input).tools().stream().map(Ref::named).toList();
    }

    private static List<String> skills(String refs, String input) {
        Agent agent = Agent.of(Json.parse("{\"skill_refs\":" + refs + "}"));
        return Selection.of(agent, input).skills().stream().map(Ref::named).toList();
    }

    @Test
    void aToolNeedsAReason() {
        String refs = """
            [{"code":"always","required":true},{"code":"auto","config_json":{"auto_invoke":true}},
             {"code":"search","selection_keywords":["Refund","退款"]},{"code":"idle"},
             {"code":"off","config_json":{"auto_invoke":false}}]\
            """;
        assertThat(tools(refs, "hello")).containsExactly("always", "auto");
        assertThat(tools(refs, "please REFUND me")).containsExactly("always", "auto", "search");
        assertThat(tools(refs, "我要退款")).containsExactly("always", "auto", "search");
    }

    @Test
    void aSkillIsSelectedUnlessItSaysOtherwise() {
        String refs = """
            [{"code":"plain"},{"code":"off","config_json":{"auto_invoke":false}},
             {"code":"word","selection_keywords":["sum"],"config_json":{"auto_invoke":false}}]\
            """;
        assertThat(skills(refs, "hello")).containsExactly("plain");
        assertThat(skills(refs, "Summarize this")).containsExactly("plain", "word");
    }

    @Test
    void anEmptyKeywordSelectsNothing() {
        assertThat(tools("[{\"code\":\"search\",\"selection_keywords\":[\"\",\" \"]}]", "hello"))
                .isEmpty();
    }

    @Test
    void aFinishedRunShowsTheReferencesAsTheyWereWritten() {
        Agent agent = Agent.of(Json.parse("{\"tool_refs\":[{\"tool_id\":\"t\",\"required\":true}]}"));
        assertThat(Json.write(Selection.shown(Selection.of(agent, "").tools())))
                .isEqualTo("[{\"tool_id\":\"t\",\"required\":true}]");
    }
}
