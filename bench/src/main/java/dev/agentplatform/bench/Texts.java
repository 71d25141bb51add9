package dev.agentplatform.bench;

import java.util.Random;

/** Made-up texts. Few words are frequent and many are rare, as in any language. */
final class Texts {
    private static final int WORDS = 20_000;

    private Texts() {}

    static String of(Random random, int words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            double skewed = Math.pow(random.nextDouble(), 3);
            text.append(Integer.toString((int) (skewed * WORDS) + 46_656, 36))
                    .append("er")
                    .append(' ');
        }
        return text.toString();
    }
}
