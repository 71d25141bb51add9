package dev.agentplatform.language;

/** What one evaluation may still do. One budget serves one thread, one evaluation. */
final class Budget {
    static final int STEPS_MAX = 100_000;

    /** Characters of text that one evaluation may make, and of JSON that a rendered tree may have. */
    static final int TEXT_MAX = 1_048_576;

    static final int DEPTH_MAX = 100;

    private static final int CHARACTERS_PER_STEP = 256;

    private long steps = STEPS_MAX;

    void spend(long cost) {
        steps -= cost;
        if (steps < 0) throw new EvaluationError("the evaluation takes more than " + STEPS_MAX + " steps");
    }

    void read(String text) {
        spend(1 + text.length() / CHARACTERS_PER_STEP);
    }

    static void checkLength(long length) {
        if (length > TEXT_MAX) throw new EvaluationError("the result is larger than " + TEXT_MAX + " characters");
    }

    static void checkDepth(int depth) {
        if (depth > DEPTH_MAX) throw new EvaluationError("the value is nested deeper than " + DEPTH_MAX + " levels");
    }
}
