package dev.agentplatform.engine;

import dev.agentplatform.kernel.Json;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Where a program stands: its open steps. What is recorded is in the journal. Immutable. */
record ProgramState(int nextNo, Map<String, Open> open, String ending) {
    static final ProgramState START = new ProgramState(1, Map.of(), null);

    /**
     * @param on what a pending step waits for; null: it runs
     * @param signal name of the signal it waits for, null unless {@code on} is {@code signal}
     * @param until UTC milliseconds, 0 for none
     */
    record Open(int no, String key, String type, long started, String on, String signal, long until) {}

    ProgramState with(Open step) {
        Map<String, Open> next = new TreeMap<>(open);
        next.put(step.key(), step);
        return new ProgramState(Math.max(nextNo, step.no() + 1), next, ending);
    }

    ProgramState without(String key) {
        Map<String, Open> next = new TreeMap<>(open);
        next.remove(key);
        return new ProgramState(nextNo, next, ending);
    }

    ProgramState numbered() {
        return new ProgramState(nextNo + 1, open, ending);
    }

    ProgramState ending(String how) {
        return new ProgramState(nextNo, open, how);
    }

    String write() {
        ObjectNode json = Json.object().put("n", nextNo);
        ArrayNode steps = json.putArray("o");
        for (Open step : open.values()) {
            steps.addArray()
                    .add(step.no())
                    .add(step.key())
                    .add(step.type())
                    .add(step.started())
                    .add(step.on())
                    .add(step.signal())
                    .add(step.until());
        }
        if (ending != null) json.put("e", ending);
        return Json.write(json);
    }

    static ProgramState read(String text) {
        if (text == null) return START;
        JsonNode json = Json.parse(text);
        ProgramState state = new ProgramState(json.get("n").asInt(), Map.of(), null);
        for (JsonNode step : json.get("o")) {
            state = state.with(new Open(
                    step.get(0).asInt(),
                    step.get(1).asString(),
                    step.get(2).asString(),
                    step.get(3).asLong(),
                    step.get(4).isNull() ? null : step.get(4).asString(),
                    step.get(5).isNull() ? null : step.get(5).asString(),
                    step.get(6).asLong()));
        }
        state = new ProgramState(json.get("n").asInt(), state.open(), null);
        return json.has("e") ? state.ending(json.get("e").asString()) : state;
    }
}
