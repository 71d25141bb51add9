package dev.agentplatform.workflow.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DiffTest {
    private static final JsonNode BEFORE = Json.parse("""
        {"nodes": [{"id": "a", "type": "start"}, {"id": "b", "type": "answer", "config": {"template": "x", "n": [1, {"m": 1}]}},
                   {"id": "old", "type": "end"}],
         "edges": [{"source": "a", "target": "b"}, {"source": "b", "target": "old", "condition": "x"}]}
        """);

    @Test
    void tellsNodesPathsAndEdges() {
        JsonNode after = Json.parse("""
            {"nodes": [{"id": "b", "type": "join", "name": "B", "config": {"template": "y", "n": [1.0, {"m": 2}, 3], "k": null}},
                       {"id": "a", "type": "start"}, {"id": "new", "type": "end"}],
             "edges": [{"source": "b", "target": "old", "condition": "y"}, {"source": "a", "target": "b"}]}
            """);
        Diff diff = Diff.between(BEFORE, after);
        assertThat(diff.nodesAdded()).containsExactly("new");
        assertThat(diff.nodesRemoved()).containsExactly("old");
        assertThat(diff.nodesChanged()).hasSize(1);
        assertThat(diff.nodesChanged().getFirst().id()).isEqualTo("b");
        assertThat(diff.nodesChanged().getFirst().paths())
                .containsExactly("type", "name", "config.template", "config.n.1.m", "config.n.2", "config.k");
        assertThat(diff.edgesAdded()).containsExactly(new EdgeDefinition("b", "old", "y"));
        assertThat(diff.edgesRemoved()).containsExactly(new EdgeDefinition("b", "old", "x"));
    }

    @Test
    void orderIsNoDifference() {
        JsonNode reordered = Json.parse("""
            {"edges": [{"target": "old", "source": "b", "condition": "x"}, {"source": "a", "target": "b", "condition": null}],
             "nodes": [{"id": "old", "type": "end", "config": {}},
                       {"id": "b", "type": "answer", "config": {"n": [1, {"m": 1}], "template": "x"}}, {"id": "a", "type": "start"}]}
            """);
        assertThat(Diff.between(BEFORE, reordered).isEmpty()).isTrue();
        assertThat(Diff.between(BEFORE, BEFORE).isEmpty()).isTrue();
        assertThatThrownBy(() -> Diff.between(BEFORE, Json.parse("[]"))).isInstanceOf(Problem.class);
    }
}
