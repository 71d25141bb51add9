package dev.agentplatform.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** A started runner for each isolation that this host offers. */
final class Boxes {
    private static final Path SYSTEM_PYTHON = Path.of("/usr/bin/python3");

    /** Started when the first test asks. */
    private static final class Offered {
        static final Map<Isolation, Box> BOXES = offered();
    }

    private Boxes() {}

    /** A runner, and the data folder of the server it belongs to. */
    record Box(Isolation isolation, Sandboxes sandboxes, Path data) {
        CodeResult run(Language language, String code) {
            return run(language, code, "null", null);
        }

        CodeResult run(Language language, String code, String input, Duration timeout) {
            try {
                return sandboxes.run(new CodeRequest(language, code, Json.parse(input), timeout));
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        CodeResult python(String code) {
            return run(Language.PYTHON, code);
        }

        CodeResult javascript(String code) {
            return run(Language.JAVASCRIPT, code);
        }

        @Override
        public String toString() {
            return isolation.word();
        }
    }

    static Stream<Box> all() {
        return Offered.BOXES.values().stream();
    }

    static Stream<Arguments> allWithLanguages() {
        return all().flatMap(box -> Stream.of(Language.values()).map(language -> Arguments.of(box, language)));
    }

    /** The one that a server on this host uses. */
    static Box best() {
        return Offered.BOXES.values().iterator().next();
    }

    static CodeSettings settings(Path data, Map<String, String> values) {
        return CodeSettings.from(new Settings(values), data);
    }

    static Box start(Isolation isolation, Path data, Map<String, String> values) {
        Map<String, String> all = new HashMap<>(values);
        // Who is not root can show code only what they may read, and Python may stand in the home of root.
        if (isolation != Isolation.NAMESPACES && Files.isExecutable(SYSTEM_PYTHON)) {
            all.putIfAbsent("AGENT_PLATFORM_PYTHON_BIN", SYSTEM_PYTHON.toString());
        }
        Sandboxes sandboxes = new Sandboxes(settings(data, all));
        sandboxes.start(List.of(isolation));
        return new Box(isolation, sandboxes, data);
    }

    private static Map<Isolation, Box> offered() {
        List<Isolation> candidates = Isolation.candidates(Isolation.root());
        Map<Isolation, Box> offered = new LinkedHashMap<>();
        try {
            for (Isolation isolation : candidates) {
                Path data = Files.createTempDirectory("code-data");
                Files.writeString(data.resolve("secret.txt"), "canary");
                Box box = start(isolation, data, Map.of());
                if (!box.sandboxes().isolation().isEmpty()) offered.put(isolation, box);
                else box.sandboxes().stop();
            }
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
        // Without any, none of what follows would show anything.
        assertThat(offered).isNotEmpty();
        return offered;
    }
}
