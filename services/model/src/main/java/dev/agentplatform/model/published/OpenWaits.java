package dev.agentplatform.model.published;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.events.LogEvent;
import dev.agentplatform.kernel.Json;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** What the steps of a run, and of the runs below it, wait for, as their logs tell. */
final class OpenWaits {
    private static final String HUMAN = "human";

    private final Map<String, Map<Integer, String>> waits = new HashMap<>();
    private final Map<String, UUID> live = new LinkedHashMap<>();

    /** @param path as {@code FamilyFollower} has it */
    void event(String path, RunRecord of, LogEvent event) {
        live.put(path, of.id());
        if (event.terminal()) {
            live.remove(path);
            waits.remove(path);
        } else if (event.type().startsWith("step.") && !event.isTransient()) {
            JsonNode step = Json.parse(event.json());
            Map<Integer, String> own = waits.computeIfAbsent(path, one -> new HashMap<>());
            int no = step.path("no").asInt(0);
            if (event.type().equals("step.waiting")) own.put(no, step.path("on").asString(""));
            else own.remove(no);
        }
    }

    /**
     * Whether somebody is asked and nothing else is waited for but runs whose logs are read too. Runs that work must be
     * looked for by their status: a log does not tell what is about to begin.
     */
    boolean onlyPeople() {
        boolean asked = false;
        for (Map.Entry<String, Map<Integer, String>> log : waits.entrySet()) {
            for (Map.Entry<Integer, String> step : log.getValue().entrySet()) {
                boolean human = step.getValue().equals(HUMAN);
                asked |= human;
                if (!human && !isRead(log.getKey(), step.getKey())) return false;
            }
        }
        return asked;
    }

    private boolean isRead(String path, int no) {
        return live.containsKey(path.isEmpty() ? Integer.toString(no) : path + "." + no);
    }

    /** The runs that have not ended. */
    Collection<UUID> live() {
        return live.values();
    }
}
