package dev.agentplatform.event;

import dev.agentplatform.engine.EngineProcess;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.events.Sender;
import dev.agentplatform.events.Subscription;
import dev.agentplatform.events.Subscriptions;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.store.Database;
import dev.agentplatform.vault.Vault;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the event room contributes: its routes, and the courier that delivers. */
public final class EventModule implements LifeCycle {
    public static final String RETENTION_SETTING = "AGENT_PLATFORM_EVENT_RETENTION_DAYS";
    private static final int RETENTION_DAYS_DEFAULT = 30;
    private static final int RETENTION_DAYS_MAX = 36_500;

    private final Courier courier;
    private final Retention retention;
    private final boolean worker;
    private final Routes routes = new Routes("event", "Events, subscriptions and their deliveries");

    /**
     * @param starters what triggers can start
     * @param senders to targets that the operator has configured, beside webhooks and triggers
     * @param worker false: this process delivers nothing
     */
    public record Wiring(
            Database database,
            EngineProcess process,
            Subscriptions subscriptions,
            Outbox outbox,
            OutboundClient client,
            Vault vault,
            Clock clock,
            Ids ids,
            List<RunStarter> starters,
            List<Sender> senders,
            boolean worker) {}

    /** What the routes are made of. */
    record Parts(
            Database database,
            EngineProcess process,
            Subscriptions subscriptions,
            Outbox outbox,
            Vault vault,
            Clock clock,
            Ids ids,
            Courier courier,
            Map<String, RunStarter> starters,
            Set<String> targets) {}

    public EventModule(Wiring wiring, Settings settings) {
        worker = wiring.worker();
        courier = new Courier(
                wiring.database(), wiring.process(), wiring.subscriptions(), wiring.outbox(), wiring.clock());
        Map<String, RunStarter> starters = new TreeMap<>();
        for (RunStarter starter : wiring.starters()) starters.put(starter.kind(), starter);
        Set<String> targets = new TreeSet<>();
        courier.add(new WebhookSender(wiring.client(), wiring.vault(), wiring.clock()));
        courier.add(new TriggerSender(starters));
        targets.add(WebhookSender.KIND);
        targets.add(TriggerSender.KIND);
        for (Sender sender : wiring.senders()) {
            courier.add(sender);
            if (!sender.kind().equals(Subscription.JOB)) targets.add(sender.kind());
        }
        long days = settings.number(RETENTION_SETTING, RETENTION_DAYS_DEFAULT, 1, RETENTION_DAYS_MAX);
        retention = new Retention(wiring.database(), wiring.clock(), Duration.ofDays(days));
        Parts parts = new Parts(
                wiring.database(),
                wiring.process(),
                wiring.subscriptions(),
                wiring.outbox(),
                wiring.vault(),
                wiring.clock(),
                wiring.ids(),
                courier,
                starters,
                targets);
        new EventRoutes(parts).addTo(routes);
        new SubscriptionRoutes(parts).addTo(routes);
        new DeliveryRoutes(parts).addTo(routes);
        new InboundRoutes(parts).addTo(routes);
    }

    public Routes routes() {
        return routes;
    }

    @Override
    public void start() {
        if (!worker) return;
        courier.start();
        retention.start();
    }

    /** Before the engine stops: what was confirmed is still to be written. */
    @Override
    public void stop() {
        courier.stop();
        retention.stop();
    }
}
