package dev.agentplatform.event;

import dev.agentplatform.events.Delivery;
import dev.agentplatform.events.DeliveryTable;
import dev.agentplatform.events.Event;
import dev.agentplatform.events.EventTable;
import dev.agentplatform.events.EventTable.Filter;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.events.Subscription;
import dev.agentplatform.events.Subscription.Status;
import dev.agentplatform.events.Subscriptions;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.queue.Unit;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.store.UniqueViolation;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/**
 * Events from outside, the log of all events, and the subscription through which callers fetch events themselves.
 *
 * <p>That subscription is made by the first call that fetches, one for each workspace; the events that are already in
 * the log then become claimable too.
 */
final class Events {
    static final int CLAIM_ATTEMPTS_MAX = 5;
    private static final long CLAIM_RETRY_DELAY_MS = 1_000;
    private static final int BACKFILL_PAGE = 500;
    private static final String READY = "ready";

    private final EventModule.Parts parts;

    Events(EventModule.Parts parts) {
        this.parts = parts;
    }

    /** Durable when it returns. Publishing one id twice makes one event. */
    Event publish(Outbox.Message message) {
        Outbox.Prepared prepared = parts.outbox().prepare(message);
        try {
            parts.process().commits().commit(new Unit(null, null, List.of(), List.of(), prepared.rows()));
            return prepared.event();
        } catch (UniqueViolation repeated) {
            return get(message.workspaceId(), message.id());
        }
    }

    /** @throws Problem 404 */
    Event get(String workspaceId, UUID id) {
        return parts.database()
                .read(sql -> EventTable.find(sql, workspaceId, id))
                .orElseThrow(() -> Problem.notFound("event", id));
    }

    Page<ObjectNode> list(String workspaceId, PageRequest page, Filter filter) {
        Page<Event> found = parts.database().read(sql -> EventTable.page(sql, workspaceId, page, filter));
        Map<UUID, String> statuses = statuses(workspaceId, found.items());
        return found.map(event -> event.json().put("status", statuses.get(event.id())));
    }

    ObjectNode shown(Event event) {
        return event.json()
                .put("status", statuses(event.workspaceId(), List.of(event)).get(event.id()));
    }

    /** As callers who fetch events see them: {@code pending, claimed, delivered} or {@code failed}. */
    private Map<UUID, String> statuses(String workspaceId, List<Event> events) {
        Map<UUID, String> statuses = new HashMap<>();
        UUID claims = claimsId(workspaceId);
        boolean fetched =
                parts.subscriptions().known(claims).filter(Events::ready).isPresent();
        for (Event event : events) statuses.put(event.id(), fetched ? "delivered" : "pending");
        if (!fetched || events.isEmpty()) return statuses;
        List<UUID> ids = events.stream()
                .map(event -> DeliveryTable.id(event.id(), claims))
                .toList();
        long now = parts.clock().millis();
        for (Delivery one : parts.database().read(sql -> DeliveryTable.ofIds(sql, workspaceId, ids))) {
            boolean leased = one.attempts() == 0 && one.nextTime() > now;
            statuses.put(one.event().id(), one.status().equals("dead") ? "failed" : leased ? "claimed" : "pending");
        }
        return statuses;
    }

    /** Leases events that nobody has confirmed, in the order of publication. */
    List<Delivery> claim(String workspaceId, String workerKey, DeliveryTable.Lease lease) throws InterruptedException {
        Subscription claims = claims(workspaceId);
        long now = parts.clock().millis();
        return parts.database().transact(sql -> DeliveryTable.claim(sql, claims, workerKey, now, lease));
    }

