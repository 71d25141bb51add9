package dev.agentplatform.model.call;

import java.util.Locale;

/** What a model is asked for. */
public enum Operation {
    CHAT("/chat/completions"),
    EMBEDDINGS("/embeddings");

    private final String path;

    Operation(String path) {
        this.path = path;
    }

    /** Behind the base URL of a provider that speaks OpenAI's format. */
    String path() {
        return path;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
