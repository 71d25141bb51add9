package dev.agentplatform.workflow.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Seeded random workflows: valid ones are accepted, and each fault put into one is found. */
class ValidationPropertyTest {
    private static final int RUNS = 400;

    @Test
    void acceptsValidWorkflows() {
        for (int seed = 0; seed < RUNS; seed++) {
            ObjectNode dsl = valid(new Random(seed));
            assertThat(check(dsl).faults()).as("seed " + seed + ": " + dsl).isEmpty();
            assertThat(Diff.between(dsl, DefinitionText.read(DefinitionText.write(dsl)))
                            .isEmpty())
                    .isTrue();
        }
    }

    @Test
    void findsTheFaultThatWasPutIn() {
        for (int seed = 0; seed < RUNS; seed++) {
            Random random = new Random(seed);
            ObjectNode dsl = valid(random);
            String code = spoil(dsl, random);
            assertThat(check(dsl).faults())
                    .as("seed " + seed + ": " + dsl)
                    .extracting(Fault::code)
                    .contains(code);
        }
    }

    @Test
    void neverThrowsWhateverTheJson() {
        for (int seed = 0; seed < RUNS * 3; seed++) {
            Random random = new Random(seed);
            ObjectNode dsl = valid(random);
            for (int i = 0; i < 3; i++) scramble(dsl, random);
            Findings findings = check(dsl);
            assertThat(findings.faults())
                    .as("seed " + seed)
                    .allSatisfy(fault -> assertThat(fault.message()).isNotBlank());
        }
    }

    /** A graph whose edges lead forward, each node but the first with an edge from an earlier one. */
    private static ObjectNode valid(Random random) {
        int size = 2 + random.nextInt(12);
        ObjectNode dsl = Json.object();
        ArrayNode nodes = dsl.putArray("nodes");
        ArrayNode edges = dsl.putArray("edges");
        for (int i = 0; i < size; i++) {
            ObjectNode node = nodes.addObject().put("id", "n-" + i);
            configure(node, random, i);
            if (i > 0) connect(edges, node(nodes, random.nextInt(i)), "n-" + i, random);
        }
        for (int i = random.nextInt(size); i > 0; i--) {
            int target = 1 + random.nextInt(size - 1);
            connect(edges, node(nodes, random.nextInt(target)), "n-" + target, random);
        }
        if (random.nextInt(3) == 0) {
            int head = random.nextInt(size);
            node(nodes, head).withObject("config").put("allow_loop", true);
            // Only from what the head leads to: itself.
            edges.addObject().put("source", "n-" + head).put("target", "n-" + head);
            if (head == 0) edges.remove(edges.size() - 1);
        }
        return dsl;
    }

    private static ObjectNode node(ArrayNode nodes, int position) {
        return (ObjectNode) nodes.get(position);
    }

    private static void configure(ObjectNode node, Random random, int position) {
        ObjectNode config = node.putObject("config");
        String earlier = position == 0 ? "input.x" : "nodes.n-" + random.nextInt(position) + ".output.x";
        switch (random.nextInt(7)) {
            case 0 -> node.put("type", "start");
            case 1 ->
                config.put("template", "Hi {{" + earlier + "}} {{state.a-b}}").put("delay_seconds", 1);
            case 2 -> config.put("expression", earlier + " > 1 and not (state.y contains 'z')");
            case 3 -> config.putObject("assignments").put("v" + random.nextInt(3), "{{" + earlier + "}}");
            case 4 -> config.put("url", "https://x/{{" + earlier + "}}").put("on_error", "route");
            case 5 -> config.put("signal", "go").put("timeout_seconds", 2.5);
            default ->
                config.put("items", "{{" + earlier + "}}")
                        .put("workflow_id", "w")
                        .put("concurrency", 2);
        }
        String[] types = {
            "template",
            "answer",
            "expression",
            "if-else",
            "assignments",
            "assigner",
            "url",
            "http-request",
            "signal",
            "wait",
            "items",
            "loop"
        };
        for (int i = 0; i < types.length; i += 2) if (config.has(types[i])) node.put("type", types[i + 1]);
    }

