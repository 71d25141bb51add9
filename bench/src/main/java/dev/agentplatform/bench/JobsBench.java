package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.HttpConnection;
import dev.agentplatform.bench.harness.Latencies;
import dev.agentplatform.bench.harness.Load;
import dev.agentplatform.bench.harness.Options;
import dev.agentplatform.bench.harness.Processes;
import dev.agentplatform.bench.harness.Result;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Database;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Jobs that are all due at one time, until each is durably done; and one job at a time, from its time to its start. */
final class JobsBench {
    private static final int CALLERS = 16;
    private static final long LOOK_EVERY_MS = 5;
    private static final long LEAD_MS = 150;
    private static final long STORE_MS_MIN = 3_000;
    private static final long STORE_MS_PER_JOB = 2;

    private JobsBench() {}

    static void measure(Options options) throws Exception {
        int jobs = options.number("n", 10_000);
        int rounds = options.number("rounds", 3);
        int alone = options.number("alone", 100);
        try (Stores stores = Stores.from(options, "sqlite,postgresql")) {
            options.complete();
            for (String kind : stores.kinds()) {
                try (InProcess house = new InProcess(kind, stores, Map.of())) {
                    // The first round warms up.
                    for (int round = 0; round <= rounds; round++) drain(kind, stores, house, round, jobs);
                    alone(kind, house, alone);
                }
            }
        }
    }

    private static void drain(String kind, Stores stores, InProcess house, int round, int jobs) throws Exception {
        Database database = house.platform().database();
        long due = System.currentTimeMillis() + STORE_MS_MIN + jobs * STORE_MS_PER_JOB;
        byte[] request = HttpConnection.request("POST", "/scheduler/jobs", job(due));
        List<HttpConnection> connections = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) connections.add(new HttpConnection(house.port()));
        Load.Measured put = Load.closed(jobs, CALLERS, caller -> {
            connections.get(caller).send(request);
            connections.get(caller).answer().expect(201);
        });
        for (HttpConnection connection : connections) connection.close();
        int before = done(database);
        long early = due - System.currentTimeMillis();
        if (early < 0) throw new IllegalStateException("the jobs were due before all of them were stored");
        TimeUnit.MILLISECONDS.sleep(early);
        double cpu = Processes.ownCpuMs();
        double storeCpu = stores.cpuMs(kind);
        long start = System.nanoTime();
        while (done(database) < before + jobs) TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (round == 0) return;
        new Result("jobs")
                .put("store", kind)
                .put("n", jobs)
                .put("put_s", put.perSecond())
                .put("drain_s", jobs / seconds)
                .put("process_cpu_ms_per_job", (Processes.ownCpuMs() - cpu) / jobs)
                .put("store_cpu_ms_per_job", (stores.cpuMs(kind) - storeCpu) / jobs)
                .print();
    }

    private static int done(Database database) {
        return database.read(sql -> sql.one("SELECT count(*) AS many FROM job_firing WHERE status = 'completed'", row ->
                        (int) row.number("many")))
                .orElse(0);
    }

    private static String job(long due) {
        return "{\"name\":\"bench\",\"job_type\":\"event\",\"schedule_time\":\"%s\",\"payload_json\":{\"event_type\":\"bench.due\",\"payload_json\":%s}}"
                .formatted(Instant.ofEpochMilli(due).truncatedTo(ChronoUnit.MILLIS), Payloads.INPUT);
    }

    /** The event of a job has the time at which its firing began. */
    private static void alone(String kind, InProcess house, int times) throws Exception {
        Latencies late = new Latencies();
        try (HttpConnection connection = new HttpConnection(house.port())) {
            for (int i = 0; i < times; i++) {
                long due = System.currentTimeMillis() + LEAD_MS + i % 17;
                String made = connection
                        .post("/scheduler/jobs", job(due).replace("bench.due", "bench.alone" + i))
                        .expect(201)
                        .body();
                String firings =
                        "/scheduler/jobs/" + Json.parse(made).path("id").asString();
                while (!connection.get(firings).expect(200).body().contains("\"status\":\"completed\"")) {
                    TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
                }
                String events = connection
                        .get("/events?event_type=bench.alone" + i)
                        .expect(200)
                        .body();
                String time = Json.parse(events)
                        .path("items")
                        .path(0)
                        .path("event_time")
                        .asString();
                late.add((Instant.parse(time).toEpochMilli() - due) * 1_000_000);
            }
        }
        new Result("jobs_alone").put("store", kind).put("due_to_start", late).print();
    }
}
