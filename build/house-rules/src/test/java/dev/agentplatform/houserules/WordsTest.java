package dev.agentplatform.houserules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
    @Test
    @Tag("tree")
    void noForbiddenWordIsCommitted() {
        Finding.failOnAny(Words.check(SourceFile.all()));
    }

    @ParameterizedTest
    @CsvSource({
        "README.md, see TODO",
        "x.sql, -- FIXME later",
        "libs/a/src/main/java/A.java, e.printStackTrace();",
        "libs/a/src/test/java/A.java, Thread.sleep(5);",
        "libs/a/src/main/java/A.java, System.currentTimeMillis()",
        "libs/a/src/test/java/A.java, @Disabled",
        "docs/x.md, cd /work/here",
        "docs/x.md, /tmp/some_jobs.0/1",
    })
    void findsThem(String path, String line) {
        assertThat(Words.check(List.of(new SourceFile(path, "first\n" + line + "\n"))))
                .singleElement()
                .satisfies(finding -> assertThat(finding.line()).isEqualTo(2));
    }

    @ParameterizedTest
    @CsvSource({
        "libs/a/src/main/java/A.java, thrown.printStackTrace(writer);",
        "libs/a/src/main/java/A.java, Thread.sleep(5);",
        "app/src/main/java/A.java, System.currentTimeMillis()",
        "docs/x.md, https://example.org/work/1",
        "x.sh, mktemp -t XXXXXX",
    })
    void leavesTheRestAlone(String path, String line) {
        assertThat(Words.check(List.of(new SourceFile(path, line)))).isEmpty();
    }
}
