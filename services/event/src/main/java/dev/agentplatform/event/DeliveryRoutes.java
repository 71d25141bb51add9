package dev.agentplatform.event;

import dev.agentplatform.events.Delivery;
import dev.agentplatform.events.DeliveryTable;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Routes;
import java.util.List;
import java.util.UUID;

/** {@code /events/deliveries}: what is on its way, and what could not be delivered. */
final class DeliveryRoutes {
    private final EventModule.Parts parts;

    DeliveryRoutes(EventModule.Parts parts) {
        this.parts = parts;
    }

    void addTo(Routes routes) {
        routes.get("/events/deliveries", "List deliveries: dead ones, newest first, or pending ones as they are due")
                .paged()
                .query("subscription_id", "string", "To this subscription; required for pending ones")
                .query("status", "string", "dead (by default) or pending")
                .handle(this::list);
        routes.get("/events/deliveries/{id}", "Show a delivery")
                .handle(request -> Reply.of(200, find(request).json()));
        routes.post("/events/deliveries/{id}/replay", "Deliver a dead one once more")
                .handle(this::replay);
    }

    private Reply list(Request request) {
        String workspace = request.workspace().id();
        UUID subscription = request.idQuery("subscription_id").orElse(null);
        String status = request.query("status").orElse("dead");
        return switch (status) {
            case "dead" ->
                Reply.page(
                        parts.database()
                                .read(sql -> DeliveryTable.dead(
                                        sql, workspace, subscription, SubscriptionRoutes.page(request))),
                        Delivery::json);
            case "pending" -> {
                if (subscription == null) {
                    throw Problem.malformed("malformed_parameter", "subscription_id", "is required with pending");
                }
                int limit = request.limit();
                List<Delivery> pending =
                        parts.database().read(sql -> DeliveryTable.pending(sql, workspace, subscription, limit));
                yield Reply.page(new Page<>(pending, null), Delivery::json);
            }
            default -> throw Problem.malformed("malformed_parameter", "status", "must be dead or pending");
        };
    }

    private Reply replay(Request request) {
        Delivery delivery = find(request);
        String workspace = delivery.event().workspaceId();
        long now = parts.clock().millis();
        boolean revived = parts.database().transact(sql -> DeliveryTable.revive(sql, workspace, delivery.id(), now));
        if (!revived) throw Problem.conflict("not_dead", "Only a dead delivery can be replayed.");
        parts.subscriptions().known(delivery.subscriptionId()).ifPresent(parts.courier()::expected);
        return Reply.of(202, find(request).json());
    }

    private Delivery find(Request request) {
        UUID id = request.id("id", "delivery");
        return parts.database()
                .read(sql -> DeliveryTable.find(sql, request.workspace().id(), id))
                .orElseThrow(() -> Problem.notFound("delivery", id));
    }
}
