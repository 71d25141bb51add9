package dev.agentplatform.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Which files a path means: itself, or what is below a folder, in the order of their names. */
final class DefinitionFiles {
    private static final String DOCUMENT = ".*\\.(yaml|yml|json)";
    private static final String TEST = ".*\\.test\\.(yaml|yml|json)";

    private DefinitionFiles() {}

    /** Documents; tests of workflows that stand beside them are none. */
    static List<Path> documents(Path path) throws IOException {
        return below(path, file -> file.matches(DOCUMENT) && !file.matches(TEST));
    }

    static List<Path> tests(Path path) throws IOException {
        return below(path, file -> file.matches(TEST));
    }

    private static List<Path> below(Path path, Predicate<String> wanted) throws IOException {
        if (!Files.isDirectory(path)) return List.of(path);
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> wanted.test(file.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }
}
