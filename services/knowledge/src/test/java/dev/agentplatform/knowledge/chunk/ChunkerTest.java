package dev.agentplatform.knowledge.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Problem;
import dev.agentplatform.knowledge.extract.Block;
import dev.agentplatform.knowledge.extract.Block.Heading;
import dev.agentplatform.knowledge.extract.Block.Paragraph;
import dev.agentplatform.search.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkerTest {
    private static final String[] SENTENCES = {
        "The pump is loud. ",
        "Mr. Smith has 3.5 litres! ",
        "为什么不工作？",
        "请先关闭电源，再打开盖子。",
        "«Oui», dit-il. ",
        "e.g. this one. ",
        "A\n",
        "x".repeat(300) + " ",
        "没有标点的一行",
        "(He said \"no.\") ",
        "--- ",
        "😀 fine. "
    };

    @Test
    void sentencesTogetherAreTheText() {
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            String text = text(random, 12);
            assertThat(String.join("", Sentences.of(text))).isEqualTo(text);
        }
    }

    @Test
    void sentencesEndInBothScripts() {
        assertThat(Sentences.of("It works. Does it? Yes!")).containsExactly("It works. ", "Does it? ", "Yes!");
        assertThat(Sentences.of("今天下雨。你带伞了吗？没有！")).containsExactly("今天下雨。", "你带伞了吗？", "没有！");
        assertThat(Sentences.of("他说：“可以。”然后走了。")).containsExactly("他说：“可以。”", "然后走了。");
        assertThat(Sentences.of("Dr. No paid 3.5 dollars, i.e. too much. J. Doe did not."))
                .containsExactly("Dr. No paid 3.5 dollars, i.e. too much. ", "J. Doe did not.");
        assertThat(Sentences.of("one\ntwo")).containsExactly("one\n", "two");
        assertThat(Sentences.of("")).isEmpty();
    }

    @Test
    void noChunkIsTooLongAndNoTextIsLost() {
        Random random = new Random(5);
        for (int round = 0; round < 300; round++) {
            Chunking chunking = new Chunking(20 + random.nextInt(60), random.nextInt(10));
            List<Block> blocks = new ArrayList<>();
            StringBuilder all = new StringBuilder();
            for (int i = random.nextInt(8); i >= 0; i--) {
                if (random.nextInt(4) == 0) blocks.add(new Heading(1 + random.nextInt(3), "Heading " + i, 0));
                String text = text(random, 20).strip();
                if (text.isEmpty()) continue;
                blocks.add(new Paragraph(text, 0));
                all.append(text).append('\n');
            }
            List<Piece> pieces = Chunker.cut(blocks, chunking);
            StringBuilder cut = new StringBuilder();
            for (Piece piece : pieces) {
                assertThat(Words.count(piece.text())).isLessThanOrEqualTo(chunking.size() + 1);
                assertThat(piece.text()).isEqualTo(piece.text().strip()).isNotEmpty();
                cut.append(piece.text()).append('\n');
            }
            // With an overlap words come twice; none is missing in any case.
            List<String> found = Words.of(cut.toString());
            for (String word : Words.of(all.toString())) assertThat(found).contains(word);
            if (chunking.overlap() == 0)
                assertThat(plain(cut))
                        .contains(plain(all).substring(0, plain(all).length() / 4));
        }
    }

    private static String plain(CharSequence text) {
        return text.toString().replaceAll("Heading \\d|\\s+", "");
    }

    @Test
    void aChunkNeverGoesOverAHeadingAndKnowsThoseAbove() {
        List<Piece> pieces = Chunker.cut(
                List.of(
                        new Heading(1, "Manual", 1),
                        new Paragraph("Intro.", 1),
                        new Heading(2, "Cleaning", 1),
                        new Paragraph("Rinse it.", 2),
                        new Paragraph("Dry it.", 2),
                        new Heading(2, "Empty", 3),
                        new Heading(1, "保修", 3),
                        new Paragraph("两年。", 3)),
                Chunking.USUAL);
        assertThat(pieces)
                .containsExactly(
                        new Piece(List.of("Manual"), "Intro.", 1),
                        new Piece(List.of("Manual", "Cleaning"), "Rinse it.\n\nDry it.", 2),
                        new Piece(List.of("Manual"), "Empty", 3),
                        new Piece(List.of("保修"), "两年。", 3));
    }

    @Test
    void aParagraphIsCutBetweenSentencesAndRepeatsTheLast() {
        String text = "One two three four five six seven eight. ".repeat(3) + "The end comes here now.";
        List<Piece> pieces = Chunker.cut(List.of(new Paragraph(text, 0)), new Chunking(20, 8));
        assertThat(pieces).extracting(Piece::text).allMatch(piece -> piece.endsWith("."));
        assertThat(pieces.get(1).text()).startsWith("One two three");
        String chinese = "第一句话讲的是天气。第二句话讲的是吃饭。第三句话讲的是睡觉。";
        assertThat(Chunker.cut(List.of(new Paragraph(chinese, 0)), new Chunking(20, 0)))
                .extracting(Piece::text)
                .containsExactly("第一句话讲的是天气。第二句话讲的是吃饭。", "第三句话讲的是睡觉。");
    }

    @Test
    void aParagraphEndsAChunkThatIsHalfFull() {
        String short1 = "alpha ".repeat(12).strip() + ".";
        String short2 = "beta ".repeat(12).strip() + ".";
        assertThat(Chunker.cut(List.of(new Paragraph(short1, 0), new Paragraph(short2, 0)), new Chunking(20, 10)))
                .extracting(Piece::text)
                .containsExactly(short1, short2);
    }

    @Test
    void hugeWordsAndLinesTakeNoTime() {
        String word = "a".repeat(2_000_000);
        assertThat(Chunker.cut(List.of(new Paragraph(word, 0)), Chunking.USUAL))
                .allMatch(piece -> piece.text().length() <= 220 * 64);
        String dense = "字".repeat(500_000);
        assertThat(Chunker.cut(List.of(new Paragraph(dense, 0)), Chunking.USUAL))
                .hasSize(Math.ceilDiv(500_000, 220));
        String symbols = "| - ".repeat(300_000);
        assertThat(Chunker.cut(List.of(new Paragraph(symbols, 0)), Chunking.USUAL))
                .allMatch(piece -> piece.text().length() <= 221 * 64);
    }

    @Test
    void sizesHaveBounds() {
        assertThatThrownBy(() -> new Chunking(19, 0)).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> new Chunking(2_001, 0)).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> new Chunking(40, 21)).isInstanceOf(Problem.class);
    }

    private static String text(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most); i >= 0; i--) text.append(SENTENCES[random.nextInt(SENTENCES.length)]);
        return text.toString();
    }
}
