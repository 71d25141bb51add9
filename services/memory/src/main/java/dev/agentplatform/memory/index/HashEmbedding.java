package dev.agentplatform.memory.index;

import java.util.Map;

/**
 * A vector from a text without a model: words and their trigrams of letters are hashed to dimensions and signs. Texts
 * that share words or parts of words are near each other, which forgives endings and typing errors; it knows no meaning.
 *
 * <p>The same text gives the same vector on every machine. A change of the rules wants another {@link #NAME}.
 */
public final class HashEmbedding {
    public static final String NAME = "hash-256-v1";

    /** A power of two. */
    public static final int DIMENSIONS = 256;

    private static final int TRIGRAM = 3;
    private static final float TRIGRAM_WEIGHT = 0.5f;

    /** One character of a dense script says less than a pair. */
    private static final float CHARACTER_WEIGHT = 0.5f;

    private static final long WORD_SEED = 0x9E37_79B9_7F4A_7C15L;
    private static final long TRIGRAM_SEED = 0xC2B2_AE3D_27D4_EB4FL;

    private HashEmbedding() {}

    /** {@link #DIMENSIONS} numbers of -127 to 127; all 0 when the text has no word. */
    public static byte[] of(String text) {
        float[] sums = new float[DIMENSIONS];
        for (Map.Entry<String, Integer> entry : Words.counts(text).entrySet()) {
            String word = entry.getKey();
            float often = (float) (1 + Math.log(entry.getValue()));
            boolean dense = Words.dense(word.codePointAt(0));
            boolean single = dense && word.codePointCount(0, word.length()) == 1;
            add(sums, hash(WORD_SEED, word, 0, word.length()), single ? often * CHARACTER_WEIGHT : often);
            if (dense) continue;
            String bounded = '^' + word + '$';
            for (int i = 0; i + TRIGRAM <= bounded.length(); i++) {
                add(sums, hash(TRIGRAM_SEED, bounded, i, i + TRIGRAM), often * TRIGRAM_WEIGHT);
            }
        }
        return quantized(sums);
    }

    /** The largest becomes 127 or -127; a cosine does not mind the scale. */
    public static byte[] quantized(float[] values) {
        float largest = 0;
        for (float value : values) largest = Math.max(largest, Math.abs(value));
        byte[] bytes = new byte[values.length];
        if (largest == 0) return bytes;
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) Math.round(values[i] / largest * 127);
        return bytes;
    }

    private static void add(float[] sums, long hash, float weight) {
        int dimension = (int) hash & (DIMENSIONS - 1);
        sums[dimension] += (hash >>> 32 & 1) == 0 ? weight : -weight;
    }

    private static long hash(long seed, String text, int from, int to) {
        long hash = seed;
        for (int i = from; i < to; i++) hash = (hash ^ text.charAt(i)) * 0x0000_0100_0000_01B3L;
        // The low bits alone would be those of the last characters.
        hash = (hash ^ hash >>> 33) * 0xFF51_AFD7_ED55_8CCDL;
        hash = (hash ^ hash >>> 33) * 0xC4CE_B9FE_1A85_EC53L;
        return hash ^ hash >>> 33;
    }
}
