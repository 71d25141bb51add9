package dev.agentplatform.houserules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FileSizesTest {
    @Test
    @Tag("tree")
    void everySourceFileFitsInAHead() {
        Finding.failOnAny(FileSizes.check(SourceFile.all(), FileSizes.REASONS));
    }

    @Test
    void upTo400LinesNeedNoReason() {
        assertThat(FileSizes.check(files(400), Map.of())).isEmpty();
        assertThat(FileSizes.check(files(401), Map.of())).hasSize(1);
    }

    @Test
    void upTo600LinesAReasonIsEnough() {
        assertThat(FileSizes.check(files(600), Map.of("A.java", "a table"))).isEmpty();
        assertThat(FileSizes.check(files(601), Map.of("A.java", "a table"))).hasSize(1);
    }

    @Test
    void aReasonNobodyNeedsIsFound() {
        assertThat(FileSizes.check(files(10), Map.of("A.java", "a table"))).hasSize(1);
        assertThat(FileSizes.check(List.of(), Map.of("gone.java", "a table"))).hasSize(1);
    }

    private static List<SourceFile> files(int lines) {
        return List.of(new SourceFile("A.java", "x\n".repeat(lines)));
    }
}
