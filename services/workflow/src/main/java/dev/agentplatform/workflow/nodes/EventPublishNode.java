package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.NodeConfig;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.CompiledTree;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code event-publish}: tells {@code event_type, aggregate_type?, aggregate_id?, payload} to whoever
 * subscribed. The event is a row in the unit that records the step, so there is one exactly when there is
 * the other. Without an aggregate it belongs to the run.
 */
public final class EventPublishNode implements NodeType {
    private static final int NAME_LENGTH_MAX = 200;

    private final Outbox outbox;

    public EventPublishNode(Outbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public String name() {
        return "event-publish";
    }

    @Override
    public boolean effect() {
        return false;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        CompiledTree tree = CompiledTree.parse(
                NodeConfig.only(config, "event_type", "aggregate_type", "aggregate_id", "payload", "payload_json"));
        // The outbox is shown to subscribers, and nothing masks it.
        if (tree.roots().contains("secrets")) throw Problem.invalid("payload", "must not hold secrets");
        return context -> publish(context, tree.resolve(context.scope()));
    }

    private Outcome publish(NodeContext context, JsonNode config) {
        UUID id = eventId(context);
        String type = limited("event_type", NodeConfig.required(config, "event_type"));
        String aggregateType = limited(
                "aggregate_type", NodeConfig.text(config.path("aggregate_type")).strip());
        String aggregateId = limited(
                "aggregate_id", NodeConfig.text(config.path("aggregate_id")).strip());
        JsonNode payload = NodeConfig.first(config, "payload", "payload_json");
        Outbox.Message message = new Outbox.Message(
                id,
                context.run().workspaceId(),
                type,
                "workflow",
                aggregateType.isEmpty() ? "run" : aggregateType,
                aggregateId.isEmpty() ? context.run().id().toString() : aggregateId,
                context.now(),
                Json.writeOrNull(payload));
        ObjectNode output = Json.object();
        output.put("event_id", id.toString());
        output.put("event_type", type);
        output.put("aggregate_type", message.aggregateType());
        output.put("aggregate_id", message.aggregateId());
        return new Outcome.Done(output, null, null, null, config, outbox.rows(message));
    }

    /**
     * The step's own random bits under the time of publishing: one id per step, and later events have
     * greater ids, which those who read the outbox in order rely on.
     */
    private static UUID eventId(NodeContext context) {
        UUID step = context.stepId();
        long version = step.getMostSignificantBits() & 0xFFFFL;
        return new UUID((context.now() << 16) | version, step.getLeastSignificantBits());
    }

    private static String limited(String name, String text) {
        if (text.length() > NAME_LENGTH_MAX) {
            throw Problem.invalid(name, "may have at most " + NAME_LENGTH_MAX + " characters");
        }
        return text;
    }
}
