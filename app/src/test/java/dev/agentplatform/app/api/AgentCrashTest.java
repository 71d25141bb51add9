package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Database;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.testkit.Databases;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** {@code kill -9} of the server in the middle of a model call: what was paid for is not paid for again. */
class AgentCrashTest {
    private static final String WORKSPACE = "crash";

    @TempDir
    private Path data;

    /** What a test does on a server of its own. */
    private interface Story {
        void tell(ServeProcess server, Api api, CountingProvider provider) throws Exception;
    }

    private void on(Dialect dialect, Story story) throws Exception {
        Database database = Databases.fresh(dialect);
        database.close();
        try (CountingProvider provider = new CountingProvider();
                ServeProcess server = ServeProcess.start(data, ServeProcess.on(database))) {
            story.tell(server, new Api(server, WORKSPACE), provider);
        } finally {
            Databases.drop(database);
        }
    }

    private static String started(Api api, String kind, String code) {
        return api.post(
                        "/" + kind + "s/runs",
                        "{'%s_id':'%s','auto_start':true,'input_text':'Go'}".formatted(kind, code))
                .expect(202)
                .id();
    }

    private static Answer ended(Api api, String kind, String run) {
        Answer ended = api.get("/" + kind + "s/runs/" + run + "?wait_seconds=30").expect(200);
        assertThat(ended.text("status")).as(ended.text()).isEqualTo("completed");
        return ended;
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void anAgentRepeatsOnlyTheCallThatWasUnderWay(Dialect dialect) throws Exception {
        on(dialect, (server, api, provider) -> {
            try (ToolServer tool = ToolServer.echo()) {
                provider.says("m", "{'tool':'lookup','arguments':{}}", "Found it.").registerAt(api, "m");
                Tooling.tool(api, "lookup", "http", "{}", "{'url':'%s'}".formatted(tool.url("/it")));
                Programs.published(
                        api,
                        "agent",
                        "acts",
                        "'system_prompt':'x','model_config':{'model':'m','react_enabled':true},"
                                + "'tool_refs':[{'code':'lookup'}]");
                CountingProvider.Hold second = provider.hold("m", 2, 0);
                String run = started(api, "agent", "acts");
                second.awaitReached();
                server.kill();
                server.start();
                Answer ended = ended(api, "agent", run);
                assertThat(ended.text("output_text")).isEqualTo("Found it.");
                assertThat(ended.at("usage.model_calls").asInt()).isEqualTo(2);
                List<String> keys = provider.calls("m").stream()
                        .map(CountingProvider.Call::idempotencyKey)
                        .toList();
                assertThat(keys).hasSize(3);
                assertThat(keys.get(0)).as("the finished call is not repeated").isNotEqualTo(keys.get(1));
                assertThat(keys.get(2)).as("the other under its own key").isEqualTo(keys.get(1));
                assertThat(tool.requests).hasSize(1);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aTeamRepeatsNoTurnThatWasTaken(Dialect dialect) throws Exception {
        on(dialect, (server, api, provider) -> {
            provider.says("one", "first").says("two", "second").says("three", "third");
            provider.registerAt(api, "one", "two", "three");
            StringBuilder members = new StringBuilder();
            for (String model : new String[] {"one", "two", "three"}) {
                Programs.published(
                        api, "agent", model, "'system_prompt':'x','model_config':{'model':'%s'}".formatted(model));
                members.append(members.isEmpty() ? "" : ",")
                        .append("{'member_key':'%1$s','agent_id':'%1$s'}".formatted(model));
            }
            Programs.published(
                    api, "team", "t", "'coordination_mode':'sequential','member_refs':[%s]".formatted(members));
            CountingProvider.Hold second = provider.hold("two", 1, 0);
            String run = started(api, "team", "t");
            second.awaitReached();
            server.kill();
            server.start();
            Answer ended = ended(api, "team", run);
            assertThat(ended.text("output_text")).isEqualTo("third");
            assertThat(ended.at("turns").size()).isEqualTo(3);
            assertThat(provider.calls("one")).hasSize(1);
            assertThat(provider.calls("three")).hasSize(1);
            assertThat(provider.calls("two")).hasSize(2);
            assertThat(provider.calls("two").getFirst().idempotencyKey())
                    .isEqualTo(provider.calls("two").getLast().idempotencyKey());
            assertThat(api.get("/agents/runs?parent_run_id=" + run).each("id")).hasSize(3);
        });
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aFollowerThatComesBackReadsEachTokenOnce(Dialect dialect) throws Exception {
        on(dialect, (server, api, provider) -> {
            try (ToolServer tool = ToolServer.echo()) {
                provider.says("m", "{'tool':'lookup','arguments':{}}", "alpha beta gamma delta")
                        .registerAt(api, "m");
                Tooling.tool(api, "lookup", "http", "{}", "{'url':'%s'}".formatted(tool.url("/it")));
                Programs.published(
                        api,
                        "agent",
                        "speaks",
                        "'system_prompt':'x','tool_refs':[{'code':'lookup'}],"
                                + "'model_config':{'model':'m','react_enabled':true,'stream':true}");
                CountingProvider.Hold half = provider.hold("m", 2, 2);
                String run = started(api, "agent", "speaks");
                String events = "/agents/runs/" + run + "/events";
                List<JsonNode> seen = new ArrayList<>();
                String lastId = readUntil(api, events, null, seen, "beta");
                server.kill();
                server.start();
                half.release();
                // Twice cut, once by the crash and once by the reader.
                lastId = readUntil(api, events, lastId, seen, "delta");
                try (Lines rest = Lines.get(api, events, lastId)) {
                    seen.addAll(rest.rest());
                }
                List<Long> numbers = seen.stream()
                        .filter(event -> event.has("seq"))
                        .map(event -> event.path("seq").asLong())
                        .toList();
                assertThat(numbers)
                        .as("every event once, and none left out")
                        .isEqualTo(IntStream.rangeClosed(1, numbers.size())
                                .mapToObj(Long::valueOf)
                                .toList());
                assertThat(seen.stream().filter(event -> event.path("type").asString().equals("step.restarted")))
                        .hasSize(1);
                assertThat(placed(seen)).isEqualTo("alpha beta gamma delta");
                assertThat(ended(api, "agent", run).text("output_text")).isEqualTo("alpha beta gamma delta");
                assertThat(provider.calls("m")).hasSize(3);
            }
        });
    }

    /** Reads until a piece of text is there; gives the id to come back with. */
    private static String readUntil(Api api, String path, String lastId, List<JsonNode> seen, String word)
            throws Exception {
        try (Lines lines = Lines.get(api, path, lastId)) {
            while (true) {
                JsonNode event = lines.next();
                if (event == null) throw new AssertionError("no " + word + " in " + seen);
                seen.add(event);
                if (event.path("text").asString("").contains(word)) return lines.id();
            }
        }
    }

    /** The text of the last step that spoke, each piece at its offset. */
    private static String placed(List<JsonNode> events) {
        List<JsonNode> pieces = events.stream()
                .filter(event -> event.path("type").asString().equals("step.text"))
                .sorted(Comparator.comparingLong(event -> event.path("seq").asLong()))
                .toList();
        StringBuilder text = new StringBuilder();
        for (JsonNode piece : pieces) {
            text.setLength(piece.path("offset").asInt());
            text.append(piece.path("text").asString());
        }
        return text.toString();
    }
}
