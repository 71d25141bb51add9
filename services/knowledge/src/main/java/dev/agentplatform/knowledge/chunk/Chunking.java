package dev.agentplatform.knowledge.chunk;

import dev.agentplatform.kernel.Problem;

/**
 * How a document is cut. Sizes are in words; each character of Chinese, Japanese and Korean counts as one, so that a
 * chunk is about as many tokens in every language.
 *
 * @param size of a chunk at most
 * @param overlap what a chunk repeats of the one before it, when one paragraph was cut
 */
public record Chunking(int size, int overlap) {
    public static final Chunking USUAL = new Chunking(220, 40);
    public static final int SIZE_MIN = 20;
    public static final int SIZE_MAX = 2_000;

    public Chunking {
        if (size < SIZE_MIN || size > SIZE_MAX) {
            throw Problem.invalid("chunk_size", "must be between " + SIZE_MIN + " and " + SIZE_MAX);
        }
        if (overlap < 0 || overlap > size / 2) {
            throw Problem.invalid("chunk_overlap", "must be between 0 and half of chunk_size");
        }
    }
}
