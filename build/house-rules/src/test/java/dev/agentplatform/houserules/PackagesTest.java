package dev.agentplatform.houserules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PackagesTest {
    private static final String FOLDER = "libs/a/src/main/java/dev/agentplatform/a/";

    @Test
    @Tag("tree")
    void everyPackageSaysWhatLivesThere() {
        Finding.failOnAny(Packages.check(SourceFile.all()));
    }

    @Test
    void aPackageWithoutDescriptionIsFound() {
        assertThat(Packages.check(List.of(new SourceFile(FOLDER + "A.java", "class A {}"))))
                .hasSize(1);
    }

    @Test
    void anEmptyDescriptionIsFound() {
        assertThat(Packages.check(List.of(
                        new SourceFile(FOLDER + "A.java", "class A {}"),
                        new SourceFile(FOLDER + "package-info.java", "package dev.agentplatform.a;"))))
                .hasSize(1);
    }

    @Test
    void aDescribedPackageIsFine() {
        assertThat(Packages.check(List.of(
                        new SourceFile(FOLDER + "A.java", "class A {}"),
                        new SourceFile(FOLDER + "package-info.java", "/** As. */\npackage dev.agentplatform.a;"))))
                .isEmpty();
    }
}
