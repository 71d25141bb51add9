package dev.agentplatform.workflow.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ValidationTest {
    @Test
    void acceptsAWorkflowThatUsesEverything() {
        Findings findings = check("""
            {"nodes": [
              {"id": "begin", "type": "start"},
              {"id": "check-1", "type": "if-else", "config": {"cases": [
                 {"route": "big", "expression": "input.total > 100 and {{input.vip}}"}], "else": "small"}},
              {"id": "ask", "type": "approval", "name": "Ask", "config": {"title": "Pay {{input.total}}?",
                 "assigned_to": "boss", "request_payload": {"total": "{{input.total}}"}, "due_seconds": 60}},
              {"id": "call", "type": "http-request", "config": {"url": "https://x/{{nodes.check-1.output.route}}",
                 "method": "post", "headers": {"authorization": "Bearer {{secrets.KEY}}"}, "body": {"n": 1},
                 "retry_policy": {"max_attempts": 3, "retry_delay_seconds": 1.5, "backoff": "exponential"},
                 "on_error": "route", "on_crash": "fail", "compensation_node_id": "undo", "timeout_seconds": 0.5}},
              {"id": "undo", "type": "http-request", "config": {"url": "https://x/undo"}},
              {"id": "sorry", "type": "answer", "config": {"template": "Sorry"}},
              {"id": "each", "type": "loop", "config": {"items": "{{nodes.call.output.body}}", "concurrency": 5,
                 "body": {"nodes": [
                    {"id": "inner", "type": "template-transform", "config": {"template": "{{item.name}} {{nodes.call.text}}"}},
                    {"id": "save", "type": "assigner", "config": {"assignments": {"last": "{{nodes.inner.text}}"}}}],
                    "edges": [{"source": "inner", "target": "save"}]}}},
              {"id": "meet", "type": "join", "config": {"join_policy": "n_completed", "count": 2}},
              {"id": "again", "type": "wait", "config": {"seconds": "{{state.pause}}", "allow_loop": true, "max_iterations": 10}},
              {"id": "done", "type": "end", "config": {"output": {"x": "{{state.last}}"}}}],
             "edges": [
              {"source": "begin", "target": "check-1"},
              {"source": "check-1", "target": "ask", "condition": "big"},
              {"source": "check-1", "target": "call", "condition": "small"},
              {"source": "ask", "target": "meet", "condition": "approved"},
              {"source": "call", "target": "each"},
              {"source": "call", "target": "sorry", "condition": "error"},
              {"source": "each", "target": "meet"},
              {"source": "meet", "target": "again"},
              {"source": "again", "target": "again", "condition": "state.n < 3"},
              {"source": "again", "target": "done", "condition": "state.n >= 3"}]}
            """);
        assertThat(findings.faults()).isEmpty();
        assertThat(findings.warnings()).isEmpty();
        assertThat(findings.valid()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"type": "nothing"}                                             | unknown_type nodes.0.type
        {"type": "code", "config": {"code": "print('{{')"}}             | -
        {"type": "answer"}                                              | missing_config nodes.0.config.template
        {"type": "answer", "config": {"template": null}}                | missing_config nodes.0.config.template
        {"type": "answer", "config": {"template": " "}}                 | missing_config nodes.0.config.template
        {"type": "answer", "config": {"template": 5}}                   | wrong_type nodes.0.config.template
        {"type": "answer", "config": {"template": "{{ 1 + }}"}}         | bad_template nodes.0.config.template
        {"type": "answer", "config": {"template": "{{nodes.b.text}}"}}  | unknown_node nodes.0.config.template
        {"type": "answer", "config": "x"}                               | malformed nodes.0.config;missing_config nodes.0.config.template
        {"type": "if-else"}                                             | missing_config nodes.0.config.expression
        {"type": "condition", "config": {"expression": "a ="}}          | bad_expression nodes.0.config.expression
        {"type": "if-else", "config": {"expression": "nodes.b.x == 1"}} | unknown_node nodes.0.config.expression
        {"type": "if-else", "config": {"cases": []}}                    | wrong_type nodes.0.config.cases
        {"type": "if-else", "config": {"cases": [{"route": 1, "expression": "("}]}} | wrong_type nodes.0.config.cases.0.route;bad_expression nodes.0.config.cases.0.expression
        {"type": "assigner", "config": {"assignments": {"a": {"b": ["{{"]}}}} | bad_template nodes.0.config.assignments.a.b.0
        {"type": "assigner", "config": {"assignments": []}}             | wrong_type nodes.0.config.assignments
        {"type": "assigner", "config": {"assignments": "{{input}}"}}    | -
        {"type": "wait"}                                                | missing_config nodes.0.config.seconds
        {"type": "wait", "config": {"seconds": -1}}                     | out_of_range nodes.0.config.seconds
        {"type": "wait", "config": {"seconds": "soon"}}                 | wrong_type nodes.0.config.seconds
        {"type": "http-request", "config": {"url": "x", "method": "FLY"}} | not_allowed nodes.0.config.method
        {"type": "http-request", "config": {"url": "x", "method": "{{input.m}}"}} | -
        {"type": "retriever", "config": {"documents": [], "top_k": 1.5}} | wrong_type nodes.0.config.top_k
        {"type": "human", "config": {"form_schema": 1}}                 | wrong_type nodes.0.config.form_schema
        {"type": "human", "config": {"form_schema_json": 1}}            | wrong_type nodes.0.config.form_schema_json
        {"type": "loop", "config": {"items": [1], "node": {"type": "answer"}}} | missing_config nodes.0.config.node.config.template
        {"type": "loop", "config": {"items": [1], "node": {"type": "what"}}} | unknown_type nodes.0.config.node.type
        {"type": "loop", "config": {"items": [1], "node": 1}}           | wrong_type nodes.0.config.node
        {"type": "loop", "config": {"items": [1], "concurrency": 101, "workflow_id": "w"}} | out_of_range nodes.0.config.concurrency
        {"type": "loop", "config": {"items": [1]}}                      | missing_config nodes.0.config.node
        {"type": "loop", "config": {"items": [1], "body": {"nodes": []}}} | no_start nodes.0.config.body.nodes
        {"type": "loop", "config": {"items": [1], "body": {"nodes": [{"id": "i", "type": "answer", "config": {"template": "{{nodes.j.x}}"}}]}}} | unknown_node nodes.0.config.body.nodes.0.config.template
        {"type": "start", "config": {"delay_seconds": -1}}              | out_of_range nodes.0.config.delay_seconds
        {"type": "start", "config": {"timeout_seconds": 0}}             | out_of_range nodes.0.config.timeout_seconds
        {"type": "start", "config": {"timeout_seconds": "1"}}           | wrong_type nodes.0.config.timeout_seconds
        {"type": "start", "config": {"retry_policy": {"max_attempts": 101, "retry_delay_seconds": -1, "backoff": "x", "max_delay_seconds": "y"}}} | out_of_range nodes.0.config.retry_policy.max_attempts;out_of_range nodes.0.config.retry_policy.retry_delay_seconds;wrong_type nodes.0.config.retry_policy.max_delay_seconds;not_allowed nodes.0.config.retry_policy.backoff
        {"type": "start", "config": {"retry_policy": 3}}                | wrong_type nodes.0.config.retry_policy
        {"type": "start", "config": {"allow_loop": "yes"}}              | wrong_type nodes.0.config.allow_loop
        {"type": "start", "config": {"max_iterations": 0}}              | out_of_range nodes.0.config.max_iterations
        {"type": "start", "config": {"compensation_node_id": "a"}}      | not_allowed nodes.0.config.compensation_node_id
        {"type": "start", "config": {"compensation_node_id": "b"}}      | unknown_node nodes.0.config.compensation_node_id
        {"type": "start", "config": {"on_error": "ignore", "on_crash": 1}} | not_allowed nodes.0.config.on_error;wrong_type nodes.0.config.on_crash
        {"type": "join", "config": {"join_policy": "some"}}             | not_allowed nodes.0.config.join_policy
        {"type": "join", "config": {"join_policy": "n_completed"}}      | missing_config nodes.0.config.count
        {"type": "join", "config": {"join_policy": "n_completed", "count": 0}} | out_of_range nodes.0.config.count
        {"type": "join", "config": {"join_policy": "n_completed", "count": 1}} | out_of_range nodes.0.config.count
        {"id": "a.b", "type": "start"}                                  | bad_node_id nodes.0.id
        {"id": "", "type": "start"}                                     | bad_node_id nodes.0.id
        {"id": 7, "type": "start"}                                      | malformed nodes.0.id
        {"id": "a", "type": ["x"]}                                      | malformed nodes.0.type
        7                                                               | malformed nodes.0
        """)
    void faultsOfANode(String node, String expected) {
        JsonNode definition = Json.parse(node);
        if (definition instanceof ObjectNode object && !object.has("id")) object.put("id", "a");
        JsonNode dsl = Json.object().set("nodes", Json.array().add(definition));
        List<Fault> faults = Validation.check(dsl, NodeTypes.standard()).faults();
        // A node of a wrong shape is no start either; that is told apart below.
        String found = faults.stream()
                .filter(fault -> !fault.path().equals("nodes"))
                .map(fault -> fault.code() + " " + fault.path())
                .collect(Collectors.joining(";"));
        assertThat(found).isEqualTo(expected.equals("-") ? "" : expected);
        assertThat(faults).allSatisfy(fault -> assertThat(fault.message()).isNotBlank());
    }

    @Test
    void tellsEveryFaultOfTheGraphAtOnce() {
        Findings findings = check("""
            {"nodes": [
              {"id": "a", "type": "start"}, {"id": "b", "type": "join"}, {"id": "c", "type": "join"},
              {"id": "d", "type": "join"}, {"id": "d", "type": "join"}, {"id": "x", "type": "join"}, {"id": "y", "type": "join"},
              {"id": "if", "type": "if-else", "config": {"expression": "true"}}],
             "edges": [
              {"source": "a", "target": "b"}, {"source": "b", "target": "c"}, {"source": "c", "target": "b"},
              {"source": "c", "target": "gone"}, {"source": "d", "target": "d"}, {"source": "a", "target": "d"},
              {"source": "x", "target": "y"}, {"source": "y", "target": "x"},
              {"source": "a", "target": "if"}, {"source": "if", "target": "c", "condition": "maybe"},
              {"source": "if", "target": "c", "condition": true}, {"source": "a", "target": "c", "condition": "a ="},
              {"source": "a", "target": "c", "condition": "error"}, {"source": 1, "target": "c"}]}
            """);
        assertThat(findings.faults().stream().map(fault -> fault.code() + " " + fault.path()))
                .containsExactlyInAnyOrder(
                        "duplicate_node_id nodes.4.id",
                        "cycle edges.2",
                        "dangling_edge edges.3.target",
                        "self_edge edges.4",
                        "unreachable_node nodes.5",
                        "unreachable_node nodes.6",
                        "cycle edges.7",
                        "unknown_route edges.9.condition",
                        "bad_expression edges.11.condition",
                        "unknown_route edges.12.condition",
                        "malformed edges.13.source",
                        "unreachable_node nodes.4");
        assertThat(findings.faults()).anySatisfy(fault -> {
            assertThat(fault.edge()).isEqualTo("c -> b");
            assertThat(fault.message()).contains("b -> c -> b").contains("allow_loop");
        });
    }

    @Test
    void aNodeThatIsEnteredAgainMustAllowIt() {
        String dsl = """
            {"nodes": [{"id": "a", "type": "start"}, {"id": "b", "type": "join", "config": {"allow_loop": %s}},
                       {"id": "c", "type": "join", "config": {"allow_loop": %s}}],
             "edges": [{"source": "a", "target": "b"}, {"source": "b", "target": "c"}, {"source": "c", "target": "b"}]}
            """;
        assertThat(check(dsl.formatted(true, false)).valid()).isTrue();
        assertThat(check(dsl.formatted(false, true)).faults())
                .extracting(Fault::code)
                .containsExactly("cycle");
    }

    @Test
    void nothingToBeginWith() {
        assertThat(check("{\"nodes\":[],\"edges\":[]}").faults())
                .extracting(Fault::code)
                .containsExactly("no_start");
        assertThat(check("{\"nodes\":[],\"edges\":[]}").draftFaults()).isEmpty();
        Findings ring = check("""
            {"nodes": [{"id": "a", "type": "join", "config": {"allow_loop": true}}], "edges": [{"source": "a", "target": "a"}]}
            """);
        assertThat(ring.faults()).extracting(Fault::code).containsExactly("no_start");
        Findings compensationOnly = check("""
            {"nodes": [{"id": "a", "type": "join", "config": {"compensation_node_id": "b"}},
                       {"id": "b", "type": "join", "config": {"compensation_node_id": "a"}}]}
            """);
        assertThat(compensationOnly.faults()).extracting(Fault::code).containsExactly("no_start");
    }

    @Test
    void textsThatAreNoWorkflow() {
        for (String dsl : List.of("null", "[]", "7", "{}", "{\"nodes\":{}}", "{\"nodes\":[],\"edges\":7}")) {
            Findings findings = check(dsl);
            assertThat(findings.draftFaults()).as(dsl).extracting(Fault::code).containsOnly("malformed");
        }
        assertThat(check("{\"nodes\":[{\"id\":\"a\",\"type\":\"what\"}]}").draftFaults())
                .extracting(Fault::code)
                .containsExactly("unknown_type");
    }

    @Test
    void warnsOfRoutesThatLeadNowhere() {
        String dsl = """
            {"nodes": [{"id": "if", "type": "if-else", "config": {"expression": "input.x"}}, {"id": "b", "type": "end"}],
             "edges": [{"source": "if", "target": "b", "condition": "%s"}]}
            """;
        assertThat(check(dsl.formatted("true")).warnings())
                .extracting(Fault::code)
                .containsExactly("route_without_edge");
        assertThat(check(dsl.formatted("else")).warnings()).isEmpty();
        assertThat(check(dsl.formatted("true")).valid()).isTrue();
        Findings none = check("{\"nodes\":[{\"id\":\"if\",\"type\":\"if-else\",\"config\":{\"expression\":\"x\"}}]}");
        assertThat(none.warnings())
                .extracting(Fault::code)
                .containsExactlyInAnyOrder("route_without_edge", "route_without_edge", "unknown_name");
    }

    @ParameterizedTest
    @CsvSource({"null,null,true", "true,false,false", "true,null,true", "true,true,true"})
    void warnsOfAssignersSideBySide(String first, String second, boolean warned) {
        String dsl = """
            {"nodes": [{"id": "if", "type": "if-else", "config": {"expression": "input.x"}},
                       {"id": "a", "type": "assigner", "config": {"assignments": {"n": 1, "only": 2}}},
                       {"id": "b", "type": "assigner", "config": {"assignments": {"n": 2}}},
                       {"id": "later", "type": "assigner", "config": {"assignments": {"n": 3}}}],
             "edges": [{"source": "if", "target": "a", "condition": %s}, {"source": "if", "target": "b", "condition": %s},
                       {"source": "a", "target": "later"}, {"source": "b", "target": "later"}]}
            """.formatted(quoted(first), quoted(second));
        List<Fault> warnings = check(dsl).warnings().stream()
                .filter(warning -> warning.code().equals("parallel_assignment"))
                .toList();
        assertThat(warnings).hasSize(warned ? 1 : 0);
        assertThat(warnings).allSatisfy(warning -> assertThat(warning.node()).isEqualTo("b"));
    }

    /** Branches that meet before the choice do not make its two sides run together. */
    @Test
    void aChoiceAfterAJoinIsNoParallel() {
        Findings findings = check("""
            {"nodes": [{"id": "s", "type": "start"}, {"id": "x", "type": "join"}, {"id": "y", "type": "join"},
                       {"id": "if", "type": "if-else", "config": {"expression": "input.x"}},
                       {"id": "a", "type": "assigner", "config": {"assignments": {"n": 1}}},
                       {"id": "b", "type": "assigner", "config": {"assignments": {"n": 2}}}],
             "edges": [{"source": "s", "target": "x"}, {"source": "s", "target": "y"}, {"source": "x", "target": "if"},
                       {"source": "y", "target": "if"}, {"source": "if", "target": "a", "condition": "true"},
                       {"source": "if", "target": "b", "condition": "false"}]}
            """);
        assertThat(findings.warnings()).isEmpty();
        Findings twoStarts = check("""
            {"nodes": [{"id": "a", "type": "assigner", "config": {"assignments": {"n": 1}}},
                       {"id": "b", "type": "assigner", "config": {"assignments": {"n": 2}}}]}
            """);
        assertThat(twoStarts.warnings()).extracting(Fault::code).containsExactly("parallel_assignment");
    }

    @Test
    void limits() {
        ObjectNode many = Json.object();
        for (int i = 0; i <= WorkflowDocument.NODES_MAX; i++) {
            many.withArray("nodes").add(Json.object().put("id", "n" + i).put("type", "join"));
        }
        assertThat(Validation.check(many, NodeTypes.standard()).draftFaults())
                .extracting(Fault::code)
                .containsExactly("too_large");
        JsonNode big = Json.object().put("x", "x".repeat(WorkflowDocument.SIZE_MAX));
        assertThat(Validation.check(big, NodeTypes.standard()).draftFaults())
                .extracting(Fault::code)
                .containsExactly("too_large");
        JsonNode deep = Json.array();
        for (int i = 0; i < 20_000; i++) deep = Json.array().add(deep);
        JsonNode tooDeep = Json.object().set("nodes", deep);
        assertThat(Validation.check(tooDeep, NodeTypes.standard()).valid()).isFalse();
    }

    @Test
    void loopsInLoopsInLoopsEnd() {
        String node = "{\"type\": \"start\"}";
        for (int i = 0; i < 20; i++)
            node = "{\"type\": \"loop\", \"config\": {\"items\": [1], \"node\": " + node + "}}";
        Findings findings = check("{\"nodes\": [" + node.replaceFirst("\\{", "{\"id\": \"a\", ") + "]}");
        assertThat(findings.faults()).extracting(Fault::code).containsExactly("too_large");
    }

    @Test
    void theLargestWorkflowsAreCheckedQuickly() {
        ObjectNode chain = Json.object();
        for (int i = 0; i < WorkflowDocument.NODES_MAX; i++) {
            ObjectNode config = Json.object().set("assignments", Json.object().put("n", "{{state.n}}"));
            chain.withArray("nodes")
                    .add(Json.object()
                            .put("id", "n" + i)
                            .put("type", "assigner")
                            .set("config", config));
        }
        for (int i = 0; i < WorkflowDocument.EDGES_MAX; i++) {
            int source = i % (WorkflowDocument.NODES_MAX - 1);
            int target = Math.min(WorkflowDocument.NODES_MAX - 1, source + 1 + i / WorkflowDocument.NODES_MAX);
            chain.withArray("edges")
                    .add(Json.object().put("source", "n" + source).put("target", "n" + target));
        }
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(Validation.check(chain, NodeTypes.standard()).faults())
                        .isEmpty());
    }

    @Test
    void hostileNamesAndConditionsAreOnlyText() {
        Findings findings = check("""
            {"nodes": [{"id": "__proto__", "type": "__proto__"}, {"id": "a\\u0000b", "type": "start"}, {"id": "c", "type": "start"}],
             "edges": [{"source": "c", "target": "__proto__", "condition": "((((((((("},
                       {"source": "c", "target": "__proto__", "condition": "{{{{{{"}]}
            """);
        assertThat(findings.faults())
                .extracting(Fault::code)
                .containsExactlyInAnyOrder("unknown_type", "bad_node_id", "bad_expression", "bad_expression");
    }

    private static String quoted(String condition) {
        return condition.equals("null") ? "null" : "\"" + condition + "\"";
    }

    private static Findings check(String dsl) {
        return Validation.check(Json.parse(dsl), NodeTypes.standard());
    }
}
