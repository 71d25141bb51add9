package dev.agentplatform.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HashEmbeddingTest {
    @Test
    void theRulesOfThisNameNeverChange() {
        // Vectors are stored. When this fails, the embedder needs another name.
        assertThat(Arrays.hashCode(HashEmbedding.V1.of("User prefers concise answers. 用户喜欢简洁的回答。")))
                .isEqualTo(-698571440);
        assertThat(HashEmbedding.V1.label()).isEqualTo("hash-256-v1");
        assertThat(Arrays.hashCode(HashEmbedding.V2.of("User prefers concise answers. 用户喜欢简洁的回答。")))
                .isEqualTo(-1277078292);
        assertThat(HashEmbedding.V2.label()).isEqualTo("hash-512-v2");
    }

    @Test
    void likeTextsAreNearEachOther() {
        byte[] text = HashEmbedding.V1.of("The customer prefers concise answers");
        assertThat(cosine(text, HashEmbedding.V1.of("customers preferring a concise answer")))
                .isGreaterThan(0.4);
        assertThat(cosine(text, HashEmbedding.V1.of("Berlin has nine million bicycles")))
                .isLessThan(0.2);
        byte[] chinese = HashEmbedding.V1.of("用户喜欢简洁的回答");
        assertThat(cosine(chinese, HashEmbedding.V1.of("喜欢简洁回答的用户"))).isGreaterThan(0.6);
        assertThat(cosine(chinese, HashEmbedding.V1.of("今天天气很好"))).isLessThan(0.25);
        assertThat(cosine(text, text)).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-6));
    }

    @Test
    void aTextWithoutWordsHasNoDirection() {
        assertThat(HashEmbedding.V1.of("?!")).isEqualTo(new byte[256]);
    }

    private static double cosine(byte[] one, byte[] other) {
        return TextIndexTest.cosine(one, other);
    }
}
