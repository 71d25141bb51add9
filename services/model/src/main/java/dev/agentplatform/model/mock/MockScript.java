package dev.agentplatform.model.mock;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings.WrongSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds the reply to a request: the body's field {@code mock}, else a line {@code mock: {…}} in the last message of a
 * person, else the first rule of the file that fits, else the default.
 */
public final class MockScript {
    public static final String SETTING = "AGENT_PLATFORM_MOCK_SCRIPT";
    public static final MockScript EMPTY = new MockScript(List.of());

    private static final String DIRECTIVE = "mock:";
    private static final int FILE_BYTES_MAX = 10_000_000;

    /** The n-th request that fits gets the n-th reply, later ones the last. */
    private record Rule(String model, String contains, List<MockReply> replies, AtomicInteger used) {
        boolean fits(ObjectNode asked, String lastText) {
            boolean sameModel =
                    model == null || model.equals(asked.path("model").asString(""));
            return sameModel
                    && (contains == null || lastText.toLowerCase(Locale.ROOT).contains(contains));
        }

        MockReply next() {
            int at = used.getAndUpdate(n -> Math.min(n + 1, replies.size()));
            return replies.get(Math.min(at, replies.size() - 1));
        }
    }

    private final List<Rule> rules;

    private MockScript(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * Reads a file: {@code {"rules":[{"contains":"refund","model":"…","replies":[…]}]}}.
     *
     * @throws WrongSetting when there is none, or it is no script
     */
    public static MockScript read(Path file) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) throw wrong(file, "a file of at most " + FILE_BYTES_MAX + " bytes");
            return parse(Json.mapper().readTree(Files.readString(file)));
        } catch (IOException | JacksonException unreadable) {
            throw wrong(file, "a file of JSON that can be read");
        } catch (Problem invalid) {
            throw wrong(file, "a script of the mock (" + invalid.detail() + ")");
        }
    }

    /** @throws Problem 422 that names what is wrong */
    public static MockScript parse(JsonNode json) {
        List<Rule> rules = new ArrayList<>();
        for (JsonNode rule : json.path("rules")) {
            List<MockReply> replies = new ArrayList<>();
            for (JsonNode reply : rule.path("replies")) replies.add(MockReply.of(reply));
            if (rule.has("reply")) replies.add(MockReply.of(rule.path("reply")));
            if (replies.isEmpty()) throw Problem.invalid("rules", "each needs a reply or replies");
            String contains = rule.path("contains").asString(null);
            rules.add(new Rule(
                    rule.path("model").asString(null),
                    contains == null ? null : contains.toLowerCase(Locale.ROOT),
                    replies,
                    new AtomicInteger()));
        }
        if (rules.isEmpty()) throw Problem.invalid("rules", "must be a list of rules");
        return new MockScript(rules);
    }

    MockReply replyTo(ObjectNode asked) {
        if (asked.has("mock")) return MockReply.of(asked.path("mock"));
        String text = MockChat.lastUserText(asked);
        MockReply directive = directive(text);
        if (directive != null) return directive;
        for (Rule rule : rules) if (rule.fits(asked, text)) return rule.next();
        return MockReply.DEFAULT;
    }

    private static MockReply directive(String text) {
        if (!text.contains(DIRECTIVE)) return null;
        for (String line : text.lines().toList()) {
            String stripped = line.strip();
            if (!stripped.startsWith(DIRECTIVE)) continue;
            String told = stripped.substring(DIRECTIVE.length()).strip();
            try {
                return MockReply.of(Json.mapper().readTree(told));
            } catch (JacksonException plainText) {
                return MockReply.of(Json.text(told));
            }
        }
        return null;
    }

    private static WrongSetting wrong(Path file, String allowed) {
        return new WrongSetting(SETTING, file.toString(), allowed);
    }
}
