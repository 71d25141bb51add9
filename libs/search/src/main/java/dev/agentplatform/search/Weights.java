package dev.agentplatform.search;

/** What each part of a hit adds to its score. The sum is 1, and so is the best score. */
public record Weights(double keyword, double vector, double importance) {
    /** A vector that points away is no worse than one that says nothing. */
    public double score(double keywordScore, double vectorScore, double importanceScore) {
        return keyword * keywordScore + vector * Math.max(0, vectorScore) + importance * importanceScore;
    }
}
