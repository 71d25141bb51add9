package dev.agentplatform.houserules;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * The formatter decides layout. It runs here and not as a Maven plugin because it reads Java with the compiler of the JDK
 * it runs on: tests run on the project's JDK, Maven may run on an older one that cannot read this Java.
 */
final class Layout {
    private static final Formatter FORMATTER = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .formatJavadoc(false)
            .build());

    private Layout() {}

    static List<Finding> check(List<SourceFile> files) {
        return files.parallelStream()
                .filter(file -> file.isJava() && !file.text().equals(formatted(file)))
                .map(file -> new Finding(
                        file.path(),
                        firstDifference(file.text(), formatted(file)),
                        "is not laid out by the formatter",
                        "Run ./mvnw -q -pl build/house-rules test -Dtest=LayoutTest -Dformat=apply"))
                .toList();
    }

    /** Rewrites the files that differ, and names them. */
    static List<String> apply(List<SourceFile> files) throws IOException {
        List<String> changed = new ArrayList<>();
        for (SourceFile file : files) {
            if (!file.isJava()) continue;
            String formatted = formatted(file);
            if (formatted.equals(file.text())) continue;
            Files.writeString(SourceFile.root().resolve(file.path()), formatted);
            changed.add(file.path());
        }
        return changed;
    }

    static String formatted(SourceFile file) {
        try {
            return FORMATTER.formatSourceAndFixImports(file.text());
        } catch (FormatterException unreadable) {
            throw new IllegalArgumentException(file.path() + " is not Java: " + unreadable.getMessage(), unreadable);
        }
    }

    private static int firstDifference(String left, String right) {
        List<String> lines = left.lines().toList();
        List<String> others = right.lines().toList();
        for (int line = 0; line < Math.min(lines.size(), others.size()); line++) {
            if (!lines.get(line).equals(others.get(line))) return line + 1;
        }
        return Math.min(lines.size(), others.size());
    }
}
