package dev.agentplatform.memory.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HashEmbeddingTest {
    @Test
    void theRulesOfThisNameNeverChange() {
        // Vectors are stored. When this fails, the embedder needs another name.
        assertThat(Arrays.hashCode(HashEmbedding.of("User prefers concise answers. 用户喜欢简洁的回答。")))
                .isEqualTo(-698571440);
        assertThat(HashEmbedding.NAME).isEqualTo("hash-256-v1");
    }

    @Test
    void likeTextsAreNearEachOther() {
        byte[] text = HashEmbedding.of("The customer prefers concise answers");
        assertThat(cosine(text, HashEmbedding.of("customers preferring a concise answer")))
                .isGreaterThan(0.4);
        assertThat(cosine(text, HashEmbedding.of("Berlin has nine million bicycles")))
                .isLessThan(0.2);
        byte[] chinese = HashEmbedding.of("用户喜欢简洁的回答");
        assertThat(cosine(chinese, HashEmbedding.of("喜欢简洁回答的用户"))).isGreaterThan(0.6);
        assertThat(cosine(chinese, HashEmbedding.of("今天天气很好"))).isLessThan(0.25);
        assertThat(cosine(text, text)).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-6));
    }

    @Test
    void aTextWithoutWordsHasNoDirection() {
        assertThat(HashEmbedding.of("?!")).isEqualTo(new byte[HashEmbedding.DIMENSIONS]);
    }

    private static double cosine(byte[] one, byte[] other) {
        return TextIndexTest.cosine(one, other);
    }
}
