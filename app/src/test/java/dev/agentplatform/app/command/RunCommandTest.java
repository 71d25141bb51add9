package dev.agentplatform.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.Main;
import dev.agentplatform.app.command.Commands.Printed;
import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
    private static final String HELLO = """
        nodes:
          - {id: start, type: start}
          - {id: hello, type: answer, config: {template: "Hello {{input.name}}"}}
        edges:
          - {source: start, target: hello}
        """;
    private static final String APPROVAL = """
        code: asks
        name: Asks
        dsl:
          nodes:
            - {id: ask, type: approval, config: {title: "Pay {{input.amount}}?"}}
            - {id: end, type: end, config: {output: {said: "{{nodes.ask.output.status}}"}}}
          edges:
            - {source: ask, target: end, condition: approved}
            - {source: ask, target: end, condition: rejected}
        """;

    @TempDir
    private Path folder;

    @Test
    void aTextIsPrintedAsItIsAndEventsGoToStandardError() throws IOException {
        Path input = Files.writeString(folder.resolve("input.json"), "{\"name\":\"Ada\"}");
        Path file = Files.writeString(folder.resolve("hello.yaml"), HELLO);
        // By the whole program: its parser must leave the @ alone.
        Printed printed =
                Commands.execute(Main.commandLine(), "run", file.toString(), "--input", "@" + input, "--follow");
        assertThat(printed.exitCode()).as(printed.err()).isEqualTo(Main.OK);
        assertThat(printed.out()).isEqualToIgnoringNewLines("Hello Ada");
        assertThat(printed.err()).contains("hello", "completed: Hello Ada", "run completed");
    }

    @Test
    void aPersonOnTheTerminalIsAskedAndTheRunIsKeptInTheDataFolder() throws IOException {
        List<String> asked = new ArrayList<>();
        RunCommand command = new RunCommand(Optional.of(question -> {
            asked.add(question);
            return "y";
        }));
        Printed printed = run(
                command,
                APPROVAL,
                "--input",
                "{\"amount\":5}",
                "--data",
                folder.resolve("data").toString());
        assertThat(printed.exitCode()).as(printed.err()).isEqualTo(Main.OK);
        assertThat(Json.parse(printed.out())).isEqualTo(Json.object().put("said", "approved"));
        assertThat(asked)
                .singleElement()
                .satisfies(question -> assertThat(question).contains("Pay 5?", "Approve? [y/n]"));
        assertThat(folder.resolve("data").resolve("agent-platform.db")).exists();
    }

    @Test
    void withoutATerminalAQuestionEndsTheRun() throws IOException {
        Printed printed = run(Optional.empty(), APPROVAL, "--input", "{\"amount\":5}");
        assertThat(printed.exitCode()).isEqualTo(Main.FAILED);
        assertThat(printed.err()).contains("asks a person (Pay 5?)", "no terminal");
        assertThat(printed.out()).isEmpty();
    }

    @Test
    void aFailedRunTellsWhereAndWhy() throws IOException {
        String fails = HELLO.replace("Hello {{input.name}}", "{{1 / input.zero}}");
        Printed printed = run(Optional.empty(), fails, "--input", "{\"zero\":0}");
        assertThat(printed.exitCode()).isEqualTo(Main.FAILED);
        assertThat(printed.err()).contains("The run is failed at node hello: ");
        assertThat(printed.out()).isEmpty();
    }

    @Test
    void everyFaultIsTold() throws IOException {
        String wrong = HELLO.replace("type: answer", "type: answr").replace("source: start", "source: nowhere");
        Printed printed = run(Optional.empty(), wrong);
        assertThat(printed.exitCode()).isEqualTo(Main.WRONG_USAGE);
        assertThat(printed.err()).contains("there is no node type 'answr'", "there is no node 'nowhere'");
    }

    @Test
    void whatCannotBeReadIsWrongUsage() throws IOException {
        assertThat(run(Optional.empty(), HELLO, "--input", "{x").exitCode()).isEqualTo(Main.WRONG_USAGE);
        assertThat(run(Optional.empty(), HELLO, "--input", "@" + folder.resolve("none.json"))
                        .exitCode())
                .isEqualTo(Main.WRONG_USAGE);
        assertThat(run(Optional.empty(), "nodes: [").exitCode()).isEqualTo(Main.WRONG_USAGE);
        assertThat(Commands.run(
                                new RunCommand(Optional.empty()),
                                folder.resolve("none.yaml").toString())
                        .exitCode())
                .isEqualTo(Main.WRONG_USAGE);
    }

    private Printed run(Optional<UnaryOperator<String>> person, String workflow, String... options) throws IOException {
        return run(new RunCommand(person), workflow, options);
    }

    private Printed run(RunCommand command, String workflow, String... options) throws IOException {
        Path file = Files.writeString(folder.resolve("flow.yaml"), workflow);
        List<String> arguments = new ArrayList<>(List.of(file.toString()));
        arguments.addAll(List.of(options));
        return Commands.run(command, arguments.toArray(String[]::new));
    }
}
