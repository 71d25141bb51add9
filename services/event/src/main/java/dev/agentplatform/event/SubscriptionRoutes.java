package dev.agentplatform.event;

import dev.agentplatform.events.DeliveryTable;
import dev.agentplatform.events.Event;
import dev.agentplatform.events.EventTable;
import dev.agentplatform.events.Interest;
import dev.agentplatform.events.Subscription;
import dev.agentplatform.events.Subscription.Status;
import dev.agentplatform.events.Subscriptions;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.vault.Vault;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Range;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /events/subscriptions}: who wants to hear of what. */
final class SubscriptionRoutes {
    private static final int ATTEMPTS_DEFAULT = 10;
    private static final double RETRY_DELAY_SECONDS_MIN = 0.01;
    private static final double RETRY_DELAY_SECONDS_MAX = 3_600;
    private static final int REPLAY_MAX = 10_000;
    private static final int REPLAY_PAGE = 500;

    private final EventModule.Parts parts;
    private final Subscriptions subscriptions;

    SubscriptionRoutes(EventModule.Parts parts) {
        this.parts = parts;
        this.subscriptions = parts.subscriptions();
    }

    record Create(
            @Required @Length(min = 1, max = 200) String name,

            @Required @Doc("Types such as run.completed, prefixes such as run.*, or *")
            List<String> eventTypes,

            @Length(max = 2_000) @Doc("Expression over the event; it is delivered when it holds")
            String filter,

            @Required @Doc("webhook or trigger, with its fields")
            JsonNode target,

            @Range(min = 1, max = 50) @Doc("After so many failures an event is dead")
            Integer maxAttempts,

            @Doc("Before the second attempt; doubled each time")
            Double retryDelaySeconds,

            @OneOf({"active", "paused"}) String status) {}

    record Change(
            @Length(min = 1, max = 200) String name,
            List<String> eventTypes,
            @Length(max = 2_000) String filter,
            JsonNode target,
            @Range(min = 1, max = 50) Integer maxAttempts,
            Double retryDelaySeconds,

            @OneOf({"active", "paused"}) @Doc("A paused one still gathers events")
            String status) {}

    record Replay(
            @Required Instant fromTime,
            Instant toTime,

            @Doc("true: only dead deliveries; false: every event of the log that matches")
            Boolean deadOnly) {}

    void addTo(Routes routes) {
        routes.post("/events/subscriptions", "Subscribe to events")
                .body(Create.class)
                .answers(201, ObjectNode.class, "The subscription; a secret that was made is shown this once")
                .handle(this::create);
        routes.get("/events/subscriptions", "List subscriptions, newest first")
                .paged()
                .query("status", "string", "active or paused")
                .query("target_type", "string", "webhook or trigger")
                .handle(request -> Reply.page(
                        subscriptions.page(
                                request.workspace().id(),
                                page(request),
                                request.query("target_type").orElse(null),
                                request.query("status").orElse(null)),
                        Subscription::json));
        routes.get("/events/subscriptions/{id}", "Show a subscription")
                .handle(request -> Reply.of(200, find(request).json()));
        routes.patch("/events/subscriptions/{id}", "Change, pause or resume a subscription")
                .body(Change.class)
                .handle(this::change);
        routes.delete("/events/subscriptions/{id}", "Delete a subscription and what is on its way to it")
                .handle(request -> {
                    Subscription found = find(request);
                    subscriptions.delete(found.workspaceId(), found.id());
                    return Reply.empty(204);
                });
        routes.post("/events/subscriptions/{id}/replay", "Deliver the events of a time once more")
                .body(Replay.class)
                .answers(202, ObjectNode.class, "How many are on their way")
                .handle(this::replay);
    }

    static PageRequest page(Request request) {
        return PageRequest.of(request.cursor(), request.query("sort"), request.limit());
    }

    private Reply create(Request request) {
        Create body = request.body(Create.class);
        String filter = blankToNull(body.filter());
        Interest.check(body.eventTypes(), filter, "event_types", "filter");
        SubscriptionTarget target = target(body.target());
        String workspace = request.workspace().id();
        UUID id = parts.ids().next();
        long now = parts.clock().millis();
        boolean made = target.kind().equals(WebhookSender.KIND) && target.secret() == null;
        String secret = made ? Signatures.newSecret() : target.secret();
        Subscription subscription = new Subscription(
                id,
                workspace,
                body.name(),
                target.kind(),
                body.status() == null ? Status.ACTIVE : Status.of(body.status()),
                body.eventTypes(),
                filter,
                target.options(),
                sealed(workspace, id, secret),
                body.maxAttempts() == null ? ATTEMPTS_DEFAULT : body.maxAttempts(),
                retryDelay(body.retryDelaySeconds(), 1_000),
                now,
                now);
        subscriptions.create(subscription);
        ObjectNode json = subscription.json();
        if (made) json.withObject("target").put("secret", secret);
        return Reply.of(201, json);
    }

