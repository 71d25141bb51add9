package dev.agentplatform.budget;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What may be used; null where there is no limit. @param cost millionths of a US dollar */
record Limit(Long cost, Long tokens, Long steps, Long seconds) {
    static final long MAX = 1_000_000_000_000_000L;
    static final Limit NONE = new Limit(null, null, null, null);

    /** What can be limited, as the API spells it. */
    enum Kind {
        COST_MICROS,
        TOKENS,
        STEPS,
        SECONDS;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        static Kind of(String word) {
            return valueOf(word.toUpperCase(java.util.Locale.ROOT));
        }
    }

    /** Null for none. */
    Long of(Kind kind) {
        return switch (kind) {
            case COST_MICROS -> cost;
            case TOKENS -> tokens;
            case STEPS -> steps;
            case SECONDS -> seconds;
        };
    }

    Limit with(Kind kind, Long value) {
        return switch (kind) {
            case COST_MICROS -> new Limit(value, tokens, steps, seconds);
            case TOKENS -> new Limit(cost, value, steps, seconds);
            case STEPS -> new Limit(cost, tokens, value, seconds);
            case SECONDS -> new Limit(cost, tokens, steps, value);
        };
    }

    /** Where there is a limit, with so much more; where the other has none, as it is. */
    Limit plus(Limit extra) {
        Limit sum = this;
        for (Kind kind : Kind.values()) {
            if (of(kind) == null || extra.of(kind) == null) continue;
            sum = sum.with(kind, Math.min(MAX, of(kind) + extra.of(kind)));
        }
        return sum;
    }

    boolean ofSteps() {
        return steps != null || seconds != null;
    }

    boolean ofCalls() {
        return cost != null || tokens != null;
    }

    /** @param path where the JSON stood @throws Problem 422 that names each wrong field */
    static Limit read(String path, JsonNode json) {
        if (!json.isObject())
            throw Problem.invalid(path, "must be an object with cost_micros, tokens, steps or seconds");
        List<FieldError> errors = new ArrayList<>();
        Limit limit = NONE;
        Set<String> unknown = new TreeSet<>(json.propertyNames());
        for (Kind kind : Kind.values()) {
            unknown.remove(kind.word());
            JsonNode value = json.path(kind.word());
            if (Json.isNothing(value)) continue;
            boolean whole = value.isIntegralNumber() && value.canConvertToLong();
            if (!whole || value.asLong() < 0 || value.asLong() > MAX) {
                errors.add(new FieldError(path + "." + kind.word(), "must be a whole number from 0 to " + MAX));
            } else {
                limit = limit.with(kind, value.asLong());
            }
        }
        for (String name : unknown) errors.add(new FieldError(path + "." + name, "is not known"));
        if (errors.isEmpty() && limit.equals(NONE)) {
            errors.add(new FieldError(path, "must limit cost_micros, tokens, steps or seconds"));
        }
        if (!errors.isEmpty()) throw Problem.invalid(errors);
        return limit;
    }

    /** Only what there is. */
    ObjectNode json() {
        ObjectNode json = Json.object();
        for (Kind kind : Kind.values()) if (of(kind) != null) json.put(kind.word(), of(kind));
        return json;
    }
}
