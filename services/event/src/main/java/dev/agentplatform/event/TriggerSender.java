package dev.agentplatform.event;

import dev.agentplatform.events.DeliveryTable;
import dev.agentplatform.events.Event;
import dev.agentplatform.events.Interest;
import dev.agentplatform.events.Sender;
import dev.agentplatform.events.Subscription;
import dev.agentplatform.events.TriggerChain;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.language.EvaluationError;
import dev.agentplatform.language.Scope;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Starts a run for each event. The run's id comes from the event and the subscription, so that an event that is
 * delivered twice starts one run.
 *
 * <p>Runs carry in their metadata who triggered them. Events of a run do not trigger the subscription that started
 * it, and a chain of triggers ends after {@value TriggerChain#DEPTH_MAX} links.
 */
final class TriggerSender implements Sender {
    static final String KIND = "trigger";

    private final Map<String, RunStarter> starters;

    TriggerSender(Map<String, RunStarter> starters) {
        this.starters = starters;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public void send(Subscription subscription, List<Event> events) throws NotSent {
        Event event = events.getFirst();
        if (TriggerChain.feedsItself(subscription, event)) return;
        if (TriggerChain.tooLong(event)) {
            throw new NotSent("The chain of triggers is longer than " + TriggerChain.DEPTH_MAX + ".");
        }
        RunStarter starter = starters.get(kindOf(subscription.target()));
        if (starter == null) throw new NotSent("This server cannot start what the target names.");
        try {
            starter.start(subscription.workspaceId(), body(subscription, event), runId(subscription, event));
        } catch (EvaluationError unfit) {
            throw new NotSent("The input cannot be made: " + unfit.getMessage());
        } catch (Problem problem) {
            throw new NotSent(problem.code() + ": " + problem.detail());
        }
    }

    static UUID runId(Subscription subscription, Event event) {
        return Ids.runOf(DeliveryTable.id(event.id(), subscription.id()));
    }

    private static ObjectNode body(Subscription subscription, Event event) {
        ObjectNode body = Json.object();
        ObjectNode target = subscription.target();
        Scope scope = name -> Interest.root(event, name);
        for (Map.Entry<String, JsonNode> entry : target.properties()) {
            boolean template =
                    entry.getKey().equals("input_json") || entry.getKey().equals("input_text");
            body.set(
                    entry.getKey(),
                    template ? CompiledTree.parse(entry.getValue()).resolve(scope) : entry.getValue());
        }
        if (!target.has("input_json")) body.set("input_json", Json.object().set("event", event.json()));
        body.set("metadata_json", TriggerChain.metadata(subscription, event));
        return body;
    }

    /** {@code workflow} for a target with {@code workflow_id} or {@code workflow_version_id}; empty for none. */
    static String kindOf(JsonNode target) {
        for (String field : new TreeSet<>(target.propertyNames())) {
            if (field.endsWith("_version_id")) return field.substring(0, field.length() - "_version_id".length());
            if (field.endsWith("_id") && !field.equals("session_id")) {
                return field.substring(0, field.length() - "_id".length());
            }
        }
        return "";
    }
}
