package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.Options;
import java.util.Arrays;

/** {@code Main <name> [option=value ...]}: runs one measurement. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 0) {
            System.err.println(
                    "usage: bench/run.sh runs|steps|backlog|churn|http|followers|start|memory|code|audit [option=value"
                            + " ...]");
            System.exit(2);
        }
        Options options = Options.parse(Arrays.asList(arguments).subList(1, arguments.length));
        switch (arguments[0]) {
            case "runs" -> RunsBench.measure(options);
            case "steps" -> StepsBench.measure(options);
            case "backlog" -> BacklogBench.measure(options);
            case "churn" -> ChurnBench.measure(options);
            case "http" -> HttpBench.measure(options);
            case "followers" -> FollowersBench.measure(options);
            case "start" -> StartBench.measure(options);
            case "memory" -> MemoryBench.measure(options);
            case "code" -> CodeBench.measure(options);
            case "audit" -> AuditBench.measure(options);
            default -> throw new IllegalArgumentException("no measurement is called " + arguments[0]);
        }
        // Pools of libraries may have left threads behind.
        System.exit(0);
    }
}
