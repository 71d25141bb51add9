package dev.agentplatform.code;

import dev.agentplatform.kernel.Problem;
import java.util.Locale;

/** What the runner speaks. */
public enum Language {
    PYTHON,
    JAVASCRIPT;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws Problem {@code invalid}, naming the field {@code language} */
    public static Language of(String word) {
        for (Language language : values()) if (language.word().equals(word)) return language;
        throw Problem.invalid("language", "must be python or javascript");
    }
}
