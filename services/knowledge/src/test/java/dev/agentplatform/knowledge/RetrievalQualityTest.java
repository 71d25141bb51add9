package dev.agentplatform.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.search.TextIndex;
import dev.agentplatform.search.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * How well questions find the passages that answer them: 310 passages and 123 questions, English and Chinese, written for
 * this test. It measures hashed words, which need no model; the figures stand in docs/knowledge.md.
 */
class RetrievalQualityTest {
    private static final int TOP = 5;

    private record Question(Set<String> answers, String text) {
        boolean chinese() {
            return text.codePointAt(0) > 0x2E80;
        }
    }

    /** @param recall share of questions with an answer among the first five @param mrr mean of 1 / rank of the answer */
    private record Quality(double recall, double mrr) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "recall@5 %.3f, MRR %.3f", recall, mrr);
        }
    }

    private final Map<UUID, String> names = new LinkedHashMap<>();
    private final TextIndex index = new TextIndex();
    private final List<Question> questions = new ArrayList<>();

    RetrievalQualityTest() throws IOException {
        for (String[] line : lines("passages.txt")) {
            UUID id = new UUID(0, names.size());
            names.put(id, line[0]);
            Map<String, byte[]> vectors = Map.of(Embedders.HASHED.label(), Embedders.HASHED.of(line[1]));
            index.put(new TextIndex.Document(id, line[1], vectors, 0, "", 0));
        }
        for (String[] line : lines("questions.txt")) {
            questions.add(new Question(Set.of(line[0].split(",")), line[1]));
        }
    }

    @Test
    void wordsAndVectorsTogetherFindMoreThanEither() {
        Quality keyword = quality(Mode.KEYWORD.weights(), questions);
        Quality vector = quality(Mode.VECTOR.weights(), questions);
        Quality hybrid = quality(Mode.HYBRID.weights(), questions);
        String all = "keyword: " + keyword + "; vector: " + vector + "; hybrid: " + hybrid;
        List<Question> chinese = questions.stream().filter(Question::chinese).toList();
        List<Question> english =
                questions.stream().filter(question -> !question.chinese()).toList();
        String hybridOf = "hybrid in English: " + quality(Mode.HYBRID.weights(), english) + "; in Chinese: "
                + quality(Mode.HYBRID.weights(), chinese);
        System.out.println(all + "\n" + hybridOf);
        assertThat(hybrid.recall()).as(all).isGreaterThan(keyword.recall()).isGreaterThan(vector.recall());
        assertThat(hybrid.mrr()).as(all).isGreaterThan(keyword.mrr()).isGreaterThan(vector.mrr());
    }

    private Quality quality(Weights weights, List<Question> asked) {
        double found = 0;
        double ranks = 0;
        for (Question question : asked) {
            int rank = rank(weights, question);
            if (rank > 0 && rank <= TOP) found++;
            if (rank > 0) ranks += 1.0 / rank;
        }
        return new Quality(found / asked.size(), ranks / asked.size());
    }

    /** 0 when it is not found. */
    private int rank(Weights weights, Question question) {
        TextIndex.Query query = new TextIndex.Query(
                question.text(),
                Embedders.HASHED.label(),
                Embedders.HASHED.of(question.text()),
                null,
                0,
                1e-6,
                names.size(),
                weights);
        List<TextIndex.Hit> hits = index.search(query);
        for (int i = 0; i < hits.size(); i++) {
            if (question.answers().contains(names.get(hits.get(i).id()))) return i + 1;
        }
        return 0;
    }

    private static List<String[]> lines(String name) throws IOException {
        try (InputStream in = RetrievalQualityTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", 2))
                    .toList();
        }
    }
}