    private Reply change(Request request) {
        Change body = request.body(Change.class);
        Subscription old = find(request);
        // A blank filter takes the filter away; one that is not sent stays.
        String filter = body.filter() == null ? old.filter() : blankToNull(body.filter());
        List<String> types = body.eventTypes() == null ? old.types() : body.eventTypes();
        Interest.check(types, filter, "event_types", "filter");
        SubscriptionTarget target = Json.isNothing(body.target()) ? null : target(body.target());
        boolean keepsSecret =
                target == null || (target.secret() == null && target.kind().equals(old.kind()));
        Subscription changed = new Subscription(
                old.id(),
                old.workspaceId(),
                body.name() == null ? old.name() : body.name(),
                target == null ? old.kind() : target.kind(),
                body.status() == null ? old.status() : Status.of(body.status()),
                types,
                filter,
                target == null ? old.target() : target.options(),
                keepsSecret ? old.secret() : sealed(old.workspaceId(), old.id(), target.secret()),
                body.maxAttempts() == null ? old.maxAttempts() : body.maxAttempts(),
                retryDelay(body.retryDelaySeconds(), old.retryDelayMs()),
                old.createdTime(),
                parts.clock().millis());
        if (!subscriptions.update(changed)) throw Problem.notFound("subscription", old.id());
        parts.courier().expected(changed);
        return Reply.of(200, changed.json());
    }

    private Reply replay(Request request) {
        Replay body = request.body(Replay.class);
        Subscription subscription = find(request);
        long from = body.fromTime().toEpochMilli();
        long to = body.toTime() == null ? parts.clock().millis() : body.toTime().toEpochMilli();
        if (to < from) throw Problem.invalid("to_time", "must not be before from_time");
        boolean deadOnly = body.deadOnly() == null || body.deadOnly();
        Interest interest = new Interest(subscription.types(), subscription.filter());
        UUID after = Ids.lowest(from);
        UUID end = Ids.lowest(to + 1);
        int replayed = 0;
        boolean more = true;
        while (more && replayed < REPLAY_MAX) {
            UUID behind = after;
            List<Event> events = parts.database()
                    .read(sql -> EventTable.range(sql, subscription.workspaceId(), behind, end, REPLAY_PAGE));
            replayed +=
                    again(subscription, events.stream().filter(interest::wants).toList(), deadOnly);
            more = events.size() == REPLAY_PAGE;
            if (!events.isEmpty()) after = events.getLast().id();
        }
        parts.courier().expected(subscription);
        ObjectNode json = Json.object();
        json.put("workspace_id", subscription.workspaceId());
        json.put("tenant_id", subscription.workspaceId());
        json.put("replayed", replayed);
        // With this as from_time the next call goes on.
        json.put("continue_from_time", more ? Times.format(Ids.timeMs(after)) : null);
        return Reply.of(202, json);
    }

    private int again(Subscription subscription, List<Event> events, boolean deadOnly) {
        long now = parts.clock().millis();
        return parts.database().transact(sql -> {
            int replayed = 0;
            for (Event event : events) {
                UUID id = DeliveryTable.id(event.id(), subscription.id());
                boolean again = deadOnly
                        ? DeliveryTable.revive(sql, subscription.workspaceId(), id, now)
                        : DeliveryTable.again(sql, subscription, event, now) == 1;
                if (again) replayed++;
            }
            return replayed;
        });
    }

    private Subscription find(Request request) {
        UUID id = request.id("id", "subscription");
        return subscriptions
                .find(request.workspace().id(), id)
                .filter(Subscription::ofClient)
                .orElseThrow(() -> Problem.notFound("subscription", id));
    }

    private SubscriptionTarget target(JsonNode target) {
        return SubscriptionTarget.read(target, parts.targets(), parts.starters().keySet());
    }

    private String sealed(String workspace, UUID id, String secret) {
        Vault vault = parts.vault();
        return secret == null ? null : vault.seal(Subscription.sealContext(workspace, id), secret);
    }

    private static long retryDelay(Double seconds, long byDefault) {
        if (seconds == null) return byDefault;
        if (!(seconds >= RETRY_DELAY_SECONDS_MIN && seconds <= RETRY_DELAY_SECONDS_MAX)) {
            throw Problem.invalid("retry_delay_seconds", "must be from 0.01 to 3600");
        }
        return Math.round(seconds * 1_000);
    }

    private static String blankToNull(String text) {
        return Optional.ofNullable(text).filter(it -> !it.isBlank()).orElse(null);
    }
}
