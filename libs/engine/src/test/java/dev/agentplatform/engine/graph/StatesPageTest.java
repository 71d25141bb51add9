package dev.agentplatform.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/engine-states.md is drawn from the tables of states, so it cannot go stale. */
class StatesPageTest {
    private static final String UPDATE =
            "./mvnw -q -pl libs/engine -am test -Dtest=StatesPageTest -Dsurefire.failIfNoSpecifiedTests=false"
                    + " -Dupdate.docs=true";

    @Test
    void the_page_shows_the_states_as_they_are() throws IOException {
        Path page = root().resolve("docs/engine-states.md");
        String wanted = text();
        if (Boolean.getBoolean("update.docs")) Files.writeString(page, wanted);
        assertThat(Files.readString(page)).as("stale; run " + UPDATE).isEqualTo(wanted);
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("mvnw"))) folder = folder.getParent();
        return folder;
    }

    private static String text() {
        List<RunStatus> runs = Arrays.asList(RunStatus.values());
        List<StepStatus> steps = Arrays.asList(StepStatus.values());
        return """
            # States of runs and steps

            Drawn by `StatesPageTest` from `RunStatus` and `StepStatus`; do not edit. To draw it anew:

                %s

            What the states mean, and what causes the moves, is in [engine.md](engine.md).

            ## Run

            %s
            ## Step

            A step is what the API calls a node run. `skipped` is never entered from another state: such a step is
            recorded as skipped and never was open.

            %s\
            """.formatted(UPDATE, section(runs, RunStatus::next), section(steps, StepStatus::next));
    }

    private static <S extends Enum<S>> String section(List<S> states, Function<S, Collection<S>> next) {
        String first = word(states.getFirst());
        StringBuilder text = new StringBuilder("```mermaid\nstateDiagram-v2\n    [*] --> " + first + "\n");
        for (S state : states) {
            for (S to : new TreeSet<>(next.apply(state))) {
                text.append("    ")
                        .append(word(state))
                        .append(" --> ")
                        .append(word(to))
                        .append('\n');
            }
            if (next.apply(state).isEmpty())
                text.append("    ").append(word(state)).append(" --> [*]\n");
        }
        text.append("```\n\n| state | may become |\n|---|---|\n");
        for (S state : states) {
            String moves = new TreeSet<>(next.apply(state))
                    .stream().map(StatesPageTest::word).collect(Collectors.joining(", "));
            text.append("| ").append(word(state)).append(" | ");
            text.append(moves.isEmpty() ? "nothing: final" : moves).append(" |\n");
        }
        return text.toString();
    }

    private static String word(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
