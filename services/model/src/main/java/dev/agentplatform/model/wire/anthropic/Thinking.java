package dev.agentplatform.model.wire.anthropic;

import dev.agentplatform.model.wire.openai.ChatRequest.Effort;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a model can do, told from its name: how it is asked to think, how much it may write. */
record Thinking(Kind kind, int answerTokens) {
    /** {@code claude-opus-4-6}, {@code claude-3-7-sonnet-20250219}; what follows the version may be a date. */
    private static final Pattern NEW_NAME = Pattern.compile("claude-[a-z]+-(\\d{1,2})(?:[-.](\\d{1,2}))?(?!\\d).*");

    private static final Pattern OLD_NAME = Pattern.compile("claude-(\\d)(?:[-.](\\d))?(?!\\d).*");

    /** How a request asks for it. */
    enum Kind {
        NONE,
        /** A number of tokens. */
        BUDGET,
        /** The model decides; the request says how hard it should try. */
        ADAPTIVE
    }

    static Thinking of(String model) {
        Matcher name = NEW_NAME.matcher(model);
        if (!name.matches()) name = OLD_NAME.matcher(model);
        // An unknown name is likely newer than this list.
        if (!name.matches()) return new Thinking(Kind.ADAPTIVE, 16_384);
        int version =
                Integer.parseInt(name.group(1)) * 100 + (name.group(2) == null ? 0 : Integer.parseInt(name.group(2)));
        if (version < 305) return new Thinking(Kind.NONE, 4_096);
        if (version < 307) return new Thinking(Kind.NONE, 8_192);
        return new Thinking(version < 406 ? Kind.BUDGET : Kind.ADAPTIVE, version < 400 ? 8_192 : 16_384);
    }

    static int budget(Effort effort) {
        return switch (effort) {
            case UNSAID, NONE, MINIMAL -> 0;
            case LOW -> 1_024;
            case MEDIUM -> 8_192;
            case HIGH -> 16_384;
            case XHIGH -> 24_576;
        };
    }

    /** Not all models know a level above high. */
    static String level(Effort effort) {
        return switch (effort) {
            case UNSAID, NONE, MINIMAL, LOW -> "low";
            case MEDIUM -> "medium";
            case HIGH, XHIGH -> "high";
        };
    }
}
