package dev.agentplatform.bench;

import dev.agentplatform.engine.Engine;
import dev.agentplatform.engine.EngineProcess;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Secrets;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Signals;
import dev.agentplatform.queue.Membership;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Metrics;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The engine as a server has it, in this process, without HTTP around it. */
final class EngineRuns implements AutoCloseable {
    private final Database database;
    private final EngineProcess process;
    private final Ids ids = new Ids(Clock.systemUTC());
    private final JsonNode input = Json.parse(Payloads.INPUT);

    /** Owns {@code database} from now on. */
    EngineRuns(Database database, Flows flows) {
        this.database = database;
        this.process = new EngineProcess(
                new EngineProcess.Settings(
                        database,
                        new Membership.Identity(UUID.randomUUID(), "bench"),
                        Membership.Timing.USUAL,
                        Clock.systemUTC(),
                        ids,
                        Signals.NONE,
                        Secrets.NONE,
                        Engine.Limits.USUAL,
                        true),
                List.of(flows));
        process.start();
    }

    Metrics metrics() {
        return database.metrics();
    }

    /** Starts a run and waits until its end is durable; anything but a completed run is an error. */
    RunRecord run(UUID version, long waitMs) throws InterruptedException {
        UUID id = ids.nextRun();
        process.engine().submit(Submission.of(id, Flows.WORKSPACE, Flows.KIND, version, input));
        RunRecord run = process.engine()
                .awaitEnd(Flows.WORKSPACE, id, waitMs)
                .orElseThrow(() -> new IllegalStateException("run " + id + " did not end in time"));
        if (run.status() != RunStatus.COMPLETED) throw new IllegalStateException("run ended as " + run);
        return run;
    }

    @Override
    public void close() {
        process.stop();
        database.close();
    }
}
