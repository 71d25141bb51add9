package dev.agentplatform.houserules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LayoutTest {
    /** With {@code -Dformat=apply} it mends what it finds. */
    @Test
    @Tag("tree")
    void allJavaIsLaidOutByTheFormatter() throws IOException {
        List<SourceFile> files = SourceFile.all();
        if ("apply".equals(System.getProperty("format"))) {
            Layout.apply(files).forEach(path -> System.out.println("formatted " + path));
        } else {
            Finding.failOnAny(Layout.check(files));
        }
    }

    @Test
    void readsTheSyntaxWeUse() {
        String text = """
            package a;

            record Point(int x, int y) {
                static int sum(Object any) {
                    return switch (any) {
                        case Point(int x, int _) when x > 0 -> x;
                        case Integer _ -> 1;
                        default -> 0;
                    };
                }
            }
            """;
        assertThat(Layout.check(List.of(new SourceFile("Point.java", text)))).isEmpty();
    }

    @Test
    void namesTheFirstLineThatDiffers() {
        assertThat(Layout.check(List.of(new SourceFile("A.java", "class A {\n  int a;\n}\n"))))
                .singleElement()
                .satisfies(finding -> assertThat(finding.line()).isEqualTo(2));
    }
}
