package dev.agentplatform.app.flowtest;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.DefinitionText;
import dev.agentplatform.web.Binder;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Required;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One test of a workflow.
 *
 * @param file where it stands
 * @param definitions documents; the first is the workflow under test
 * @param mocks by node id, or by {@code loop/node} inside of a loop
 * @param answers of people, by node id
 * @param allow nodes that may reach outside
 */
record FlowTest(
        Path file,
        String name,
        List<JsonNode> definitions,
        JsonNode input,
        ObjectNode mocks,
        ObjectNode answers,
        Set<String> allow,
        Expectation.Wanted expect) {
    private static final String CODE_UNDER_TEST = "workflow-under-test";

    private record File(
            JsonNode workflow,
            List<String> definitions,
            @Required @Length(min = 1, max = 1_000) List<Case> tests) {}

    private record Case(
            @Required @Length(min = 1, max = 200) String name,
            JsonNode workflow,
            JsonNode input,
            ObjectNode mocks,
            ObjectNode answers,
            List<String> allow,
            @Required Expectation.Wanted expect) {}

    /** A mock, for its form only. */
    record Mock(JsonNode output, String text, String route, Failure error) {
        Mock {
            if (error != null && (output != null || text != null || route != null)) {
                throw Problem.invalid("error", "cannot stand beside output, text or route");
            }
        }
    }

    private record Failure(
            @Required @Length(min = 1, max = 200) String code, String message, Boolean retryable, JsonNode output) {}

    private record Answer(
            @Required @OneOf({"approved", "rejected", "completed", "timeout"})
            String status,

            JsonNode response) {}

    /** Every test of a file. @throws Problem that names the field and the line, IOException when it cannot be read */
    static List<FlowTest> read(Path path) throws IOException {
        String text = Files.readString(path);
        JsonNode tree = DefinitionText.read(text);
        try {
            var unknown = Binder.unknownFields(tree, File.class);
            if (!unknown.isEmpty()) throw Problem.invalid(unknown);
            File file = Binder.bind(tree, File.class);
            List<FlowTest> tests = new ArrayList<>();
            for (int i = 0; i < file.tests().size(); i++)
                tests.add(test(path, file, file.tests().get(i), "tests." + i));
            return tests;
        } catch (Problem wrong) {
            throw withLine(wrong, text);
        }
    }

    private static Problem withLine(Problem wrong, String text) {
        if (wrong.errors().isEmpty()) return wrong;
        String place = "0." + wrong.errors().getFirst().path();
        Integer line = DefinitionText.lines(text, Set.of(place)).get(place);
        return line == null ? wrong : new Problem(wrong.status(), wrong.code(), "line " + line + ": " + wrong.detail());
    }

    private static FlowTest test(Path path, File file, Case test, String place) throws IOException {
        ObjectNode mocks = test.mocks() == null ? Json.object() : test.mocks();
        ObjectNode answers = test.answers() == null ? Json.object() : test.answers();
        check(mocks, Mock.class, place + ".mocks");
        check(answers, Answer.class, place + ".answers");
        JsonNode workflow = test.workflow() != null ? test.workflow() : file.workflow();
        if (workflow == null) throw Problem.invalid(place + ".workflow", "is required, here or at the top of the file");
        List<JsonNode> others = new ArrayList<>();
        for (String other : file.definitions() == null ? List.<String>of() : file.definitions()) {
            others.addAll(documents(path, other, "definitions"));
        }
        List<JsonNode> definitions = new ArrayList<>();
        definitions.add(workflow(path, workflow, others, place + ".workflow"));
        others.stream().filter(other -> !sameAs(other, definitions.getFirst())).forEach(definitions::add);
        return new FlowTest(
                path,
                test.name(),
                definitions,
                test.input() == null ? Json.object() : test.input(),
                mocks,
                answers,
                test.allow() == null ? Set.of() : Set.copyOf(test.allow()),
                test.expect());
    }

    private static boolean sameAs(JsonNode one, JsonNode other) {
        return one.path("kind").equals(other.path("kind")) && one.path("code").equals(other.path("code"));
    }

    private static void check(ObjectNode byNode, Class<? extends Record> type, String place) {
        for (var entry : byNode.properties()) {
            JsonNode value = entry.getValue();
            boolean several = value.isArray();
            for (int i = 0; i < (several ? value.size() : 1); i++) {
                JsonNode one = several ? value.get(i) : value;
                String path = place + "." + entry.getKey() + (several ? "." + i : "");
                if (!one.isObject()) throw Problem.invalid(path, "must be an object");
                try {
                    var unknown = Binder.unknownFields(one, type);
                    if (!unknown.isEmpty()) throw Problem.invalid(unknown);
                    Binder.bind(one, type);
                } catch (Problem wrong) {
                    Problem.FieldError first = wrong.errors().getFirst();
                    throw Problem.invalid(path + "." + first.path(), first.message());
                }
            }
        }
    }

    /** A text names a file, or a workflow of the other definitions by its code. */
    private static JsonNode workflow(Path path, JsonNode named, List<JsonNode> others, String place)
            throws IOException {
        if (named.isObject()) return document(named);
        if (!named.isString()) throw Problem.invalid(place, "must be a file, a code or the workflow itself");
        for (JsonNode other : others) {
            boolean workflow = other.path("kind").asString("").equals("workflow");
            if (workflow && other.path("code").equals(named)) return other;
        }
        return documents(path, named.stringValue(), place).stream()
                .filter(it -> it.path("kind").asString("").equals("workflow"))
                .findFirst()
                .orElseThrow(() -> Problem.invalid(place, "names a file without a workflow"));
    }

    private static List<JsonNode> documents(Path path, String file, String place) throws IOException {
        Path other = path.resolveSibling(file);
        if (!Files.isRegularFile(other)) {
            throw Problem.invalid(place, "names '" + file + "', which is no file and no workflow of definitions");
        }
        return DefinitionText.readAll(Files.readString(other)).stream()
                .map(FlowTest::document)
                .toList();
    }

    /** Bare nodes and edges are a workflow, too. */
    private static JsonNode document(JsonNode read) {
        if (read.has("kind")) return read;
        ObjectNode document = Json.object().put("kind", "workflow");
        boolean bare = read.has("nodes");
        document.put("code", read.path("code").asString(CODE_UNDER_TEST));
        document.put("name", read.path("name").asString(CODE_UNDER_TEST));
        JsonNode spec = read.has("spec") ? read.get("spec") : read.has("dsl") ? read.get("dsl") : read.path("dsl_json");
        document.set("spec", bare ? read : spec);
        return document;
    }
}
