package dev.agentplatform.app.command;

import dev.agentplatform.app.Main;
import dev.agentplatform.app.flowtest.FlowTests;
import dev.agentplatform.app.flowtest.JunitReport;
import dev.agentplatform.kernel.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs tests of workflows, whose steps are mocked, without a server. */
@Command(
        name = "test",
        description = "Run tests of workflows with mocked steps, without a server.",
        footer = {
            "",
            "A folder means every *.test.yaml, *.test.yml and *.test.json below it.",
            "",
            "Examples:",
            "  agent-platform test -f examples",
            "  agent-platform test -f orders.test.yaml --report target/orders.xml",
            "",
            "Exit codes: 0 all passed, 1 some failed, 2 a file is wrong or there is no test."
        })
public final class TestCommand implements Callable<Integer> {
    @Option(names = "-f", required = true, paramLabel = "FILE|FOLDER", description = "The tests; may be given again.")
    private List<Path> paths;

    @Option(names = "--report", paramLabel = "FILE", description = "Write a JUnit report in XML here.")
    private Path report;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        List<FlowTests.Result> results = new ArrayList<>();
        boolean wrong = false;
        try (FlowTests tests = new FlowTests(System.getenv())) {
            for (Path file : files()) {
                try {
                    for (FlowTests.Result result : tests.run(file)) {
                        results.add(result);
                        tell(out, result);
                    }
                } catch (Problem malformed) {
                    err.println(file + ": " + malformed.detail());
                    wrong = true;
                } catch (IOException unreadable) {
                    err.println(file + ": cannot be read (" + unreadable.getMessage() + ")");
                    wrong = true;
                }
            }
        }
        if (report != null) JunitReport.write(report, results);
        long failed = results.stream().filter(result -> !result.passed()).count();
        out.println(results.size() - failed + " passed, " + failed + " failed");
        out.flush();
        if (results.isEmpty() && !wrong) err.println("There is no test: a folder needs files named *.test.yaml.");
        if (wrong || results.isEmpty()) return Main.WRONG_USAGE;
        return failed == 0 ? Main.OK : Main.FAILED;
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) files.addAll(DefinitionFiles.tests(path));
        return files;
    }

    private static void tell(PrintWriter out, FlowTests.Result result) {
        String mark = result.passed() ? "ok  " : "FAIL";
        out.println(mark + " " + result.file() + ": " + result.name() + " (" + result.millis() + " ms)");
        for (String difference : result.differences()) out.println("       " + difference);
        out.flush();
    }
}
