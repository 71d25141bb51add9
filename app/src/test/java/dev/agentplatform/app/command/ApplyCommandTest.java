package dev.agentplatform.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.EmbeddedServer;
import dev.agentplatform.app.Main;
import dev.agentplatform.app.command.Commands.Printed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplyCommandTest {
    private static final String AGENT = """
        kind: agent
        code: sales
        name: Sales
        spec:
          system_prompt: |
            You are careful.
            You are brief.
        """;

    private static EmbeddedServer server;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        server = EmbeddedServer.start(Map.of(), null);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aFolderIsAppliedAndExportedToFilesThatAreTheSame() throws IOException {
        Path from = Files.createDirectories(folder.resolve("from").resolve("agent"));
        Files.writeString(from.resolve("sales.yaml"), AGENT);
        Printed applied = apply("w1", "-f", folder.resolve("from").toString());
        assertThat(applied.exitCode()).as(applied.err()).isEqualTo(Main.OK);
        assertThat(applied.out())
                .contains("created    agent     sales  version 1", "1 created, 0 updated, 0 unchanged");
        Path to = folder.resolve("to");
        assertThat(export("w1", "-o", to.toString()).exitCode()).isEqualTo(Main.OK);
        assertThat(to.resolve("agent").resolve("sales.yaml")).hasContent(AGENT);
        assertThat(apply("w1", "-f", to.toString()).out()).contains("0 created, 0 updated, 1 unchanged");
        assertThat(export("w1").out()).isEqualTo(AGENT);
        assertThat(export("w1", "--kind", "team").out()).isEmpty();
    }

    @Test
    void aDryRunShowsTheDifferenceAndChangesNothing() throws IOException {
        Path file = Files.writeString(folder.resolve("sales.yaml"), AGENT);
        apply("w2", "-f", file.toString());
        Files.writeString(file, AGENT.replace("brief", "short"));
        Printed dry = apply("w2", "-f", file.toString(), "--dry-run");
        assertThat(dry.out())
                .contains("updated    agent     sales  version 2", "    spec.system_prompt", "- You are brief.")
                .contains("+ You are short.", "dry run: 0 created, 1 updated");
        assertThat(export("w2").out()).isEqualTo(AGENT);
        assertThat(apply("w2", "-f", file.toString(), "--no-publish").out()).contains("version 2, draft");
        assertThat(export("w2").out()).contains("status: draft", "You are short.");
    }

    @Test
    void faultsNameFileLineAndField() throws IOException {
        Path good = Files.writeString(folder.resolve("a.yaml"), AGENT);
        Path bad = Files.writeString(
                folder.resolve("b.yaml"),
                AGENT.replace("sales", "other") + "---\n" + AGENT.replace("name: Sales", "name: 7"));
        Printed printed = apply("w3", "-f", good.toString(), "-f", bad.toString());
        assertThat(printed.exitCode()).isEqualTo(Main.WRONG_USAGE);
        assertThat(printed.err()).contains(bad + ":11: agent sales: name: must be a text");
        assertThat(export("w3").out()).isEmpty();
        Files.writeString(bad, "a: &x 1\nb: *x\n");
        assertThat(apply("w3", "-f", bad.toString()).err()).contains(bad + ": The document uses an alias in line 2");
        assertThat(apply("w3", "-f", folder.resolve("none.yaml").toString()).exitCode())
                .isEqualTo(Main.WRONG_USAGE);
    }

    @Test
    void noServerIsAFailureThatNamesTheAddress() throws IOException {
        Path file = Files.writeString(folder.resolve("sales.yaml"), AGENT);
        Printed printed = Commands.run(new ApplyCommand(), "-f", file.toString(), "--url", "http://localhost:1");
        assertThat(printed.exitCode()).isEqualTo(Main.FAILED);
        assertThat(printed.err()).contains("No answer from http://localhost:1/definitions/apply");
        assertThat(Commands.run(new ExportCommand(), "--url", "nowhere").exitCode())
                .isEqualTo(Main.WRONG_USAGE);
        assertThat(Commands.run(new ExportCommand(), "--url", server.address(), "--kind", "elephant")
                        .exitCode())
                .isEqualTo(Main.WRONG_USAGE);
    }

    @Test
    void aCodeDoesNotLeadOutOfTheFolder() {
        assertThat(ExportCommand.fileName("../../etc/passwd")).isEqualTo("_._.._etc_passwd");
        assertThat(ExportCommand.fileName("sales-1.b")).isEqualTo("sales-1.b");
    }

    private static Printed apply(String workspace, String... more) {
        return run(new ApplyCommand(), workspace, more);
    }

    private static Printed export(String workspace, String... more) {
        return run(new ExportCommand(), workspace, more);
    }

    private static Printed run(Object command, String workspace, String... more) {
        String[] arguments = new String[more.length + 4];
        System.arraycopy(more, 0, arguments, 4, more.length);
        arguments[0] = "--url";
        arguments[1] = server.address();
        arguments[2] = "--workspace";
        arguments[3] = workspace;
        return Commands.run(command, arguments);
    }
}