    /** What a caller says of an event that it fetched. Saying it twice is fine. */
    void report(String workspaceId, UUID id, boolean delivered, String error) throws InterruptedException {
        Event event = get(workspaceId, id);
        Subscription claims = claims(workspaceId);
        UUID delivery = DeliveryTable.id(event.id(), claims.id());
        long now = parts.clock().millis();
        parts.database().transact(sql -> {
            if (delivered) {
                DeliveryTable.remove(sql, workspaceId, delivery);
                return null;
            }
            Optional<Delivery> found = DeliveryTable.find(sql, workspaceId, delivery);
            if (found.isEmpty() || found.get().status().equals("dead")) return null;
            int attempts = found.get().attempts() + 1;
            if (attempts >= CLAIM_ATTEMPTS_MAX) DeliveryTable.dead(sql, delivery, attempts, error);
            else {
                long next = now + Backoff.delay(CLAIM_RETRY_DELAY_MS, attempts);
                DeliveryTable.failed(sql, delivery, attempts, next, error);
            }
            return null;
        });
    }

    private Subscription claims(String workspaceId) throws InterruptedException {
        UUID id = claimsId(workspaceId);
        Optional<Subscription> known = parts.subscriptions().known(id).filter(Events::ready);
        if (known.isPresent()) return known.get();
        Optional<Subscription> stored = parts.subscriptions().find(workspaceId, id);
        if (stored.isEmpty()) stored = Optional.of(create(workspaceId, id));
        if (!ready(stored.get())) {
            awaitEveryProcess(stored.get().createdTime());
            backfill(stored.get());
        }
        parts.subscriptions().refresh();
        return parts.subscriptions().find(workspaceId, id).orElseThrow();
    }

    private Subscription create(String workspaceId, UUID id) {
        long now = parts.clock().millis();
        Subscription fresh = new Subscription(
                id,
                workspaceId,
                "claim-pending",
                Subscription.CLAIM,
                Status.ACTIVE,
                List.of("*"),
                null,
                Json.object(),
                null,
                CLAIM_ATTEMPTS_MAX,
                CLAIM_RETRY_DELAY_MS,
                now,
                now);
        try {
            parts.subscriptions().create(fresh);
            return fresh;
        } catch (UniqueViolation another) {
            return parts.subscriptions().find(workspaceId, id).orElseThrow();
        }
    }

    /** Until then another process may publish without a delivery; what it published is found afterwards. */
    private void awaitEveryProcess(long createdTime) throws InterruptedException {
        if (parts.database().dialect() == Dialect.SQLITE) return;
        long left =
                createdTime + Subscriptions.STALE_MAX_MS + 200 - parts.clock().millis();
        if (left > 0) TimeUnit.MILLISECONDS.sleep(Math.min(left, 2 * Subscriptions.STALE_MAX_MS));
    }

    private void backfill(Subscription claims) {
        UUID after = new UUID(0, 0);
        while (true) {
            UUID behind = after;
            Optional<UUID> last = parts.database().transact(sql -> {
                Subscription locked = Subscriptions.lock(sql, claims.workspaceId(), claims.id())
                        .orElse(null);
                // Another call was faster; from then on events may be confirmed, and must not come back.
                if (locked == null || ready(locked)) return Optional.empty();
                UUID end = Ids.lowest(parts.clock().millis() + 60_000);
                List<Event> events = EventTable.range(sql, claims.workspaceId(), behind, end, BACKFILL_PAGE);
                for (Event event : events) DeliveryTable.again(sql, claims, event, event.time());
                if (events.size() == BACKFILL_PAGE)
                    return Optional.of(events.getLast().id());
                Subscriptions.update(sql, readied(claims));
                return Optional.empty();
            });
            if (last.isEmpty()) return;
            after = last.get();
        }
    }

    private static Subscription readied(Subscription it) {
        return new Subscription(
                it.id(),
                it.workspaceId(),
                it.name(),
                it.kind(),
                it.status(),
                it.types(),
                it.filter(),
                Json.object().put(READY, true),
                null,
                it.maxAttempts(),
                it.retryDelayMs(),
                it.createdTime(),
                it.createdTime());
    }

    private static boolean ready(Subscription claims) {
        return claims.target().path(READY).asBoolean(false);
    }

    private static UUID claimsId(String workspaceId) {
        return UUID.nameUUIDFromBytes(("claim-pending/" + workspaceId).getBytes(StandardCharsets.UTF_8));
    }
}
