package dev.agentplatform.knowledge;

import dev.agentplatform.search.Weights;
import java.util.Locale;

/** By what a search ranks. */
enum Mode {
    HYBRID(0.6, 0.4),
    KEYWORD(1, 0),
    VECTOR(0, 1);

    private final double keyword;
    private final double vector;

    Mode(double keyword, double vector) {
        this.keyword = keyword;
        this.vector = vector;
    }

    Weights weights() {
        return new Weights(keyword, vector, 0);
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Null for hybrid. */
    static Mode of(String word) {
        return word == null ? HYBRID : valueOf(word.toUpperCase(Locale.ROOT));
    }
}
