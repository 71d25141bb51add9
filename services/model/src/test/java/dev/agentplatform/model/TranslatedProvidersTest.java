package dev.agentplatform.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.model.provider.Kind;
import dev.agentplatform.model.wire.StrictProvider;
import dev.agentplatform.model.wire.StrictProvider.Said;
import dev.agentplatform.model.wire.WireError;
import dev.agentplatform.model.wire.anthropic.AnthropicRules;
import dev.agentplatform.model.wire.anthropic.AnthropicTalk;
import dev.agentplatform.model.wire.anthropic.AnthropicWire;
import dev.agentplatform.model.wire.gemini.GeminiRules;
import dev.agentplatform.model.wire.gemini.GeminiTalk;
import dev.agentplatform.model.wire.gemini.GeminiWire;
import dev.agentplatform.model.wire.openai.Assembled;
import dev.agentplatform.model.wire.openai.Conversations;
import dev.agentplatform.outbound.Targets;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.store.Migrations;
import dev.agentplatform.testkit.Databases;
import dev.agentplatform.vault.Vault;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Through the whole gateway to providers that check each request as strictly as the real ones. */
class TranslatedProvidersTest {
    private static final String KEY = "a-key-of-the-provider";
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int CONVERSATIONS = 40;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) one.close();
    }

    private Models models(Kind kind, String baseUrl, String model) {
        Database database = Databases.fresh(Dialect.SQLITE);
        open.add(() -> Databases.drop(database));
        open.add(database);
        Migrations.migrate(database);
        Settings settings = new Settings(Map.of(
                "AGENT_PLATFORM_PROVIDER_KIND", kind.word(),
                "AGENT_PLATFORM_PROVIDER_BASE_URL", baseUrl,
                "AGENT_PLATFORM_PROVIDER_API_KEY", KEY,
                "AGENT_PLATFORM_DEFAULT_MODEL", model));
        ModelModule module = new ModelModule(
                settings,
                database,
                Clock.systemUTC(),
                new Ids(Clock.systemUTC()),
                Vault.of(new byte[32]),
                Targets.from(settings, true),
                Map.of(Kind.ANTHROPIC, new AnthropicWire(), Kind.GEMINI, new GeminiWire()),
                KnownPrices.load());
        module.start();
        open.add(module::stop);
        return module.models();
    }

    private StrictProvider provider(StrictProvider.Talk talk) throws Exception {
        StrictProvider provider = new StrictProvider(talk);
        open.add(provider);
        return provider;
    }

    private static Said refused(int status, String json) {
        return new Said(status, json.replace('\'', '"'), null);
    }

    private static Said anthropic(HttpExchange exchange, JsonNode request) {
        boolean key = KEY.equals(exchange.getRequestHeaders().getFirst("x-api-key"));
        if (!key) return refused(401, "{'type':'error','error':{'type':'authentication_error','message':'no key'}}");
        boolean version = "2023-06-01".equals(exchange.getRequestHeaders().getFirst("anthropic-version"));
        List<String> faults = AnthropicRules.faults(request);
        if (!faults.isEmpty() || !version || !exchange.getRequestURI().getPath().equals("/v1/messages")) {
            ObjectNode error = Json.object().put("type", "error");
            error.putObject("error").put("type", "invalid_request_error").put("message", faults.toString());
            return new Said(400, error.toString(), null);
        }
        ArrayNode content = Json.array();
        content.addObject().put("type", "text").put("text", "Guten Tag \uD83D\uDE00");
        ObjectNode answer = AnthropicTalk.message(content, "end_turn", 1_000_000, 1_000);
        if (!request.path("stream").asBoolean(false)) return Said.whole(answer);
        return Said.events(AnthropicTalk.events(answer, new Random(1)).stream()
                .map(event -> "event: " + event.path("type").asString() + "\ndata: " + event + "\n\n")
                .toList());
    }

    private static Said gemini(HttpExchange exchange, JsonNode request) {
        String path = exchange.getRequestURI().toString();
        if (!KEY.equals(exchange.getRequestHeaders().getFirst("x-goog-api-key"))) {
            return refused(400, "{'error':{'status':'INVALID_ARGUMENT','details':[{'reason':'API_KEY_INVALID'}]}}");
        }
        if (path.endsWith(":batchEmbedContents")) {
            ObjectNode answer = Json.object();
            ArrayNode list = answer.putArray("embeddings");
            for (JsonNode one : request.path("requests")) {
                list.addObject()
                        .putArray("values")
                        .add(one.at("/content/parts/0/text").asString().length());
            }
            return Said.whole(answer);
        }
        boolean stream = path.endsWith("/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
        List<String> faults = GeminiRules.faults(request, 2);
        if (!faults.isEmpty() || !(stream || path.endsWith("/models/gemini-2.5-flash:generateContent"))) {
            ObjectNode error = Json.object();
            error.putObject("error").put("status", "INVALID_ARGUMENT").put("message", faults.toString());
            return new Said(400, error.toString(), null);
        }
        ArrayNode parts = Json.array();
        parts.addObject().put("text", "Guten Tag \uD83D\uDE00");
        ObjectNode answer = GeminiTalk.answer(parts, "STOP", 1_000_000, 995);
        if (!stream) return Said.whole(answer);
        return Said.events(GeminiTalk.events(answer, new Random(1)).stream()
                .map(event -> "data: " + event + "\r\n\r\n")
                .toList());
    }

    private static CallOrigin origin() {
        return CallOrigin.of("w1");
    }

    /** Whole and streamed answers are the same, for any conversation. */
    private void speaks(Models models, StrictProvider provider, String cost) throws Exception {
        for (int seed = 0; seed < CONVERSATIONS; seed++) {
            ObjectNode request = new Conversations(new Random(seed)).request();
            request.remove(List.of("model", "stream"));
            ObjectNode whole = models.chat(origin(), request, LIMIT);
            List<ObjectNode> chunks = new ArrayList<>();
            models.stream(origin(), request, LIMIT, chunks::add);
            assertThat(whole.at("/choices/0/message/content").asString()).isEqualTo("Guten Tag \uD83D\uDE00");
            assertThat(whole.path("created").asLong()).isGreaterThan(1_700_000_000L);
            assertThat(whole.at("/usage/cost").decimalValue()).isEqualByComparingTo(cost);
            ((ObjectNode) whole.get("usage")).remove("cost");
            assertThat(chunks).allMatch(chunk -> chunk.path("created").asLong() > 1_700_000_000L);
            assertThat(Assembled.completion(chunks)).isEqualTo(whole.put("created", 0));
        }
        assertThat(provider.refused()).isEmpty();
    }

    @Test
    void anthropicAnswersAnyConversation() throws Exception {
        StrictProvider provider = provider(TranslatedProvidersTest::anthropic);
        Models models = models(Kind.ANTHROPIC, provider.address() + "/v1", "claude-sonnet-4-5");
        // A million and 3 tokens in at 3 dollars, 1,000 out at 15.
        speaks(models, provider, "3.015009");
    }

    @Test
    void geminiAnswersAnyConversation() throws Exception {
        StrictProvider provider = provider(TranslatedProvidersTest::gemini);
        Models models = models(Kind.GEMINI, provider.address() + "/v1beta", "gemini-2.5-flash");
        // A million tokens in at 30 cents, 1,000 out at 2.50 dollars, thinking included.
        speaks(models, provider, "0.3025");
    }

    @Test
    void geminiEmbeds() throws Exception {
        StrictProvider provider = provider(TranslatedProvidersTest::gemini);
        Models models = models(Kind.GEMINI, provider.address() + "/v1beta", "gemini-2.5-flash");
        ObjectNode request = Json.object().put("model", "gemini-embedding-001").put("encoding_format", "base64");
        request.putArray("input").add("a").add("bb");
        JsonNode answer = models.embeddings(origin(), request, LIMIT);
        assertThat(answer.at("/data/1/embedding").asString()).isEqualTo("AAAAQA==");
    }

    @Test
    void aFaultInTheMiddleOfAStreamIsAnError() throws Exception {
        String begin = "data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"c\",\"usage\":{}}}\n\n";
        String text = "data:"
            + " {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n";
        String block = "data:"
            + " {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n";
        String error =
                "data: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
        for (List<String> events : List.of(List.of(begin, block, text, error), List.of(begin, block, text))) {
            StrictProvider provider = provider((exchange, request) -> Said.events(events));
            Models models = models(Kind.ANTHROPIC, provider.address() + "/v1", "claude-sonnet-4-5");
            ObjectNode request = Json.object();
            request.putArray("messages").addObject().put("role", "user").put("content", "Hi");
            List<ObjectNode> chunks = new ArrayList<>();
            assertThatThrownBy(() -> models.stream(origin(), request, LIMIT, chunks::add))
                    .isInstanceOf(WireError.class);
            assertThat(chunks)
                    .anyMatch(chunk ->
                            chunk.at("/choices/0/delta/content").asString("").equals("a"));
        }
    }
}
