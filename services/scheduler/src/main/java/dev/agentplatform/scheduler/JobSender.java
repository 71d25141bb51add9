package dev.agentplatform.scheduler;

import dev.agentplatform.events.DeliveryTable;
import dev.agentplatform.events.Event;
import dev.agentplatform.events.Sender;
import dev.agentplatform.events.Subscription;
import dev.agentplatform.events.TriggerChain;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.queue.ActorTable;
import dev.agentplatform.queue.Dispatcher;
import dev.agentplatform.store.Database;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Turns events into firings of jobs. An event that is delivered twice makes one firing. */
final class JobSender implements Sender {
    static final String JOB_ID = "job_id";

    private final Database database;
    private final Dispatcher dispatcher;
    private final Clock clock;

    JobSender(Database database, Dispatcher dispatcher, Clock clock) {
        this.database = database;
        this.dispatcher = dispatcher;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return Subscription.JOB;
    }

    @Override
    public void send(Subscription subscription, List<Event> events) {
        Event event = events.getFirst();
        if (TriggerChain.feedsItself(subscription, event) || TriggerChain.tooLong(event)) return;
        String workspace = subscription.workspaceId();
        UUID jobId = UUID.fromString(subscription.target().path(JOB_ID).asString());
        Optional<Job> found = database.read(sql -> JobTable.find(sql, workspace, jobId));
        if (found.isEmpty() || !found.get().status().equals(Job.ACTIVE)) return;
        Job job = found.get();
        long now = clock.millis();
        ObjectNode kept = event.json();
        kept.set("trigger_metadata", TriggerChain.metadata(subscription, event));
        Firing firing = Firing.due(job, "event", now).identified(DeliveryTable.id(event.id(), subscription.id()), kept);
        database.transact(sql -> {
            // The task first, for the order of locks.
            ActorTable.call(sql, job.actor(), JobState.of(job, 0).write(), now);
            FiringTable.insert(sql, firing);
            return null;
        });
        dispatcher.ready(job.actor().queue(), Job.PRIORITY);
    }

    /** The event that a firing keeps. */
    static Event event(JsonNode kept) {
        JsonNode payload = kept.path("payload_json");
        return new Event(
                Ids.parse(kept.path("id").asString()).orElseThrow(),
                kept.path("workspace_id").asString(),
                kept.path("event_type").asString(),
                kept.path("source_service").asString(),
                kept.path("aggregate_type").asString(),
                kept.path("aggregate_id").asString(),
                kept.path("seq").asLong(),
                Times.parse(kept.path("event_time").asString()).orElse(0L),
                Json.writeOrNull(payload));
    }
}
