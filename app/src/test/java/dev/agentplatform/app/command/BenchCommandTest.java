package dev.agentplatform.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.Main;
import dev.agentplatform.app.command.Commands.Printed;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
    @TempDir
    private Path folder;

    @Test
    void printsFiguresAndLeavesNothingBehind() {
        Printed printed =
                Commands.run(new BenchCommand(), "--seconds", "0.3", "--callers", "4", "--folder", folder.toString());
        assertThat(printed.exitCode()).isEqualTo(Main.OK);
        assertThat(printed.out().lines())
                .anySatisfy(line -> assertThat(line).matches("runs/s +[1-9]\\d*"))
                .anySatisfy(line -> assertThat(line).matches("p50 +\\d+\\.\\d ms"));
        assertThat(folder).isEmptyDirectory();
    }
}
