package dev.agentplatform.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.Main;
import dev.agentplatform.app.command.Commands.Printed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestCommandTest {
    private static final String TESTS = """
        workflow:
          nodes:
            - {id: call, type: http-request, config: {url: "https://shop.example/{{input.id}}"}}
            - {id: ask, type: human-input, config: {title: Well?, timeout_seconds: 600, on_timeout: route}}
            - {id: pause, type: wait, config: {seconds: 86400, delay_seconds: 3600}}
            - {id: end, type: end, config: {output: {price: "{{nodes.call.output.body.price}}"}}}
          edges:
            - {source: call, target: ask}
            - {source: ask, target: pause}
            - {source: pause, target: end}
        tests:
          - name: passes
            input: {id: 7}
            mocks: {call: {output: {body: {price: 3}}}}
            answers: {ask: {status: %s, response: fine}}
            expect:
              path: [call, ask, pause, end]
              exact_output: {price: %d}
              nodes: {call: {input: {url: "https://shop.example/7"}}}
        """;

    @TempDir
    private Path folder;

    @Test
    void theExamplesPass() {
        Path examples = Path.of("..", "examples");
        Path report = folder.resolve("reports").resolve("flow.xml");
        Printed printed = run("-f", examples.toString(), "--report", report.toString());
        assertThat(printed.exitCode()).as(printed.out() + printed.err()).isEqualTo(Main.OK);
        assertThat(printed.out())
                .contains("support-mail.test.yaml", "order-report.test.yaml", "shipment-polling.test.yaml", "0 failed");
        assertThat(report).content().contains("<testsuite", "failures=\"0\"");
    }

    @Test
    void timeDoesNotPassAndPeopleAnswerOrDoNot() throws IOException {
        assertThat(test(TESTS.formatted("completed", 3)).exitCode()).isEqualTo(Main.OK);
        Printed timeout = test(TESTS.formatted("timeout", 3));
        assertThat(timeout.exitCode()).as(timeout.out()).isEqualTo(Main.OK);
    }

    @Test
    void differencesAreShownAndFail() throws IOException {
        Path report = folder.resolve("flow.xml");
        Printed printed = test(TESTS.formatted("completed", 4), "--report", report.toString());
        assertThat(printed.exitCode()).isEqualTo(Main.FAILED);
        assertThat(printed.out())
                .contains("FAIL ", "output: expected {\"price\":4}, was {\"price\":3}", "0 passed, 1 failed");
        assertThat(report).content().contains("failures=\"1\"", "<failure message=");
        Printed path = test(TESTS.formatted("completed", 3).replace("[call, ask, pause, end]", "[call, end]"));
        assertThat(path.out()).contains("path: expected [\"call\",\"end\"], was [\"call\",\"ask\",\"pause\",\"end\"]");
    }

    @Test
    void whatWouldReachOutsideIsRefusedByName() throws IOException {
        Printed printed = test(TESTS.formatted("completed", 3).replace("mocks: {call:", "mocks: {other:"));
        assertThat(printed.exitCode()).isEqualTo(Main.FAILED);
        assertThat(printed.out()).contains("Node call would reach outside: give it a mock, or name it in allow.");
        Printed unasked = test(TESTS.formatted("completed", 3).replace("answers: {ask:", "answers: {other:"));
        assertThat(unasked.out()).contains("node ask asks a person (Well?), and the test has no answer for it");
    }

    @Test
    void aWrongFileIsToldWithItsLine() throws IOException {
        Printed unknown = test(TESTS.formatted("completed", 3).replace("expect:", "expected:"));
        assertThat(unknown.exitCode()).isEqualTo(Main.WRONG_USAGE);
        assertThat(unknown.err()).contains("flow.test.yaml: line ", "tests.0.expected: is not known here");
        assertThat(test("tests: [").exitCode()).isEqualTo(Main.WRONG_USAGE);
        assertThat(test(TESTS.formatted("maybe", 3)).err()).contains("tests.0.answers.ask.status: must be one of");
        assertThat(run("-f", folder.resolve("none.test.yaml").toString()).exitCode())
                .isEqualTo(Main.WRONG_USAGE);
        assertThat(run("-f", Files.createDirectory(folder.resolve("empty")).toString())
                        .err())
                .contains("There is no test");
    }

    private Printed test(String text, String... more) throws IOException {
        Path file = Files.writeString(folder.resolve("flow.test.yaml"), text);
        String[] arguments = new String[more.length + 2];
        arguments[0] = "-f";
        arguments[1] = file.toString();
        System.arraycopy(more, 0, arguments, 2, more.length);
        return run(arguments);
    }

    private static Printed run(String... arguments) {
        return Commands.run(new TestCommand(), arguments);
    }
}
