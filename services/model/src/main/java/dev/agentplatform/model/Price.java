package dev.agentplatform.model;

/** What a million tokens cost, in millionths of a US dollar. */
public record Price(long promptPerMillionMicros, long completionPerMillionMicros) {
    private static final long MILLION = 1_000_000;

    /** Millionths of a US dollar, rounded up: many small calls must not add up to nothing. */
    public long micros(long promptTokens, long completionTokens) {
        long scaled = promptTokens * promptPerMillionMicros + completionTokens * completionPerMillionMicros;
        return (scaled + MILLION - 1) / MILLION;
    }
}