    private static void connect(ArrayNode edges, ObjectNode source, String target, Random random) {
        ObjectNode edge =
                edges.addObject().put("source", source.path("id").asString()).put("target", target);
        if (source.path("type").asString().equals("if-else")) edge.put("condition", random.nextBoolean());
        else if (random.nextInt(4) == 0) edge.put("condition", "state.go == " + random.nextInt(3));
    }

    private static String spoil(ObjectNode dsl, Random random) {
        ArrayNode nodes = (ArrayNode) dsl.path("nodes");
        ArrayNode edges = (ArrayNode) dsl.path("edges");
        ObjectNode node = node(nodes, random.nextInt(nodes.size()));
        ObjectNode config = node.withObject("config");
        switch (random.nextInt(14)) {
            case 0 -> {
                node.put("type", "no-such-type");
                return "unknown_type";
            }
            case 1 -> {
                nodes.addObject().put("id", node.path("id").asString()).put("type", "start");
                return "duplicate_node_id";
            }
            case 2 -> {
                edges.addObject().put("source", node.path("id").asString()).put("target", "gone");
                return "dangling_edge";
            }
            case 3 -> {
                nodes.addObject().put("id", "island-1").put("type", "join");
                nodes.addObject().put("id", "island-2").put("type", "join");
                edges.addObject().put("source", "island-1").put("target", "island-2");
                edges.addObject().put("source", "island-2").put("target", "island-1");
                return random.nextBoolean() ? "unreachable_node" : "cycle";
            }
            case 4 -> {
                edges.addObject().put("source", "n-" + (nodes.size() - 1)).put("target", "n-0");
                return "no_start";
            }
            case 5 -> {
                nodes.addObject()
                        .put("id", "bad")
                        .put("type", "answer")
                        .putObject("config")
                        .put("template", "{{ x");
                return "bad_template";
            }
            case 6 -> {
                nodes.addObject()
                        .put("id", "bad")
                        .put("type", "if-else")
                        .putObject("config")
                        .put("expression", "x >");
                return "bad_expression";
            }
            case 7 -> {
                nodes.addObject()
                        .put("id", "bad")
                        .put("type", "answer")
                        .putObject("config")
                        .put("template", "{{nodes.zz.text}}");
                return "unknown_node";
            }
            case 8 -> {
                nodes.addObject().put("id", "bad").put("type", "http-request");
                return "missing_config";
            }
            case 9 -> {
                config.put("delay_seconds", "soon");
                return "wrong_type";
            }
            case 10 -> {
                config.put("max_iterations", 1_000_000);
                return "out_of_range";
            }
            case 11 -> {
                config.put("compensation_node_id", "zz");
                return "unknown_node";
            }
            case 12 -> {
                nodes.addObject()
                        .put("id", "choice")
                        .put("type", "if-else")
                        .putObject("config")
                        .put("expression", "true");
                edges.addObject().put("source", "choice").put("target", "n-1").put("condition", "maybe");
                return "unknown_route";
            }
            default -> {
                nodes.addObject().put("id", "no.dots").put("type", "start");
                return "bad_node_id";
            }
        }
    }

    /** Puts any JSON anywhere. */
    private static void scramble(JsonNode tree, Random random) {
        JsonNode at = tree;
        while (at.isContainer() && !at.isEmpty()) {
            int position = random.nextInt(at.size());
            String name = at.isObject() ? List.copyOf(at.propertyNames()).get(position) : "";
            JsonNode below = at.isObject() ? at.get(name) : at.get(position);
            if (!below.isContainer() || below.isEmpty() || random.nextInt(3) == 0) {
                JsonNode value = Json.parse(List.of(
                                "null",
                                "true",
                                "-1",
                                "1e400",
                                "\"\"",
                                "\"{{\"",
                                "[]",
                                "{}",
                                "[[1]]",
                                "{\"a\":1}",
                                "\"n-1\"",
                                "123456789012345678901234567890",
                                "\"\\u0000\"",
                                "{\"nodes\":[{\"id\":\"q\"}]}",
                                "[null]")
                        .get(random.nextInt(15)));
                if (at instanceof ObjectNode object) object.set(name, value);
                else ((ArrayNode) at).set(position, value);
                return;
            }
            at = below;
        }
    }

    private static Findings check(JsonNode dsl) {
        return Validation.check(dsl, NodeTypes.standard());
    }
}
