package dev.agentplatform.knowledge;

import dev.agentplatform.search.Weights;
import java.util.Locale;

/** By what a search ranks. */
enum Mode {
    HYBRID(new Weights(0.6, 0.4, 0)),
    KEYWORD(new Weights(1, 0, 0)),
    VECTOR(new Weights(0, 1, 0));

    private final Weights weights;

    Mode(Weights weights) {
        this.weights = weights;
    }

    Weights weights() {
        return weights;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Null for hybrid. */
    static Mode of(String word) {
        return word == null ? HYBRID : valueOf(word.toUpperCase(Locale.ROOT));
    }
}
