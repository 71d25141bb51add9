package dev.agentplatform.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.Main;
import dev.agentplatform.app.command.Commands.Printed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmokeCommandTest {
    @TempDir
    private Path folder;

    @Test
    void onAServerOfItsOwnEveryStepSucceeds() {
        Printed printed = Commands.run(new SmokeCommand(), "--self", "--data", folder.toString());
        assertThat(printed.exitCode()).as(printed.out()).isEqualTo(Main.OK);
        assertThat(printed.out().lines()).allMatch(line -> line.startsWith("ok "));
        assertThat(printed.out()).contains("create workflow", "start run", "check the result", "read the events");
    }

    @Test
    void noServerIsAFailureThatNamesTheAddress() throws IOException {
        Path settings = Files.writeString(
                folder.resolve("smoke.properties"), "AGENT_PLATFORM_SMOKE_WORKFLOW_URL=http://localhost:1/gateway/\n");
        Printed printed = Commands.run(new SmokeCommand(), "--config", settings.toString());
        assertThat(printed.exitCode()).isEqualTo(Main.FAILED);
        assertThat(printed.out()).contains("FAIL", "create app", "http://localhost:1/gateway/workflows/apps");
    }
}
