package dev.agentplatform.scheduler;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** When a job is due. */
sealed interface Schedule {
    /** The first time after {@code time}, in UTC milliseconds; empty when there is none. */
    Optional<Long> after(long time);

    /** As stored and shown. */
    ObjectNode json();

    /** Whether the job is over once it has been due. */
    default boolean once() {
        return false;
    }

    record At(long time) implements Schedule {
        @Override
        public Optional<Long> after(long before) {
            return before < time ? Optional.of(time) : Optional.empty();
        }

        @Override
        public ObjectNode json() {
            return Json.object().put("schedule_time", Times.format(time));
        }

        @Override
        public boolean once() {
            return true;
        }
    }

    record Cronlike(String text, String zone, Cron cron) implements Schedule {
        @Override
        public Optional<Long> after(long time) {
            return cron.next(Instant.ofEpochMilli(time)).map(Instant::toEpochMilli);
        }

        @Override
        public ObjectNode json() {
            return Json.object().put("cron", text).put("timezone", zone);
        }
    }

    /** @param first when it is due for the first time */
    record Every(int seconds, long first) implements Schedule {
        @Override
        public Optional<Long> after(long time) {
            if (time < first) return Optional.of(first);
            long step = seconds * 1_000L;
            return Optional.of(first + ((time - first) / step + 1) * step);
        }

        @Override
        public ObjectNode json() {
            return Json.object().put("interval_seconds", seconds).put("schedule_time", Times.format(first));
        }
    }

    /** @param filter expression over the event, null for none */
    record OnEvent(String eventType, String filter) implements Schedule {
        @Override
        public Optional<Long> after(long time) {
            return Optional.empty();
        }

        @Override
        public ObjectNode json() {
            ObjectNode json = Json.object();
            json.putObject("on_event").put("event_type", eventType).put("filter", filter);
            return json;
        }
    }

    /** @throws Problem 422 that names {@code cron} or {@code timezone} */
    static Schedule cron(String text, String zone) {
        String named = zone == null ? "UTC" : zone;
        ZoneId id;
        try {
            id = ZoneId.of(named);
        } catch (DateTimeException unknown) {
            throw Problem.invalid("timezone", "must be a name of the tz database such as Europe/Berlin");
        }
        try {
            return new Cronlike(text, named, Cron.parse(text, id));
        } catch (IllegalArgumentException wrong) {
            throw Problem.invalid("cron", wrong.getMessage());
        }
    }

    /** What {@link #json} has written. */
    static Schedule read(JsonNode json) {
        if (json.has("on_event")) {
            JsonNode event = json.get("on_event");
            return new OnEvent(
                    event.path("event_type").asString(), event.path("filter").asString(null));
        }
        if (json.has("cron")) {
            return cron(json.get("cron").asString(), json.path("timezone").asString());
        }
        long time = Times.parse(json.path("schedule_time").asString()).orElseThrow();
        return json.has("interval_seconds")
                ? new Every(json.get("interval_seconds").asInt(), time)
                : new At(time);
    }
}
