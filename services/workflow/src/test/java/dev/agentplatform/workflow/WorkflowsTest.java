package dev.agentplatform.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.Catalog.Upserted;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.queue.QueueLimits;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestClock;
import dev.agentplatform.workflow.dsl.DefinitionText;
import dev.agentplatform.workflow.dsl.NodeTypes;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class WorkflowsTest {
    private static final String HERE = "here";

    /** Texts that YAML could take for something else. */
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "yes",
            "No",
            "null",
            "~",
            "1",
            "1e3",
            "0x10",
            "-",
            "- a",
            "a: b",
            "#c",
            "a #c",
            "&a",
            "*a",
            "!t",
            "{{state.x}}",
            "{",
            "[",
            "'",
            "\"",
            "\\",
            "line\nline\n",
            "\n",
            "tab\t",
            "trail ",
            "ümläut",
            "😀",
            "2026-01-01",
            "%x",
            "@x",
            "`",
            "|",
            ">",
            "?",
            ": ",
            "\u0085",
            "\u2028",
            "\r\n",
            "true",
            "1_000",
            "012",
            "<<",
            "=",
            ".5");

    private final TestClock clock = new TestClock();
    private Workflows workflows;

    @BeforeEach
    void open(Database database) {
        Ids ids = new Ids(clock);
        workflows = new Workflows(new Catalog(database, clock, ids), NodeTypes.standard(), new QueueLimits(database));
    }

    @OnBothDatabases
    void aRunTakesTheNamedVersionOrTheLatestPublishedOne(Database database) {
        JsonNode empty = Json.parse("{\"nodes\":[],\"edges\":[]}");
        JsonNode valid = Json.parse("{\"nodes\":[{\"id\":\"a\",\"type\":\"start\"}],\"edges\":[]}");
        UUID workflow = workflows.create(HERE, "a", "A", null, null).id();
        UUID other = workflows.create(HERE, "b", "B", null, null).id();
        UUID draft = workflows.save(HERE, workflow, empty, VersionStatus.DRAFT).id();
        assertThat(workflows.resolve(HERE, workflow, draft).id()).isEqualTo(draft);
        assertThat(workflows.resolve(HERE, null, draft).definitionId()).isEqualTo(workflow);
        assertStatus(409, HERE, workflow, null);
        UUID published =
                workflows.save(HERE, workflow, valid, VersionStatus.PUBLISHED).id();
        assertThat(workflows.resolve(HERE, workflow, null).id()).isEqualTo(published);
        assertStatus(422, HERE, other, draft);
        assertStatus(422, HERE, null, null);
        assertStatus(404, HERE, UUID.randomUUID(), null);
        assertStatus(404, HERE, UUID.randomUUID(), draft);
        assertStatus(404, HERE, workflow, UUID.randomUUID());
        assertStatus(404, "elsewhere", workflow, draft);
    }

    @OnBothDatabases
    void whatIsExportedIsImportedUnchanged(Database database) {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            String code = "wf" + seed;
            UUID id = workflows
                    .create(HERE, code, text(random) + "n", maybe(random), maybe(random))
                    .id();
            JsonNode dsl = dsl(random);
            workflows.save(HERE, id, dsl, VersionStatus.DRAFT);

            String yaml = DefinitionText.write(workflows.export(HERE, id, null).document());
            Upserted imported = workflows.importFile("there", WorkflowFile.of(DefinitionText.read(yaml)));

            assertThat(imported.version().body()).as("seed %d", seed).isEqualTo(Json.parse(Json.write(dsl)));
            WorkflowFile there = workflows.export("there", imported.definition().id(), null);
            assertThat(DefinitionText.write(there.document()))
                    .as("seed %d", seed)
                    .isEqualTo(yaml);
            Upserted home = workflows.importFile(HERE, there);
            assertThat(home.created() || home.versionCreated())
                    .as("seed %d", seed)
                    .isFalse();
        }
    }

    private void assertStatus(int status, String workspaceId, UUID workflow, UUID version) {
        assertThatThrownBy(() -> workflows.resolve(workspaceId, workflow, version))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(status));
    }

    private static JsonNode dsl(Random random) {
        ObjectNode dsl = Json.object();
        ArrayNode nodes = dsl.putArray("nodes");
        for (int i = random.nextInt(4); i >= 0; i--) {
            ObjectNode node = nodes.addObject().put("id", "n" + i).put("type", "answer");
            node.putObject("config").put("template", text(random)).set("extra", value(random, 3));
        }
        dsl.putArray("edges")
                .addObject()
                .put("source", "n0")
                .put("target", "n0")
                .put("condition", text(random));
        return dsl;
    }

    private static JsonNode value(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 6 : 8)) {
            case 0 -> Json.text(text(random));
            case 1 -> Json.tree(random.nextInt());
            case 2 -> Json.tree(random.nextLong());
            case 3 -> Json.tree(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20));
            case 4 -> Json.tree(random.nextBoolean());
            case 5 -> Json.nothing();
            case 6 -> {
                ArrayNode list = Json.array();
                for (int i = random.nextInt(4); i > 0; i--) list.add(value(random, depth - 1));
                yield list;
            }
            default -> {
                ObjectNode object = Json.object();
                for (int i = random.nextInt(4); i > 0; i--) object.set(text(random), value(random, depth - 1));
                yield object;
            }
        };
    }

    private static String maybe(Random random) {
        return random.nextBoolean() ? null : text(random);
    }

    private static String text(Random random) {
        String text = TEXTS.get(random.nextInt(TEXTS.size()));
        return random.nextInt(3) == 0 ? text + TEXTS.get(random.nextInt(TEXTS.size())) : text;
    }
}
