package dev.agentplatform.bench.dbos;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.agentplatform.bench.harness.Latencies;
import dev.agentplatform.bench.harness.Load;
import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Postgres;
import dev.agentplatform.bench.harness.Processes;
import dev.agentplatform.bench.harness.Result;
import dev.dbos.transact.DBOS;
import dev.dbos.transact.StartWorkflowOptions;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Workflow;
import java.util.List;
import java.util.UUID;

/** DBOS Transact doing what the measurement "runs" does: three no-op steps, run in the process that starts them. */
public final class DbosRuns {
    private static final String DATABASE = "bench_dbos";

    private DbosRuns() {}

    public interface Flow {
        String run(String input);
    }

    public static final class ThreeSteps implements Flow {
        private final DBOS dbos;

        ThreeSteps(DBOS dbos) {
            this.dbos = dbos;
        }

        @Override
        @Workflow(name = "run")
        public String run(String input) {
            String output = "";
            for (int no = 1; no <= 3; no++) {
                String result = fill("{\"step\":" + no + ",\"text\":\"", 200);
                output = dbos.<String, RuntimeException>runStep(() -> result, "step" + no);
            }
            return output;
        }
    }

    public static void main(String[] arguments) throws Exception {
        Options options = Options.parse(List.of(arguments));
        int runs = options.number("n", 10_000);
        int rounds = options.number("rounds", 1);
        int warm = options.number("warm", 5_000);
        int low = options.number("alone", 300);
        int callers = options.number("callers", 64);
        int pool = options.number("pool", 20);
        try (Postgres postgres = Postgres.from(options)) {
            options.complete();
            postgres.fresh(DATABASE);
            DBOS dbos = open(postgres, pool);
            Flow flow = dbos.registerProxy(Flow.class, new ThreeSteps(dbos));
            dbos.launch();
            String input = fill("{\"task\":\"bench\",\"payload\":\"", 300);
            Load.Work once = _ -> run(dbos, flow, input);
            Load.closed(warm, Math.min(16, callers), once);
            Latencies alone = Load.closed(low, 1, once).latencies();
            for (int round = 0; round < rounds; round++) {
                double cpu = Processes.ownCpuMs();
                double storeCpu = postgres.cpuMs();
                Load.Measured load = Load.closed(runs, callers, once);
                new Result("runs")
                        .put("store", "postgresql")
                        .put("side", "dbos")
                        .put("n", runs)
                        .put("runs_s", load.perSecond())
                        .put("loaded", load.latencies())
                        .put("alone", alone)
                        .put("process_cpu_ms_per_run", (Processes.ownCpuMs() - cpu) / runs)
                        .put("store_cpu_ms_per_run", (postgres.cpuMs() - storeCpu) / runs)
                        .print();
            }
            dbos.shutdown();
            postgres.drop(DATABASE);
        }
        // Its pools have threads of their own.
        System.exit(0);
    }

    private static DBOS open(Postgres postgres, int pool) {
        HikariConfig connections = new HikariConfig();
        connections.setJdbcUrl(postgres.jdbcUrl(DATABASE));
        connections.setMaximumPoolSize(pool);
        return new DBOS(DBOSConfig.defaults("bench")
                .withAppVersion("1")
                .withMigrate(true)
                .withDataSource(new HikariDataSource(connections)));
    }

    private static void run(DBOS dbos, Flow flow, String input) throws Exception {
        String result = dbos.startWorkflow(
                        () -> flow.run(input),
                        new StartWorkflowOptions(UUID.randomUUID().toString()))
                .getResult();
        if (!result.contains("\"step\":3")) throw new IllegalStateException("the run ended with " + result);
    }

    private static String fill(String start, int bytes) {
        StringBuilder text = new StringBuilder(start);
        while (text.length() < bytes - 2) text.append((char) ('a' + text.length() % 26));
        return text.append("\"}").toString();
    }
}
