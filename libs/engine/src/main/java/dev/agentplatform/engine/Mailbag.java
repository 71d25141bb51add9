package dev.agentplatform.engine;

import dev.agentplatform.kernel.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The bodies of a run's mail, written and read in one place. */
final class Mailbag {
    private Mailbag() {}

    static String cancel(String reason) {
        return Json.write(Json.object().put("reason", reason));
    }

    static String reason(RunTable.Message message) {
        JsonNode reason = Json.parse(message.body()).path("reason");
        return reason.isString() ? reason.asString() : null;
    }

    static String signal(String name, JsonNode payload) {
        ObjectNode body = Json.object().put("name", name);
        body.set("payload", payload);
        return Json.write(body);
    }

    static Arrival.Signal signal(RunTable.Message message) {
        JsonNode body = Json.parse(message.body());
        return new Arrival.Signal(body.get("name").asString(), body.path("payload"));
    }

    static Arrival.Answer answer(RunTable.Message message) {
        return new Arrival.Answer(Json.parse(message.body()));
    }

    static String childEnded(int index, String status) {
        return Json.write(Json.object().put("index", index).put("status", status));
    }

    static Arrival.Children childEnded(RunTable.Message message) {
        JsonNode body = Json.parse(message.body());
        return new Arrival.Children(List.of(
                new Arrival.Child(body.get("index").asInt(), body.get("status").asString())));
    }
}
