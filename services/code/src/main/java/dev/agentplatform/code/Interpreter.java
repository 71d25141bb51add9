package dev.agentplatform.code;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A language's program on this host.
 *
 * @param prefixes folders that it needs besides its binary: its libraries
 * @param arguments what makes it wait for a job
 * @param dataBytes private memory that each of its processes may map
 */
record Interpreter(Language language, Path binary, Set<Path> prefixes, List<String> arguments, long dataBytes) {
    private static final int ASK_SECONDS = 10;
    private static final Path SYSTEM = Path.of("/usr");

    /** The first of these names or paths that can be run. */
    static Optional<Interpreter> find(Language language, CodeSettings settings) throws InterruptedException {
        List<String> names = switch (language) {
            case PYTHON -> settings.python();
            case JAVASCRIPT -> settings.node();
        };
        for (String name : names) {
            List<String> lines = ask(name, question(language));
            if (!lines.isEmpty() && Files.isExecutable(Path.of(lines.getFirst()))) {
                return Optional.of(of(language, lines, settings));
            }
        }
        return Optional.empty();
    }

    private static List<String> question(Language language) {
        return switch (language) {
            case PYTHON ->
                List.of("-I", "-c", "import sys; print(sys.executable, sys.prefix, sys.base_prefix, sep='\\n')");
            case JAVASCRIPT -> List.of("-p", "process.execPath");
        };
    }

    private static Interpreter of(Language language, List<String> lines, CodeSettings settings) {
        Path binary = Path.of(lines.getFirst());
        Set<Path> prefixes = new LinkedHashSet<>();
        for (String line : lines.subList(1, lines.size())) prefixes.add(Path.of(line));
        if (language == Language.JAVASCRIPT) prefixes.add(binary.getParent().getParent());
        prefixes.removeIf(prefix -> prefix.startsWith(SYSTEM) || prefix.getNameCount() == 0);
        long memory = settings.memoryBytes();
        return switch (language) {
            case PYTHON ->
                new Interpreter(
                        language, binary, prefixes, List.of("-I", "-B", "-X", "utf8", "-c", text("runner.py")), memory);
            // The stacks of its threads count, and V8 maps more than it uses; the memory watch sees what is used.
            case JAVASCRIPT ->
                new Interpreter(
                        language,
                        binary,
                        prefixes,
                        List.of(
                                "--no-addons",
                                "--max-old-space-size=" + memory / 2 / 1024 / 1024,
                                "-e",
                                text("runner.js")),
                        memory + 256L * 1024 * 1024);
        };
    }

    /** Lines that the program prints; none when it cannot be run. */
    private static List<String> ask(String name, List<String> arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(name));
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start();
            try {
                if (!process.waitFor(ASK_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) return List.of();
                return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException notThere) {
            return List.of();
        }
    }

    private static String text(String resource) {
        try (InputStream stream = Interpreter.class.getResourceAsStream("/code/" + resource)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
