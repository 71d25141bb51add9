package dev.agentplatform.event;

import dev.agentplatform.events.Delivery;
import dev.agentplatform.events.DeliveryTable.Lease;
import dev.agentplatform.events.Event;
import dev.agentplatform.events.EventTable.Filter;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Range;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Reservation;
import dev.agentplatform.web.Routes;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /events}: publish, list, and fetch what nobody has confirmed. */
final class EventRoutes {
    private static final int LEASE_SECONDS_DEFAULT = 60;
    private static final int CLAIM_DEFAULT = 50;
    private static final int CLAIM_MAX = 200;

    private final EventModule.Parts parts;
    private final Events events;

    EventRoutes(EventModule.Parts parts) {
        this.parts = parts;
        this.events = new Events(parts);
    }

    record Publish(
            @Required @Length(min = 1, max = 200) @Doc("For example order.paid")
            String eventType,

            @Length(max = 200) @Doc("Who says it") String sourceService,

            @Length(max = 200) @Doc("What it is about") String aggregateType,

            @Length(max = 200) @Doc("Events of one aggregate are delivered in order")
            String aggregateId,

            @Alias("payload") JsonNode payloadJson) {}

    record Claim(
            @Range(min = 1, max = CLAIM_MAX) Integer limit,

            @Range(min = 1, max = 86_400) @Doc("Unconfirmed after that, an event is handed out again")
            Integer leaseSeconds,

            @Length(max = 200) String workerKey) {}

    record SetStatus(
            @Required @OneOf({"delivered", "failed"}) String status,

            @Alias("error") @Length(max = 500) String errorMessage) {}

    void addTo(Routes routes) {
        routes.post("/events", "Publish an event").body(Publish.class).handle(this::publish);
        routes.get("/events", "List events, newest first")
                .paged()
                .query("event_type", "string", "Of exactly this type")
                .query("source_service", "string", "From this service")
                .query("aggregate_type", "string", "About things of this type")
                .query("aggregate_id", "string", "About this thing")
                .handle(request -> Reply.page(
                        events.list(
                                request.workspace().id(),
                                SubscriptionRoutes.page(request),
                                new Filter(
                                        request.query("event_type").orElse(null),
                                        request.query("source_service").orElse(null),
                                        request.query("aggregate_type").orElse(null),
                                        request.query("aggregate_id").orElse(null))),
                        json -> json));
        routes.get("/events/{id}", "Show an event").handle(request -> {
            UUID id = request.id("id", "event");
            return Reply.of(200, events.shown(events.get(request.workspace().id(), id)));
        });
        routes.post("/events/claim-pending", "Fetch events that nobody has confirmed; they are leased")
                .body(Claim.class)
                .handle(this::claim);
        routes.post("/events/{id}/status", "Confirm a fetched event, or say that it failed")
                .body(SetStatus.class)
                .handle(this::setStatus);
    }

    private Reply publish(Request request) {
        Publish body = request.body(Publish.class);
        UUID id = request.idempotency()
                .map(Reservation::reservedId)
                .orElseGet(() -> parts.ids().next());
        Event event = events.publish(new Outbox.Message(
                id,
                request.workspace().id(),
                body.eventType(),
                or(body.sourceService(), "api"),
                or(body.aggregateType(), "event"),
                or(body.aggregateId(), id.toString()),
                parts.clock().millis(),
                Json.writeOrNull(body.payloadJson())));
        return Reply.of(201, events.shown(event));
    }

    private Reply claim(Request request) throws InterruptedException {
        Claim body = request.body(Claim.class);
        int limit = body.limit() == null ? CLAIM_DEFAULT : body.limit();
        int seconds = body.leaseSeconds() == null ? LEASE_SECONDS_DEFAULT : body.leaseSeconds();
        long until = parts.clock().millis() + seconds * 1_000L;
        List<Delivery> claimed =
                events.claim(request.workspace().id(), body.workerKey(), new Lease(limit, seconds * 1_000L));
        return Reply.page(new Page<>(claimed, null), one -> {
            ObjectNode json = one.event().json();
            json.put("status", "claimed");
            json.put("attempts", one.attempts());
            json.put("worker_key", body.workerKey());
            json.put("lease_expire_time", Times.format(until));
            return json;
        });
    }

    private Reply setStatus(Request request) throws InterruptedException {
        SetStatus body = request.body(SetStatus.class);
        UUID id = request.id("id", "event");
        String workspace = request.workspace().id();
        events.report(workspace, id, body.status().equals("delivered"), body.errorMessage());
        return Reply.of(200, events.shown(events.get(workspace, id)));
    }

    private static String or(String text, String byDefault) {
        return text == null || text.isBlank() ? byDefault : text;
    }
}
