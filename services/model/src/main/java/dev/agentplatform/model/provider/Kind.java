package dev.agentplatform.model.provider;

import dev.agentplatform.model.mock.MockProvider;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which format a provider speaks. */
public enum Kind {
    /** OpenAI and every server that is compatible with it. */
    OPENAI("https://api.openai.com/v1"),
    OLLAMA("http://localhost:11434/v1"),
    ANTHROPIC("https://api.anthropic.com/v1"),
    GEMINI("https://generativelanguage.googleapis.com/v1beta"),
    MOCK(MockProvider.BASE_URL);

    private final String baseUrl;

    Kind(String baseUrl) {
        this.baseUrl = baseUrl;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Where its own servers are, without a slash at the end. */
    public String baseUrl() {
        return baseUrl;
    }

    /** Speaks OpenAI's format: its bytes go through as they are. */
    public boolean passesThrough() {
        return this == OPENAI || this == OLLAMA || this == MOCK;
    }

    public static Optional<Kind> of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(Kind::word).toList();
    }

    /** What an address looks like. */
    public static Kind detect(String baseUrl) {
        String url = baseUrl.toLowerCase(Locale.ROOT);
        if (url.startsWith(MockProvider.BASE_URL)) return MOCK;
        if (url.contains("anthropic.com")) return ANTHROPIC;
        boolean gemini = url.contains("generativelanguage.googleapis.com");
        // Google's compatible endpoint speaks OpenAI's format.
        if (gemini) return url.contains("/openai") ? OPENAI : GEMINI;
        return url.contains(":11434") ? OLLAMA : OPENAI;
    }
}
