package dev.agentplatform.budget;

/** What is used, set aside or wanted. @param cost millionths of a US dollar */
record Amount(long cost, long tokens, long steps) {
    static final Amount NONE = new Amount(0, 0, 0);
    static final Amount STEP = new Amount(0, 0, 1);

    Amount plus(Amount other) {
        return new Amount(cost + other.cost, tokens + other.tokens, steps + other.steps);
    }
}
