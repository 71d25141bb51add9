package dev.agentplatform.memory.index;

/** What each part of a hit adds to its score. The sum is 1, and so is the best score. */
public record Weights(double keyword, double vector, double importance) {
    public static final Weights USUAL = new Weights(0.5, 0.35, 0.15);

    /** A vector that points away is no worse than one that says nothing. */
    public double score(double keywordScore, double vectorScore, double importanceScore) {
        return keyword * keywordScore + vector * Math.max(0, vectorScore) + importance * importanceScore;
    }
}
