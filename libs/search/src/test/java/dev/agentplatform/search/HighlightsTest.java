package dev.agentplatform.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HighlightsTest {
    @Test
    void wordsOfTheQueryAreMarkedWhereTheyStand() {
        assertThat(marked("seven days refund", "Refunds within SEVEN days. A refund!"))
                .containsExactly("SEVEN", "days", "refund");
        assertThat(marked("ａｂｃ", "An ABC of things")).containsExactly("ABC");
        assertThat(marked("x", "no match")).isEmpty();
        assertThat(marked("?!", "what?!")).isEmpty();
    }

    @Test
    void chineseIsMarkedByPairsThatBecomeOne() {
        assertThat(marked("退款政策", "我们的退款政策如下，退货另议。")).containsExactly("退款政策");
        assertThat(marked("书", "看书")).containsExactly("书");
        assertThat(marked("Java 编程", "学Java编程吧")).containsExactly("Java编程");
        assertThat(marked("\uD842\uDFB7野家", "在\uD842\uDFB7野家吃饭")).containsExactly("\uD842\uDFB7野家");
    }

    @Test
    void noMoreThanAsked() {
        assertThat(new Highlights("a").in("a b ".repeat(100), 7)).hasSize(7);
    }

    private static List<String> marked(String query, String text) {
        return new Highlights(query)
                .in(text, 50).stream()
                        .map(span -> text.substring(span.start(), span.end()))
                        .toList();
    }
}
