package dev.agentplatform.memory.index;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void wordsAreLettersAndDigitsInLowerCase() {
        assertThat(Words.of("It's 3 o'clock, ÄRGER in Room-B12!"))
                .containsExactly("it", "s", "3", "o", "clock", "ärger", "in", "room", "b12");
        assertThat(Words.of("")).isEmpty();
        assertThat(Words.of(" \n…—!?")).isEmpty();
    }

    @Test
    void chineseGivesCharactersAndPairs() {
        assertThat(Words.of("用户喜欢")).containsExactly("用", "户", "用户", "喜", "户喜", "欢", "喜欢");
        assertThat(Words.of("用Java写")).containsExactly("用", "java", "写");
        assertThat(Words.of("好，人")).as("no pair over a comma").containsExactly("好", "人");
        assertThat(Words.of("カタ 한국")).containsExactly("カ", "タ", "カタ", "한", "국", "한국");
    }

    @Test
    void widthAndCompositionDoNotMatter() {
        assertThat(Words.of("ＡＢＣ１２３")).containsExactly("abc123");
        assertThat(Words.of("Cafe\u0301")).isEqualTo(Words.of("Caf\u00e9"));
        assertThat(Words.of("\uD842\uDFB7x")).containsExactly("\uD842\uDFB7", "x");
    }

    @Test
    void endlessWordsCountByTheirBeginning() {
        assertThat(Words.of("a".repeat(1_000))).containsExactly("a".repeat(Words.WORD_LENGTH_MAX));
        String letters = "\uD801\uDC28".repeat(100);
        assertThat(Words.of("a" + letters).getFirst()).isEqualTo("a" + letters.substring(0, 62));
    }
}
