package dev.agentplatform.scheduler;

import dev.agentplatform.engine.EngineProcess;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.events.Sender;
import dev.agentplatform.events.Subscriptions;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.store.Database;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the scheduler room contributes: its routes, and the ticker that fires due jobs. */
public final class SchedulerModule implements LifeCycle {
    private final Ticker ticker;
    private final Sender sender;
    private final Routes routes = new Routes("scheduler", "Jobs at a time, again and again, or on events");

    /** @param targets one for each kind of runs that jobs can make */
    public record Wiring(
            Database database,
            EngineProcess process,
            Subscriptions subscriptions,
            Outbox outbox,
            OutboundClient client,
            Clock clock,
            Ids ids,
            List<JobTarget> targets) {}

    public SchedulerModule(Wiring wiring) {
        Map<String, JobTarget> targets = new TreeMap<>();
        for (JobTarget target : wiring.targets()) targets.put(target.jobType(), target);
        Effects effects = new Effects(
                targets, wiring.process().engine(), wiring.outbox(), wiring.client(), wiring.ids(), wiring.clock());
        ticker = new Ticker(wiring.database(), wiring.process(), effects, wiring.clock());
        sender = new JobSender(wiring.database(), wiring.process().dispatcher(), wiring.clock());
        Jobs jobs = new Jobs(
                wiring.database(),
                wiring.process(),
                wiring.subscriptions(),
                effects,
                ticker,
                wiring.clock(),
                wiring.ids());
        new JobRoutes(jobs, wiring.ids(), wiring.clock()).addTo(routes);
    }

    public Routes routes() {
        return routes;
    }

    /** For the courier: it turns events into firings. */
    public Sender sender() {
        return sender;
    }

    @Override
    public void start() {
        ticker.start();
    }

    /** Before the engine stops. */
    @Override
    public void stop() {
        ticker.stop();
    }
}
